package org.espalier.dynamic.early;

import java.util.List;
import org.espalier.engine.Engine;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;

/**
 * The L1 penalty {@code weight x sum |scale|} on the scales of all batch norms, as its subgradient: Liu et al., "Learning efficient
 * convolutional networks through network slimming" (2017), equation 1. A scale of 0 has none. Allocates nothing once made.
 */
final class ScalePenalty {
    private final Engine engine;
    private final float weight;
    private final Weights gradient;
    private final Weights weights;
    private final List<String> scales;

    ScalePenalty(Engine engine, double weight) {
        this.engine = engine;
        this.weight = (float) weight;
        gradient = new Weights(engine.architecture());
        weights = new Weights(engine.architecture());
        scales = engine.architecture().graph().parameters().stream()
                .filter(parameter -> parameter.role() == Parameter.Role.SCALE)
                .map(Parameter::name)
                .toList();
    }

    /** Adds the penalty's gradient to the one that the engine holds. */
    void add() {
        engine.readGradient(gradient);
        engine.readWeights(weights);
        for (int number = 0; number < scales.size(); number++) {
            float[] slopes = gradient.values(scales.get(number));
            float[] values = weights.values(scales.get(number));
            for (int i = 0; i < slopes.length; i++) {
                slopes[i] += weight * Math.signum(values[i]);
            }
        }
        engine.writeGradient(gradient);
    }
}
