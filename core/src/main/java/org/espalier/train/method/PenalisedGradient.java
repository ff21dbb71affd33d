package org.espalier.train.method;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;
import org.espalier.train.DivergedException;
import org.jspecify.annotations.Nullable;

/** Computes {@link SparsityCondition}: the attacked gradient, then the penalties' over surviving weights. */
final class PenalisedGradient implements BatchObjective {
    private final SparsityCondition penalties;
    private final AttackedGradient inner;
    private final Engine engine;
    private @Nullable Mask mask; // what the rest is made for
    private Weights weights;
    private Weights gradient;
    private float[][] values = {};
    private float[][] slopes = {};
    private int[][] kept = {};
    private ConditionPenalty[] conditions = {};
    private long survivors;

    PenalisedGradient(SparsityCondition penalties, AttackedGradient inner) {
        this.penalties = penalties;
        this.inner = inner;
        engine = inner.engine;
        weights = new Weights(engine.architecture());
        gradient = weights;
    }

    private void prepare() {
        Mask now = engine.mask();
        if (now == mask) {
            return;
        }
        mask = now;
        weights = new Weights(engine.architecture());
        gradient = new Weights(engine.architecture());
        List<Parameter> prunable = now.graph().prunable();
        values = prunable.stream().map(each -> weights.values(each.name())).toArray(float[][]::new);
        slopes = prunable.stream().map(each -> gradient.values(each.name())).toArray(float[][]::new);
        kept = prunable.stream()
                .map(each -> now.survivors(each.name()).stream().toArray())
                .toArray(int[][]::new);
        survivors =
                IntStream.range(0, kept.length).mapToLong(i -> kept[i].length).sum();
        conditions = IntStream.range(0, kept.length)
                .mapToObj(i -> new ConditionPenalty(
                        prunable.get(i).size() / prunable.get(i).shape().sizes().getFirst(), kept[i]))
                .toArray(ConditionPenalty[]::new);
    }

    @Override
    public ActivationPanels input() {
        return inner.input();
    }

    @Override
    public void gradient(Batch batch) {
        inner.gradient(batch);
        prepare();
        engine.readWeights(weights);
        engine.readGradient(gradient);
        double r = penalties.sharpness();
        double scale = penalties.sparsity() * 2 * r / (StrictMath.log1p(r) * survivors);
        for (int layer = 0; layer < kept.length && scale > 0; layer++) {
            float[] w = values[layer];
            float[] g = slopes[layer];
            for (int at : kept[layer]) {
                g[at] = (float) (g[at] + scale * w[at] / (1 + r * w[at] * w[at]));
            }
        }
        if (penalties.condition() > 0 && batch.iteration() % penalties.every() == 0) {
            for (int layer = 0; layer < kept.length; layer++) {
                double value =
                        conditions[layer].add(values[layer], penalties.condition() * penalties.every(), slopes[layer]);
                if (!Double.isFinite(value)) {
                    throw new DivergedException(batch.iteration(), "the condition numbers");
                }
            }
        }
        engine.writeGradient(gradient);
    }
}
