package org.espalier.report.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Panel;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.junit.jupiter.api.Test;

class CellFiguresTest {
    @Test
    void aLossIsCalledSoWhereTheAttackGoesToItsEnd() {
        FigureGroup losses =
                CellFigures.of("a", cell("pgd", AttackedAccuracy.KEPT_POINT)).get(1);
        assertThat(losses.title()).isEqualTo("Validation loss as training proceeds");
        assertThat(losses.variants()).extracting(FigureGroup.Variant::name).containsExactly("pgd", "natural");
        assertThat(y(losses, 0)).isEqualTo("PGD validation loss (nats)");
    }

    /** An attack that leaves an image as soon as it is broken measures no loss to stop by. */
    @Test
    void theWorstCaseHasAnErrorAndNoValidationLossUnderAttack() {
        FigureGroup losses =
                CellFigures.of("a", cell("pgd", AttackedAccuracy.WORST_CASE)).get(1);
        assertThat(losses.title()).isEqualTo("Validation error and loss as training proceeds");
        assertThat(losses.variants())
                .extracting(FigureGroup.Variant::name)
                .containsExactly("pgd, error", "pgd, loss where the attack ended", "natural");
        assertThat(y(losses, 0)).isEqualTo("PGD validation error (%)");
        assertThat(y(losses, 1)).isEqualTo("loss where PGD ended (nats)");
        assertThat(y(losses, 2)).isEqualTo("natural validation loss (nats)");
        Figure error = losses.variants().getFirst().figure();
        assertThat(((Panel.Lines) error.panels().getFirst())
                        .lines()
                        .getFirst()
                        .curve()
                        .y())
                .as("error of 40 and 55 % accuracy")
                .containsExactly(new double[] {60, 45}, Offset.offset(1e-9));
        assertThat(error.caption()).contains("early stopping goes by it");
        assertThat(losses.variants().get(1).figure().caption()).contains("nothing is chosen by it");
    }

    @Test
    void anErrorThatChoosesNothingIsNotSaidTo() {
        FigureGroup losses = CellFigures.of("a", cell("natural", AttackedAccuracy.WORST_CASE))
                .get(1);
        assertThat(losses.variants())
                .filteredOn(v -> v.name().equals("pgd, error"))
                .singleElement()
                .satisfies(v -> assertThat(v.figure().caption())
                        .endsWith("at any point that the attack goes through.")
                        .doesNotContain("early stopping"));
    }

    @Test
    void whatIsTrainedOnIsShownFirst() {
        assertThat(CellFigures.of("a", cell("natural", AttackedAccuracy.KEPT_POINT))
                        .getFirst()
                        .variants())
                .extracting(FigureGroup.Variant::name)
                .containsExactly("natural", "pgd");
    }

    private static String y(FigureGroup group, int variant) {
        return ((Panel.Lines) group.variants().get(variant).figure().panels().getFirst())
                .y()
                .label();
    }

    private static Cell cell(String objective, AttackedAccuracy accuracy) {
        EarlyStop rule = !objective.equals("pgd")
                ? EarlyStop.natural()
                : accuracy == AttackedAccuracy.WORST_CASE ? EarlyStop.error("pgd") : new EarlyStop(0.5, "pgd");
        return SmallCell.of(
                objective,
                Optional.of(rule),
                List.of("pgd"),
                accuracy,
                List.of(
                        new Point(0, Point.VALIDATION, Point.NATURAL, 0.9, 0.5, 1000),
                        new Point(0, Point.VALIDATION, "pgd", 0.4, 1.2, 1000),
                        new Point(100, Point.VALIDATION, Point.NATURAL, 0.95, 0.2, 1000),
                        new Point(100, Point.VALIDATION, "pgd", 0.55, 1.0, 1000)));
    }
}
