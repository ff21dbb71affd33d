package org.espalier.train.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class ConditionPenaltyTest {
    private static float[] random(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = Stream.root(2).uniform(i) - 0.5f;
        }
        return values;
    }

    private static double value(int columns, float[] weights, int... kept) {
        return new ConditionPenalty(columns, kept).add(weights, 1, new float[weights.length]);
    }

    private static int[] all(int size) {
        return IntStream.range(0, size).toArray();
    }

    @Test
    void orthonormalRowsHaveAlmostNothing() {
        float[] identity = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}; // 3 x 4: |W|^2 / k = 1
        assertThat(value(4, identity, all(12))).isCloseTo(-Math.log1p(1e-4), within(1e-12));
    }

    @Test
    void itNeverFallsBelowItsLeastAndIgnoresTheScale() {
        float[] weights = random(12);
        double value = value(4, weights, all(12));
        assertThat(value).isGreaterThan(-Math.log1p(1e-4));
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= 8;
        }
        assertThat(value(4, weights, all(12))).isCloseTo(value, within(1e-12));
    }

    @Test
    void theSmallerGramMatrixCountsWhicheverSideItIs() {
        float[] wide = random(15); // 3 x 5
        float[] tall = new float[15]; // 5 x 3
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 5; c++) {
                tall[c * 3 + r] = wide[r * 5 + c];
            }
        }
        assertThat(new ConditionPenalty(5, all(15)).size()).isEqualTo(3);
        assertThat(new ConditionPenalty(3, all(15)).size()).isEqualTo(3);
        assertThat(value(3, tall, all(15))).isCloseTo(value(5, wide, all(15)), within(1e-12));
    }

    @Test
    void aMatrixWithoutFullRankHasAFiniteValueAndGradient() {
        float[] weights = {1, 2, 3, 4, 2, 4, 6, 8};
        float[] gradient = new float[8];
        assertThat(new ConditionPenalty(4, all(8)).add(weights, 1, gradient))
                .isFinite()
                .isPositive();
        for (float slope : gradient) {
            assertThat(slope).isFinite();
        }
    }

    @Test
    void rowsWithoutAWeightLeaveTheGramMatrix() {
        float[] weights = random(12);
        int[] kept = {0, 1, 2, 3, 8, 9, 10, 11}; // the middle row of 3 x 4 is dead
        ConditionPenalty penalty = new ConditionPenalty(4, kept);
        assertThat(penalty.size()).isEqualTo(2);
        assertThat(penalty.dead()).isEqualTo(1);
        float[] two = {weights[0], weights[1], weights[2], weights[3], weights[8], weights[9], weights[10], weights[11]
        };
        assertThat(value(4, weights, kept)).isCloseTo(value(4, two, all(8)), within(1e-12));
        assertThat(value(4, new float[12], all(12))).isZero();
    }

    @Test
    void theGradientIsThatOfFiniteDifferencesAtSurvivingWeights() {
        float[] weights = random(20); // 4 x 5
        int[] kept = {0, 1, 3, 4, 5, 7, 8, 11, 12, 13, 16, 17, 19};
        for (int i = 0; i < weights.length; i++) {
            int at = i;
            weights[i] = IntStream.of(kept).anyMatch(k -> k == at) ? weights[i] : 0;
        }
        float[] gradient = new float[20];
        new ConditionPenalty(5, kept).add(weights, 0.5, gradient);
        for (int i = 0; i < weights.length; i++) {
            float before = weights[i];
            float step = 0x1p-12f;
            weights[i] = before + step;
            double above = weights[i];
            double up = value(5, weights, kept);
            weights[i] = before - step;
            double down = value(5, weights, kept);
            double slope = 0.5 * (up - down) / (above - weights[i]);
            weights[i] = before;
            assertThat(gradient[i]).isCloseTo((float) slope, within(1e-5f));
        }
    }
}
