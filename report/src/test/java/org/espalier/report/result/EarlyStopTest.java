package org.espalier.report.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.report.Example;
import org.junit.jupiter.api.Test;

class EarlyStopTest {
    private static Series series(List<Point>... points) {
        return Example.series("original", 0, 0, 1, Series.State.FINISHED, points);
    }

    @Test
    @SuppressWarnings("unchecked")
    void naturalTrainingStopsAtTheLeastNaturalValidationLoss() {
        Series series = series(
                Example.points(0, 0.1, 0, 2.3, 2.3),
                Example.points(500, 0.9, 0, 0.3, 9),
                Example.points(1000, 0.99, 0, 0.4, 8));
        assertThat(EarlyStop.natural().iteration(series)).hasValue(500);
    }

    @Test
    @SuppressWarnings("unchecked")
    void adversarialTrainingWeighsBothLossesByTheShare() {
        Series series = series(
                Example.points(500, 0.9, 0.4, 0.10, 1.00),
                Example.points(1000, 0.9, 0.5, 0.30, 0.90),
                Example.points(1500, 0.9, 0.5, 0.60, 0.70));
        // 0.55, 0.60, 0.65 at one half; 0.775, 0.75, 0.675 at three quarters.
        assertThat(new EarlyStop(0.5, "pgd").iteration(series)).hasValue(500);
        assertThat(new EarlyStop(0.75, "pgd").iteration(series)).hasValue(1500);
        assertThat(new EarlyStop(1, "pgd").iteration(series)).hasValue(1500);
    }

    @Test
    @SuppressWarnings("unchecked")
    void theWorstCaseStopsAtTheLeastErrorWhateverTheLosses() {
        Series series = series(
                Example.points(500, 0.99, 0.4, 0.1, 0.5),
                Example.points(1000, 0.9, 0.5, 0.6, 0.9),
                Example.points(1500, 0.95, 0.5, 0.3, 0.7));
        assertThat(EarlyStop.error("pgd").iteration(series)).hasValue(1000);
        assertThat(EarlyStop.error("fgsm").iteration(series)).isEmpty();
        assertThat(EarlyStop.error("pgd").describe()).isEqualTo("least validation error under pgd");
    }

    @Test
    @SuppressWarnings("unchecked")
    void theEarliestOfEqualLossesWins() {
        Series series = series(
                Example.points(1500, 0.9, 0.4, 0.5, 0.5),
                Example.points(500, 0.9, 0.4, 0.5, 0.5),
                Example.points(1000, 0.9, 0.4, 0.5, 0.5));
        assertThat(new EarlyStop(0.5, "pgd").iteration(series)).hasValue(500);
    }

    @Test
    void testDataNeverTakesPart() {
        Series series = series(List.of(
                new Point(500, Point.VALIDATION, Point.NATURAL, 0.9, 0.4, 1000),
                new Point(500, Point.TEST, Point.NATURAL, 0.9, 0.9, 1000),
                new Point(1000, Point.VALIDATION, Point.NATURAL, 0.9, 0.5, 1000),
                new Point(1000, Point.TEST, Point.NATURAL, 0.9, 0.1, 1000)));
        assertThat(EarlyStop.natural().iteration(series)).hasValue(500);
    }

    @Test
    void aLossThatIsMissingOrNotANumberIsNeverChosen() {
        Series series = series(List.of(
                new Point(500, Point.VALIDATION, Point.NATURAL, 0.9, 0.4, 1000),
                new Point(500, Point.VALIDATION, "pgd", 0.4, 0.8, 1000),
                new Point(1000, Point.VALIDATION, Point.NATURAL, 0.9, 0.1, 1000),
                new Point(1500, Point.VALIDATION, Point.NATURAL, 0.9, 0.1, 1000),
                new Point(1500, Point.VALIDATION, "pgd", 0.4, Double.NaN, 1000)));
        assertThat(new EarlyStop(0.5, "pgd").iteration(series)).hasValue(500);
        assertThat(new EarlyStop(0.5, "fgsm").iteration(series)).isEmpty();
    }
}
