package org.espalier.lab.study.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LogitLossesTest {
    private static final float[] LOGITS = {0.5f, -1, 2, 0.25f, 1.5f};
    private static final float[] REFERENCE = {1, 0, -0.5f, 2, -3};
    private static final float STEP = 1f / 128; // exact in float

    private interface Head {
        double at(float[] logits, double[] gradient);
    }

    /** The gradient is the finite difference of the loss, and zero outside the head. */
    private static void check(Head loss) {
        double[] gradient = new double[LOGITS.length];
        loss.at(LOGITS, gradient);
        for (int c = 0; c < LOGITS.length; c++) {
            float[] above = LOGITS.clone();
            float[] below = LOGITS.clone();
            above[c] += STEP;
            below[c] -= STEP;
            double slope = (loss.at(above, new double[5]) - loss.at(below, new double[5])) / (2 * STEP);
            assertThat(gradient[c]).isCloseTo(slope, within(1e-5));
        }
        assertThat(gradient[0]).isZero();
        assertThat(gradient[4]).isZero();
        assertThat(gradient[1]).isNotZero();
    }

    @Test
    void gradientsAreFiniteDifferencesOfTheLosses() {
        check((z, gradient) -> LogitLosses.crossEntropy(z, 1, 4, 2, 0.75, gradient));
        check((z, gradient) -> LogitLosses.divergence(z, REFERENCE, 1, 4, 2, 0.75, gradient));
        check((z, gradient) -> LogitLosses.divergence(z, REFERENCE, 1, 4, 1, 3, gradient));
    }

    @Test
    void theDivergenceOfEqualLogitsIsNothingAndGradientsAdd() {
        double[] gradient = new double[5];
        assertThat(LogitLosses.divergence(LOGITS, LOGITS, 0, 5, 2, 1, gradient)).isZero();
        assertThat(gradient).containsOnly(0.0);
        LogitLosses.crossEntropy(LOGITS, 0, 5, 2, 1, gradient);
        double once = gradient[2];
        LogitLosses.crossEntropy(LOGITS, 0, 5, 2, 1, gradient);
        assertThat(gradient[2]).isEqualTo(2 * once);
        assertThat(LogitLosses.predicted(LOGITS, 1, 4)).isEqualTo(1);
        assertThat(LogitLosses.predicted(new float[] {1, 3, 3}, 0, 3)).isEqualTo(1);
    }

    @Test
    void spreadsAreOfASample() {
        assertThat(Spread.cells(new double[] {1, 3}, 3)).containsExactly("2.000", "1.414");
        assertThat(Spread.cells(new double[] {5}, 1)).containsExactly("5.0", "");
        assertThat(Spread.cells(new double[] {1, Double.NaN}, 1)).containsExactly("diverged", "");
    }
}
