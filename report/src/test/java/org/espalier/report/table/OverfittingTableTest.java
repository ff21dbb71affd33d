package org.espalier.report.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.espalier.report.result.Point;
import org.espalier.report.result.Series;
import org.junit.jupiter.api.Test;

/** The gap between the best and the last validation accuracy under attack. */
class OverfittingTableTest {
    private static Series series(Series.State state, Point... points) {
        return new Series("original", 1, 2, 0.5, state, List.of(points));
    }

    private static Point point(int iteration, String split, String attack, double accuracy) {
        return new Point(iteration, split, attack, accuracy, 1, 100);
    }

    @Test
    void itIsOfValidationImagesUnderTheAttackAlone() {
        Series series = series(
                Series.State.FINISHED,
                point(0, "validation", "pgd", 0.9),
                point(10, "validation", "pgd", 0.5),
                point(20, "validation", "pgd", 0.7),
                point(20, "test", "pgd", 0.95),
                point(20, "validation", "none", 0.99),
                point(30, "validation", "pgd", 0.6));
        assertThat(OverfittingTable.gap(series, "pgd")).contains(new OverfittingTable.Gap(0.7, 0.6));
        assertThat(OverfittingTable.gap(series, "fgsm")).isEmpty();
    }

    @Test
    void oneMeasurementOrAnUnfinishedLevelHasNone() {
        assertThat(OverfittingTable.gap(series(Series.State.FINISHED, point(10, "validation", "pgd", 0.5)), "pgd"))
                .isEqualTo(Optional.empty());
        assertThat(OverfittingTable.gap(
                        series(
                                Series.State.RUNNING,
                                point(10, "validation", "pgd", 0.5),
                                point(20, "validation", "pgd", 0.4)),
                        "pgd"))
                .isEmpty();
    }
}
