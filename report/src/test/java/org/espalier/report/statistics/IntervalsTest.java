package org.espalier.report.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.espalier.lab.robustness.Proportion;
import org.junit.jupiter.api.Test;

class IntervalsTest {
    /** Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, Table I. */
    @Test
    void wilsonAgreesWithNewcombesExamples() {
        assertThat(rounded(Intervals.wilson(81, 263, 0.95))).isEqualTo(new Interval(0.2553, 0.3662));
        assertThat(rounded(Intervals.wilson(15, 148, 0.95))).isEqualTo(new Interval(0.0624, 0.1605));
        assertThat(rounded(Intervals.wilson(0, 20, 0.95))).isEqualTo(new Interval(0, 0.1611));
        assertThat(rounded(Intervals.wilson(1, 29, 0.95))).isEqualTo(new Interval(0.0061, 0.1718));
    }

    @Test
    void wilsonAgreesWithTheIntervalThatEvaluationsStore() {
        for (int images : new int[] {1, 2, 100, 1000}) {
            for (int correct = 0; correct <= images; correct++) {
                Proportion stored = new Proportion(correct, images);
                Interval here = Intervals.wilson(correct, images, 0.95);
                assertThat(here.low()).isCloseTo(stored.low(), within(1e-15));
                assertThat(here.high()).isCloseTo(stored.high(), within(1e-15));
            }
        }
    }

    /** Student's sleep data (Biometrika 6, 1908), as R's t.test prints it for data set sleep. */
    @Test
    void meanAgreesWithStudentsExample() {
        Interval interval = Intervals.mean(PairedTest.SLEEP, 0.95).orElseThrow();
        assertThat(interval.low()).isCloseTo(0.7001142, within(1e-6));
        assertThat(interval.high()).isCloseTo(2.4598858, within(1e-6));
    }

    @Test
    void meanDependsOnNoOrder() {
        List<Double> backwards = PairedTest.SLEEP.reversed();
        assertThat(Intervals.mean(backwards, 0.9)).isEqualTo(Intervals.mean(PairedTest.SLEEP, 0.9));
    }

    @Test
    void meanSaysNothingWithoutSpread() {
        assertThat(Intervals.mean(List.of(), 0.95)).isEmpty();
        assertThat(Intervals.mean(List.of(0.5), 0.95)).isEmpty();
        assertThat(Intervals.mean(Collections.nCopies(5, 0.1), 0.95)).isEmpty();
    }

    @Test
    void anIntervalThatEndsBeforeItBeginsIsRefused() {
        assertThatThrownBy(() -> new Interval(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Interval(Double.NaN, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Interval rounded(Interval interval) {
        return new Interval(Math.round(interval.low() * 1e4) / 1e4, Math.round(interval.high() * 1e4) / 1e4);
    }
}
