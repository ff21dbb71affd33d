package org.espalier.report.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Legend;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.junit.jupiter.api.Test;

class ComparisonFiguresTest {
    private static Cell cell(String objective, Optional<EarlyStop> rule) {
        return SmallCell.of(
                objective,
                rule,
                List.of(),
                AttackedAccuracy.KEPT_POINT,
                List.of(
                        new Point(100, Point.VALIDATION, Point.NATURAL, 0.9, 0.3, 100),
                        new Point(100, Point.TEST, Point.NATURAL, 0.9, 0.3, 100)));
    }

    private static Figure figure(Optional<EarlyStop> first, Optional<EarlyStop> second) {
        return ComparisonFigures.of(List.of(
                        new ComparisonFigures.Named("", cell("a", first), Map.of()),
                        new ComparisonFigures.Named("", cell("b", second), Map.of())))
                .orElseThrow()
                .variants()
                .getFirst()
                .figure();
    }

    @Test
    void theMomentIsEarlyStoppingOnlyWhereEachCellHasARule() {
        Optional<EarlyStop> rule = Optional.of(EarlyStop.natural());
        assertThat(figure(rule, rule).title()).isEqualTo("natural accuracy of the tickets at early stopping");
        assertThat(figure(Optional.empty(), Optional.empty()).title())
                .isEqualTo("natural accuracy of the tickets at the last iteration");
        Figure mixed = figure(rule, Optional.empty());
        assertThat(mixed.title()).isEqualTo("natural accuracy of the tickets");
        assertThat(mixed.caption()).contains("at early stopping, but of digits, b at the last iteration. Mean");
    }

    @Test
    void attacksOfOneNameThatAreNotTheSameAreToldApart() {
        List<ComparisonFigures.Named> cells = List.of(
                new ComparisonFigures.Named("x", attacked(AttackedAccuracy.KEPT_POINT), Map.of("pgd", 0.3f)),
                new ComparisonFigures.Named("y", attacked(AttackedAccuracy.WORST_CASE), Map.of("pgd", 0.1f)));
        List<FigureGroup.Variant> variants =
                ComparisonFigures.of(cells).orElseThrow().variants();
        assertThat(variants).extracting(FigureGroup.Variant::name).containsExactly("pgd", "natural");
        assertThat(variants.getFirst().figure().legends().getFirst().entries())
                .extracting(Legend.Entry::name)
                .containsExactly("x: digits, pgd, epsilon 0.3", "y: digits, pgd, epsilon 0.1, worst case");
        assertThat(variants.getFirst().figure().caption()).endsWith("compare their courses and not their heights.");
        assertThat(variants.getLast().figure().legends().getFirst().entries())
                .extracting(Legend.Entry::name)
                .containsExactly("x: digits, pgd", "y: digits, pgd");
        assertThat(variants.getLast().figure().caption()).endsWith("to either side.");
    }

    private static Cell attacked(AttackedAccuracy accuracy) {
        return SmallCell.of(
                "pgd",
                Optional.empty(),
                List.of("pgd"),
                accuracy,
                List.of(
                        new Point(100, Point.TEST, Point.NATURAL, 0.9, 0.3, 100),
                        new Point(100, Point.TEST, "pgd", 0.4, 1.3, 100)));
    }
}
