package org.espalier.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.random.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels of this process against scalar ones, at sizes with and without a rest. */
class ScoreKernelsTest {
    private static final Kernels SCALAR = new ScalarKernels();
    private static final Kernels CHOSEN = KernelChoice.chosen();

    private static float[] draw(String name, int size) {
        float[] values = new float[size];
        Stream draws = Stream.root(4).child(name);
        for (int i = 0; i < size; i++) {
            values[i] = draws.uniform(i) - 0.5f;
        }
        if (size > 2) {
            values[1] = 0;
            values[2] = -0f;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 13, 16, 207, 4098})
    void everyKernelGivesTheSameBits(int size) {
        float[] weights = draw("weights", size);
        float[] gradient = draw("gradient", size);
        float[][] scores = {draw("scores", size), draw("scores", size)};
        float[][] velocity = {draw("velocity", size), draw("velocity", size)};
        SCALAR.learnScores(scores[0], velocity[0], weights, gradient, 0.1f, 0.9f, 1e-4f);
        CHOSEN.learnScores(scores[1], velocity[1], weights, gradient, 0.1f, 0.9f, 1e-4f);
        assertThat(scores[1]).isEqualTo(scores[0]).isNotEqualTo(draw("scores", size));
        assertThat(velocity[1]).isEqualTo(velocity[0]);
        for (float cut : new float[] {0, 0.1f, 0.3f, 9}) {
            int key = Float.floatToIntBits(cut);
            float[][] kept = {new float[size], new float[size]};
            SCALAR.keepScored(scores[0], key, weights, kept[0]);
            CHOSEN.keepScored(scores[0], key, weights, kept[1]);
            assertThat(kept[1]).isEqualTo(kept[0]);
            for (int i = 0; i < size; i++) {
                assertThat(kept[0][i]).isEqualTo(Math.abs(scores[0][i]) >= cut ? weights[i] : 0f);
            }
            for (int width : new int[] {1, 1 << 14, 1 << 24}) {
                int[][] band = {new int[size], new int[size]};
                long expected = SCALAR.surveyScores(scores[0], key, width, band[0]);
                assertThat(CHOSEN.surveyScores(scores[0], key, width, band[1])).isEqualTo(expected);
                int near = (int) expected;
                int[] first = Arrays.copyOf(band[0], near);
                int[] second = Arrays.copyOf(band[1], near);
                Arrays.sort(first);
                Arrays.sort(second);
                assertThat(second).isEqualTo(first);
            }
        }
    }
}
