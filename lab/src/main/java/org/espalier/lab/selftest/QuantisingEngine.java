package org.espalier.lab.selftest;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.ForwardingEngine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;

/**
 * A network behind a defence that only masks gradients: inputs are rounded to a few values, so that the gradient with
 * respect to them is zero wherever it exists. For the self-test.
 */
final class QuantisingEngine extends ForwardingEngine {
    private final float steps;

    /**
     * An engine in front of another's network.
     *
     * @param steps inputs are rounded to multiples of one over this
     */
    QuantisingEngine(Engine engine, int steps) {
        super(engine);
        this.steps = steps;
    }

    @Override
    public void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode) {
        ActivationPanels inputs = buffers.input();
        ActivationPanels saved = new ActivationPanels(inputs.features(), panels * ActivationPanels.LANES);
        saved.copy(inputs, firstPanel, 0, panels);
        for (int lane = firstPanel * ActivationPanels.LANES;
                lane < (firstPanel + panels) * ActivationPanels.LANES;
                lane++) {
            for (int feature = 0; feature < inputs.features(); feature++) {
                inputs.set(feature, lane, Math.round(inputs.get(feature, lane) * steps) / steps);
            }
        }
        super.forward(buffers, firstPanel, panels, mode);
        inputs.copy(saved, 0, firstPanel, panels);
    }

    @Override
    public void perturb(
            ActivationBuffers buffers,
            int firstPanel,
            int panels,
            StepRule rule,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels x,
            int xPanel) {
        clearLogitGradient(buffers, firstPanel, panels);
        super.perturb(buffers, firstPanel, panels, rule, clean, cleanPanel, x, xPanel);
    }

    /** Makes the gradient with respect to the inputs zero. */
    private static void clearLogitGradient(ActivationBuffers buffers, int firstPanel, int panels) {
        for (int lane = firstPanel * ActivationPanels.LANES;
                lane < (firstPanel + panels) * ActivationPanels.LANES;
                lane++) {
            for (int c = 0; c < buffers.logitGradient().features(); c++) {
                buffers.logitGradient().set(c, lane, 0f);
            }
        }
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        if (wanted.weights()) {
            super.backward(buffers, firstPanel, panels, wanted == Gradients.ALL_WEIGHTS ? wanted : Gradients.WEIGHTS);
        }
        if (wanted.inputs()) {
            clearLogitGradient(buffers, firstPanel, panels);
            super.backward(buffers, firstPanel, panels, Gradients.INPUTS);
        }
    }
}
