package org.espalier.report.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.report.Arm;
import org.espalier.report.EarlyStop;
import org.espalier.report.Point;
import org.espalier.report.Series;
import org.junit.jupiter.api.Test;

class ComparisonFiguresTest {
    private static Arm arm(String objective, Optional<EarlyStop> rule) {
        var points = List.of(
                new Point(100, Point.VALIDATION, Point.NATURAL, 0.9, 0.3, 100),
                new Point(100, Point.TEST, Point.NATURAL, 0.9, 0.3, 100));
        return new Arm(
                "digits",
                objective,
                new Arm.Training(Optional.empty(), Optional.empty(), 100),
                rule,
                OptionalInt.empty(),
                List.of(new Arm.Strategy("original", 1)),
                List.of(),
                Optional.empty(),
                1,
                List.of(1.0),
                OptionalInt.of(10),
                List.of(new Series("original", 1, 0, 1, Series.State.FINISHED, points)));
    }

    private static Figure figure(Optional<EarlyStop> first, Optional<EarlyStop> second) {
        return ComparisonFigures.of(List.of(
                        new ComparisonFigures.Named("", arm("a", first)),
                        new ComparisonFigures.Named("", arm("b", second))))
                .orElseThrow()
                .variants()
                .getFirst()
                .figure();
    }

    @Test
    void theMomentIsEarlyStoppingOnlyWhereEachArmHasARule() {
        Optional<EarlyStop> rule = Optional.of(EarlyStop.natural());
        assertThat(figure(rule, rule).title()).isEqualTo("natural accuracy of the tickets at early stopping");
        assertThat(figure(Optional.empty(), Optional.empty()).title())
                .isEqualTo("natural accuracy of the tickets at the last iteration");
        Figure mixed = figure(rule, Optional.empty());
        assertThat(mixed.title()).isEqualTo("natural accuracy of the tickets");
        assertThat(mixed.caption()).contains("at early stopping, but of digits, b at the last iteration. Mean");
    }
}
