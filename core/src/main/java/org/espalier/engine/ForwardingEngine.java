package org.espalier.engine;

import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/** An engine that hands everything to another one, for engines that change a part. Not a {@link BoundEngine}. */
public abstract class ForwardingEngine implements Engine {
    private final Engine engine;

    /** Around an engine, which is not to be used otherwise. */
    protected ForwardingEngine(Engine engine) {
        this.engine = engine;
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

    @Override
    public int[] liveInputs() {
        return engine.liveInputs();
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        engine.backward(buffers, firstPanel, panels, wanted);
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
