package org.espalier.report.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The mean over trials and images against numbers by hand. */
class TwoWayTest {
    @Test
    void bothSpreadsEnterTheError() {
        TwoWay two = TwoWay.of(new double[][] {{1, 0}, {1, 1}});
        assertThat(two.mean()).isEqualTo(0.75);
        // Means by image 1 and 1/2, by trial 1/2 and 1: variances 1/8, of their means 1/16.
        assertThat(two.imageVariance()).isEqualTo(0.0625);
        assertThat(two.trialVariance()).isEqualTo(0.0625);
        assertThat(two.freedom()).isEqualTo(2);
        // Student's distribution with 2 degrees of freedom in closed form: p = 1 - t / sqrt(t^2 + 2).
        double t = 0.75 / Math.sqrt(0.125);
        assertThat(two.p()).isCloseTo(1 - t / Math.sqrt(t * t + 2), within(1e-12));
        // Its 97.5 % quantile is 4.302653.
        assertThat(two.interval(0.95).high()).isCloseTo(0.75 + 4.302653 * Math.sqrt(0.125), within(1e-5));
        assertThat(two.interval(0.95).low()).isCloseTo(0.75 - 4.302653 * Math.sqrt(0.125), within(1e-5));
    }

    @Test
    void oneTrialTellsOfImagesOnly() {
        TwoWay one = TwoWay.of(new double[][] {{1, 0, 1, 1}});
        assertThat(one.trialVariance()).isZero();
        assertThat(one.imageVariance()).isCloseTo(0.25 / 4, within(1e-15));
        assertThat(one.freedom()).isCloseTo(3, within(1e-12));
    }

    @Test
    void numbersWithoutASpreadHaveNoTest() {
        assertThat(TwoWay.of(new double[2][5]).p()).isEqualTo(1);
        TwoWay ones = TwoWay.of(new double[][] {{1, 1}, {1, 1}});
        assertThat(ones.p()).isZero();
        assertThat(ones.interval(0.95)).isEqualTo(new Interval(1, 1));
    }

    @Test
    void rowsOfSeveralLengthsAreRefused() {
        assertThatThrownBy(() -> TwoWay.of(new double[][] {{1, 0}, {1, 1, 1}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("trials of 2 and 3 images do not compare");
        assertThatThrownBy(() -> TwoWay.of(new double[0][])).isInstanceOf(IllegalArgumentException.class);
    }
}
