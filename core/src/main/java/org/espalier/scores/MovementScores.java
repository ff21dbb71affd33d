package org.espalier.scores;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.function.IntFunction;
import org.espalier.dynamic.Selection;
import org.espalier.engine.Engine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;

/**
 * Movement pruning at work. An update first moves scores with the gradient of all weights, then the weights of the mask, and then
 * takes the highest scores of each layer as the mask. Pruned weights keep the value that they had, and come back with it.
 */
final class MovementScores implements MaskProcess {
    private final MaskTraining training;
    private final float rate;
    private final IntFunction<int[]> counts; // (layer) weights to keep after so many updates
    private final Selection selection = new Selection();
    private Weights scores;
    private Weights raw; // values of all weights

    MovementScores(MaskTraining training, double rate, IntFunction<int[]> counts) {
        this.training = training;
        this.rate = (float) rate;
        this.counts = counts;
        scores = new Weights(training.engine().architecture());
        raw = training.engine().weights();
    }

    @Override
    public void step(int iteration) {
        Engine engine = training.engine();
        Mask mask = engine.mask();
        training.allGradients();
        move(scores, engine.gradient(), raw, rate);
        training.update(training.whole());
        Weights weights = engine.weights();
        Architecture architecture = engine.architecture();
        int[] wanted = counts.apply(iteration + 1);
        BitSet[] survivors = new BitSet[architecture.layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            float[] values = raw.matrix(layer);
            float[] trained = weights.matrix(layer);
            BitSet kept = mask.survivors(layer);
            for (int at = kept.nextSetBit(0); at >= 0; at = kept.nextSetBit(at + 1)) {
                values[at] = trained[at];
            }
            float[] present = scores.matrix(layer);
            int[] keys = new int[present.length];
            Arrays.setAll(keys, i -> Selection.key(present[i]));
            BitSet all = new BitSet();
            all.set(0, present.length);
            survivors[layer] = selection.highest(
                    all, keys, wanted[layer], training.stream().child("ties").child(layer));
            System.arraycopy(values, 0, trained, 0, trained.length);
        }
        Mask next = Mask.of(architecture, survivors);
        if (!next.equals(mask)) {
            Weights first = engine.moment(0);
            Weights second = engine.moment(1);
            weights.apply(next);
            engine.load(weights, next);
            engine.loadMoments(first, second);
        }
    }

    /** {@code s = s - rate g w} for all weights. */
    static void move(Weights scores, Weights gradient, Weights weights, float rate) {
        for (int layer = 0; layer < scores.architecture().layers(); layer++) {
            float[] to = scores.matrix(layer);
            float[] slopes = gradient.matrix(layer);
            float[] values = weights.matrix(layer);
            for (int i = 0; i < to.length; i++) {
                to[i] -= rate * (slopes[i] * values[i]);
            }
        }
    }

    @Override
    public Mask mask() {
        return training.engine().mask();
    }

    @Override
    public MaskState state() {
        return new MaskState(Map.of("scores", scores.copy(), "raw", raw.copy()), Map.of());
    }

    @Override
    public void resume(int iteration, MaskState state) {
        scores = state.tensor("scores").copy();
        raw = state.tensor("raw").copy();
    }
}
