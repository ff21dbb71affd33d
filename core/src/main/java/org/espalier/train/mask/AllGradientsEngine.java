package org.espalier.train.mask;

import java.util.stream.IntStream;
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
 * An engine that can be told to compute gradients of pruned weights wherever gradients of weights are asked for, so that every
 * objective has them without knowing. Not a {@link org.espalier.engine.BoundEngine}.
 */
public final class AllGradientsEngine implements Engine {
    private final Engine engine;
    private final int[] inputs; // every one
    private boolean all;

    /** Around an engine, which is not to be used otherwise. */
    public AllGradientsEngine(Engine engine) {
        this.engine = engine;
        inputs = IntStream.range(0, engine.architecture().inputs()).toArray();
    }

    /** Whether {@link Gradients#WEIGHTS} means {@link Gradients#ALL_WEIGHTS} from now on. */
    public void all(boolean wanted) {
        all = wanted;
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        engine.backward(
                buffers, firstPanel, panels, all && wanted == Gradients.WEIGHTS ? Gradients.ALL_WEIGHTS : wanted);
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
    public void setMask(Mask mask) {
        engine.setMask(mask);
    }

    /**
     * All inputs while all gradients are wanted: pruned weights read what stands in inputs that are not live, so attacks must set
     * these too. The engine's own steps still move live ones alone, as the gradient of others is zero.
     */
    @Override
    public int[] liveInputs() {
        return all ? inputs : engine.liveInputs();
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
    public void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode) {
        engine.forward(buffers, firstPanel, panels, mode);
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
        engine.perturb(buffers, firstPanel, panels, rule, clean, cleanPanel, x, xPanel);
    }

    @Override
    public Weights gradient() {
        return engine.gradient();
    }

    @Override
    public void clipGradient(float norm) {
        engine.clipGradient(norm);
    }

    @Override
    public void readWeights(Weights into) {
        engine.readWeights(into);
    }

    @Override
    public void readGradient(Weights into) {
        engine.readGradient(into);
    }

    @Override
    public void writeWeights(Weights from) {
        engine.writeWeights(from);
    }

    @Override
    public void writeGradient(Weights from) {
        engine.writeGradient(from);
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
