package org.espalier.train.method;

import java.util.List;
import org.espalier.engine.Engine;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.train.DivergedException;
import org.jspecify.annotations.Nullable;

/**
 * Moves an engine's prunable weights along the gradient that it holds, and back. Works over surviving weights alone, in the order of
 * their positions, so that all kernels move them to the same bits. Allocates nothing while the mask stays.
 */
final class WeightPerturbation {
    private static final double TINY = 1e-20;

    private final Engine engine;
    private @Nullable Mask mask; // what the rest is made for
    private Weights present;
    private Weights moved;
    private Weights gradient;
    private float[][] presentValues = {};
    private float[][] movedValues = {};
    private float[][] gradientValues = {};
    private int[][] kept = {}; // (prunable parameter) surviving positions, ascending

    WeightPerturbation(Engine engine) {
        this.engine = engine;
        present = new Weights(engine.architecture());
        moved = present;
        gradient = present;
    }

    private void prepare() {
        Mask now = engine.mask();
        if (now == mask) {
            return;
        }
        mask = now;
        present = new Weights(engine.architecture());
        moved = new Weights(engine.architecture());
        gradient = new Weights(engine.architecture());
        List<String> names =
                now.graph().prunable().stream().map(Parameter::name).toList();
        presentValues = names.stream().map(present::values).toArray(float[][]::new);
        movedValues = names.stream().map(moved::values).toArray(float[][]::new);
        gradientValues = names.stream().map(gradient::values).toArray(float[][]::new);
        kept = names.stream()
                .map(name -> now.survivors(name).stream().toArray())
                .toArray(int[][]::new);
    }

    /**
     * Replaces each layer's weights w by {@code w + gamma |w| g / |g|}, g being the gradient held; L2 norms over surviving weights.
     *
     * @throws DivergedException if a norm is not finite
     */
    void apply(double gamma, int iteration) {
        prepare();
        engine.readWeights(present);
        engine.readWeights(moved);
        engine.readGradient(gradient);
        for (int layer = 0; layer < kept.length; layer++) {
            float[] w = presentValues[layer];
            float[] g = gradientValues[layer];
            double weightSquares = 0;
            double gradientSquares = 0;
            for (int at : kept[layer]) {
                weightSquares += (double) w[at] * w[at];
                gradientSquares += (double) g[at] * g[at];
            }
            double factor = gamma * Math.sqrt(weightSquares) / (Math.sqrt(gradientSquares) + TINY);
            if (!Double.isFinite(factor) || !Double.isFinite(gradientSquares)) {
                throw new DivergedException(iteration, "the gradients");
            }
            float[] to = movedValues[layer];
            for (int at : kept[layer]) {
                to[at] = (float) (w[at] + factor * g[at]);
            }
        }
        engine.writeWeights(moved);
    }

    /** Takes the weights of before {@link #apply} again, bit for bit. */
    void restore() {
        engine.writeWeights(present);
    }
}
