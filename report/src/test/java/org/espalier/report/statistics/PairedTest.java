package org.espalier.report.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PairedTest {
    /** Hours of sleep gained by ten patients, second drug less first (Student, Biometrika 6, 1908). */
    static final List<Double> SLEEP = List.of(1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4);

    private static final List<Double> FIRST = List.of(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0);
    private static final List<Double> SECOND = List.of(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4);

    /** R prints for sleep: mean 1.58, t = 4.0621, p = 0.002833 (two-sided), 95 % from 0.7001142 to 2.4598858. */
    @Test
    void agreesWithStudentsExample() {
        Paired paired = Paired.of(SECOND, FIRST);
        assertThat(paired.count()).isEqualTo(10);
        assertThat(paired.mean()).isCloseTo(1.58, within(1e-12));
        assertThat(paired.interval(0.95).orElseThrow().low()).isCloseTo(0.7001142, within(1e-6));
        assertThat(paired.interval(0.95).orElseThrow().high()).isCloseTo(2.4598858, within(1e-6));
        assertThat(paired.notWorse(0).orElseThrow()).isCloseTo(0.002833 / 2, within(1e-6));
    }

    /** The test and the interval are the same statement: at a margin of minus the lower bound, p is half of 5 %. */
    @Test
    void aMarginAtTheLowerBoundHasTheIntervalsErrorRate() {
        Paired paired = new Paired(SLEEP);
        double low = paired.interval(0.95).orElseThrow().low();
        assertThat(paired.notWorse(-low).orElseThrow()).isCloseTo(0.025, within(1e-12));
    }

    @Test
    void aWiderMarginIsEasierToShow() {
        Paired worse = new Paired(List.of(-0.010, -0.012, -0.011));
        assertThat(worse.notWorse(0.005).orElseThrow()).isGreaterThan(0.99);
        assertThat(worse.notWorse(0.02).orElseThrow()).isLessThan(0.01);
    }

    @Test
    void oneTrialGivesNoTest() {
        Paired one = new Paired(List.of(0.3));
        assertThat(one.mean()).isEqualTo(0.3);
        assertThat(one.testable()).isFalse();
        assertThat(one.interval(0.95)).isEmpty();
        assertThat(one.notWorse(0.005)).isEmpty();
    }

    @Test
    void differencesThatRoundingAloneTellsApartGiveNoTest() {
        Paired same = new Paired(List.of(0.3, 0.1 + 0.2, 0.3));
        assertThat(same.differences().stream().distinct().count()).isGreaterThan(1);
        assertThat(same.testable()).isFalse();
        assertThat(same.notWorse(0.005)).isEmpty();
        assertThat(new Paired(List.of(0.0, 0.0, 0.0)).testable()).isFalse();
    }

    @Test
    void listsOfDifferentLengthsAreRefused() {
        assertThatThrownBy(() -> Paired.of(List.of(1.0), List.of(1.0, 2.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 measurements paired with 2");
    }
}
