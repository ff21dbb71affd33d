package org.espalier.train.mask;

import java.util.stream.IntStream;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.ForwardingEngine;
import org.espalier.engine.Gradients;

/**
 * An engine that can be told to compute gradients of pruned weights wherever gradients of weights are asked for, so that every
 * objective has them without knowing. Not a {@link org.espalier.engine.BoundEngine}.
 */
public final class AllGradientsEngine extends ForwardingEngine {
    private final int[] inputs; // every one
    private boolean all;

    /** Around an engine, which is not to be used otherwise. */
    public AllGradientsEngine(Engine engine) {
        super(engine);
        inputs = IntStream.range(0, engine.architecture().inputs()).toArray();
    }

    /** Whether gradients of weights mean {@link Gradients#ALL_WEIGHTS} from now on. */
    public void all(boolean wanted) {
        all = wanted;
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        if (!all || wanted.inputs()) {
            super.backward(buffers, firstPanel, panels, wanted);
        }
        if (all && wanted.weights()) {
            // After the inputs' gradient, which this pass leaves alone.
            super.backward(buffers, firstPanel, panels, Gradients.ALL_WEIGHTS);
        }
    }

    /**
     * All inputs while all gradients are wanted: pruned weights read what stands in inputs that are not live, so attacks must set
     * these too. The engine's own steps still move live ones alone, as the gradient of others is zero.
     */
    @Override
    public int[] liveInputs() {
        return all ? inputs : super.liveInputs();
    }
}
