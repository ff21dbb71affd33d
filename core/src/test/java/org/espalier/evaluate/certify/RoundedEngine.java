package org.espalier.evaluate.certify;

import java.util.Arrays;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.EngineOps;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.engine.PanelBuffers;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/** Forward passes of {@link SmallGraphs#roundedLogits}: a float32 evaluation that owes nothing to the library's engines. */
final class RoundedEngine implements Engine {
    private final Weights weights;
    private final Mask mask;

    RoundedEngine(Weights weights, Mask mask) {
        this.weights = weights;
        this.mask = mask;
    }

    @Override
    public Architecture architecture() {
        return weights.architecture();
    }

    @Override
    public Weights weights() {
        return weights.copy();
    }

    @Override
    public Mask mask() {
        return mask;
    }

    @Override
    public int[] liveInputs() {
        return new LivePaths(mask).networkInputs();
    }

    @Override
    public ActivationBuffers newBuffers(int examples) {
        return new PanelBuffers(architecture(), examples);
    }

    @Override
    public EngineOps ops() {
        return PanelOps.CHOSEN;
    }

    @Override
    public void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode) {
        double[] before = new double[0];
        double[] logits = new double[0];
        int first = firstPanel * ActivationPanels.LANES;
        for (int example = first; example < first + panels * ActivationPanels.LANES; example++) {
            double[] input = new double[architecture().inputs()];
            for (int i = 0; i < input.length; i++) {
                input[i] = buffers.input().get(i, example);
            }
            if (!Arrays.equals(input, before)) { // most lanes are padding
                logits = SmallGraphs.roundedLogits(weights, input);
                before = input;
            }
            for (int c = 0; c < logits.length; c++) {
                buffers.logits().set(c, example, (float) logits[c]);
            }
        }
    }

    @Override
    public void load(Weights values, Mask survivors) {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Weights gradient() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void update(Update update) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Weights moment(int order) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void loadMoments(Weights first, Weights second) {
        throw new UnsupportedOperationException();
    }
}
