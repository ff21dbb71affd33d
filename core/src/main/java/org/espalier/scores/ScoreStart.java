package org.espalier.scores;

import org.espalier.network.Architecture;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** The scores that learning begins with. */
enum ScoreStart {
    /** Uniform in [-a, a) with a = 1 / sqrt(fan-in): Ramanujan et al. (2020), in their code. */
    UNIFORM {
        @Override
        void set(Weights weights, Weights scores, Stream stream) {
            Architecture architecture = weights.architecture();
            for (int layer = 0; layer < architecture.layers(); layer++) {
                float limit = (float) (1 / Math.sqrt(architecture.inputs(layer)));
                float[] values = scores.matrix(layer);
                Stream draws = stream.child(layer);
                for (int i = 0; i < values.length; i++) {
                    values[i] = Math.fma(draws.uniform(i), 2 * limit, -limit);
                }
            }
        }
    },
    /** sqrt(6 / fan-in) w / max |w|, per layer: Sehwag et al. (2020), equation 3. */
    WEIGHTS {
        @Override
        void set(Weights weights, Weights scores, Stream stream) {
            Architecture architecture = weights.architecture();
            for (int layer = 0; layer < architecture.layers(); layer++) {
                float[] from = weights.matrix(layer);
                float[] to = scores.matrix(layer);
                float largest = 0;
                for (float value : from) {
                    largest = Math.max(largest, Math.abs(value));
                }
                double factor = largest == 0 ? 0 : Math.sqrt(6.0 / architecture.inputs(layer)) / largest;
                for (int i = 0; i < to.length; i++) {
                    to[i] = (float) (factor * from[i]);
                }
            }
        }
    };

    /**
     * Sets all scores.
     *
     * @param weights that the scores belong to
     */
    abstract void set(Weights weights, Weights scores, Stream stream);
}
