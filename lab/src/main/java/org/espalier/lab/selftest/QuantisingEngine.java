package org.espalier.lab.selftest;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.EngineOps;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A network behind a defence that only masks gradients: inputs are rounded to a few values, so that the gradient with
 * respect to them is zero wherever it exists. For the self-test.
 */
final class QuantisingEngine implements Engine {
    private final Engine engine;
    private final float steps;

    /**
     * An engine in front of another's network.
     *
     * @param steps inputs are rounded to multiples of one over this
     */
    QuantisingEngine(Engine engine, int steps) {
        this.engine = engine;
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
        engine.forward(buffers, firstPanel, panels, mode);
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
        engine.perturb(buffers, firstPanel, panels, rule, clean, cleanPanel, x, xPanel);
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
    public ActivationBuffers newBuffers(int examples) {
        return engine.newBuffers(examples);
    }

    @Override
    public EngineOps ops() {
        return engine.ops();
    }

    @Override
    public Architecture architecture() {
        return engine.architecture();
    }

    @Override
    public void load(Weights weights, Mask mask) {
        engine.load(weights, mask);
    }

    @Override
    public Weights weights() {
        return engine.weights();
    }

    @Override
    public Mask mask() {
        return engine.mask();
    }

    @Override
    public int[] liveInputs() {
        return engine.liveInputs();
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        if (wanted.weights()) {
            engine.backward(buffers, firstPanel, panels, wanted == Gradients.ALL_WEIGHTS ? wanted : Gradients.WEIGHTS);
        }
        if (wanted.inputs()) {
            clearLogitGradient(buffers, firstPanel, panels);
            engine.backward(buffers, firstPanel, panels, Gradients.INPUTS);
        }
    }

    @Override
    public Weights gradient() {
        return engine.gradient();
    }

    @Override
    public void update(Update update) {
        engine.update(update);
    }

    @Override
    public Weights moment(int order) {
        return engine.moment(order);
    }

    @Override
    public void loadMoments(Weights first, Weights second) {
        engine.loadMoments(first, second);
    }
}
