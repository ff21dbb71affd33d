package org.espalier.report.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.Chance;
import org.espalier.report.Example;
import org.espalier.report.format.CsvTable;
import org.espalier.report.format.MarkdownTable;
import org.espalier.report.format.TextTable;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.junit.jupiter.api.Test;

class AccuracyTableTest {
    @Test
    void showsTheChosenIterationOfAllLevelsThatHaveIt() {
        assertThat(TextTable.of(
                        AccuracyTable.all(Example.cell(), OptionalInt.of(100)).get(0), 120))
                .isEqualTo("""
                        digits, adversarial training, test accuracy in % at iteration 100

                                     | original                           | random                             | no pruning
                        level  P_m % |      natural           pgd  trials |      natural           pgd  trials | natural  pgd  trials
                        -------------+------------------------------------+------------------------------------+---------------------
                            0  100.0 | 90.50 (0.71)  31.00 (1.41)     2/2 | 90.50 (0.71)  31.00 (1.41)     2/2 |     ...  ...     0/2
                            1   80.0 | 92.50 (0.71)  51.00 (1.41)     2/2 |    80.00 (-)     20.00 (-)     1/2 |

                          (-) one trial alone has no standard deviation
                          ... not measured yet
                          left out: random, trial 1 diverged at level 1, last measured at iteration 100
                        """);
    }

    /** Random's first trial has 80 % at iteration 100; always naming the most frequent class has as much. */
    @Test
    void networksAtChanceAreMarkedInAllForms() {
        Cell cell = Example.cell();
        Table table = AccuracyTable.all(
                        new Cell(
                                cell.dataset(),
                                cell.objective(),
                                cell.training(),
                                cell.selection(),
                                cell.reportIteration(),
                                cell.strategies(),
                                cell.attacks(),
                                cell.bound(),
                                cell.accuracy(),
                                cell.trials(),
                                cell.densities(),
                                cell.classes(),
                                Optional.of(new Chance(0.8)),
                                cell.series(),
                                cell.noStop(),
                                cell.notes()),
                        OptionalInt.of(100))
                .getFirst();
        assertThat(table.blocks().get(1).rows())
                .containsExactly(
                        List.of("90.50 (0.71)", "31.00 (1.41)", "2/2"), List.of("80.00 (-)*", "20.00 (-)*", "1/2"));
        assertThat(table.notes())
                .contains("* a network of at least one trial is no better than always naming the most frequent class"
                        + " (80.0 %)");
        assertThat(CsvTable.of(table)).contains("80.00,,20.00,,1/2").doesNotContain("*");
        assertThat(MarkdownTable.of(table)).contains("80.00 (-)\\*");
        assertThat(AccuracyTable.all(cell, OptionalInt.of(100)).getFirst().notes())
                .noneMatch(note -> note.startsWith("*"));
    }

    @Test
    void showsTheLastIterationOfFinishedLevelsAndBreaksTheTableToFit() {
        assertThat(TextTable.of(
                        AccuracyTable.all(Example.cell(), OptionalInt.of(100)).get(1), 72))
                .isEqualTo("""
                        digits, adversarial training, test accuracy in % at the last iteration
                          of each level

                                     | original
                        level  P_m % |      natural           pgd  trials
                        -------------+-----------------------------------
                            0  100.0 | 96.00 (1.41)  42.00 (2.83)     2/2
                            1   80.0 | 96.00 (0.00)  62.00 (2.83)     2/2

                                     | random                             | no pruning
                        level  P_m % |      natural           pgd  trials | natural  pgd  trials
                        -------------+------------------------------------+---------------------
                            0  100.0 | 96.00 (1.41)  42.00 (2.83)     2/2 |     ...  ...     0/2
                            1   80.0 |          ...           ...     0/2 |

                          ... not measured yet
                          left out: random, trial 1 diverged at level 1, last measured at
                            iteration 100
                        """);
    }

    @Test
    void showsEarlyStoppingWithItsIteration() {
        // Validation objectives of the dense level: 0.70 and 0.75 in trial 0, 0.70 and 0.65 in trial 1.
        assertThat(MarkdownTable.of(
                        AccuracyTable.all(Example.cell(), OptionalInt.of(100)).get(2)))
                .isEqualTo("""
                        ### digits, adversarial training, test accuracy in % at early stopping (least validation loss, \
                        0.5 natural + 0.5 pgd)

                        | level | P_m % | original: stopped at | original: natural | original: pgd | original: trials \
                        | random: stopped at | random: natural | random: pgd | random: trials \
                        | no pruning: stopped at | no pruning: natural | no pruning: pgd | no pruning: trials |
                        |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                        | 0 | 100.0 | 150 (71) | 93.50 (4.95) | 37.00 (9.90) | 2/2 \
                        | 150 (71) | 93.50 (4.95) | 37.00 (9.90) | 2/2 | ... | ... | ... | 0/2 |
                        | 1 | 80.0 | 200 (0) | 96.00 (0.00) | 62.00 (2.83) | 2/2 | ... | ... | ... | 0/2 |  |  |  |  |

                        - ... not measured yet
                        - left out: random, trial 1 diverged at level 1, last measured at iteration 100
                        """);
    }

    @Test
    void saysWhichIterationStandsForOneThatWasNotMeasured() {
        Cell cell = Example.cell();
        assertThat(AccuracyTable.all(cell, OptionalInt.of(30000)).get(0).caption())
                .endsWith("at iteration 200 (the nearest measured one to 30,000)");
        assertThat(AccuracyTable.nearest(cell, 149)).isEqualTo(100);
        assertThat(AccuracyTable.nearest(cell, 150)).isEqualTo(100);
        assertThat(AccuracyTable.nearest(cell, 151)).isEqualTo(200);
    }

    @Test
    void anEmptyStoreGivesATableOfWhatIsPlanned() {
        Cell cell = Example.cell();
        Cell empty = new Cell(
                cell.dataset(),
                cell.objective(),
                cell.training(),
                cell.selection(),
                cell.reportIteration(),
                cell.strategies(),
                cell.attacks(),
                cell.bound(),
                cell.trials(),
                cell.densities(),
                cell.classes(),
                List.of());
        assertThat(AccuracyTable.all(empty, OptionalInt.empty()))
                .allSatisfy(table -> assertThat(TextTable.of(table, 100))
                        .contains("    1   80.0 |")
                        .contains("0/2"));
    }

    @Test
    void theLastIterationIsNotShownTwice() {
        assertThat(AccuracyTable.all(Example.cell(), OptionalInt.of(200)))
                .extracting(Table::caption)
                .containsExactly(
                        "digits, adversarial training, test accuracy in % at iteration 200",
                        "digits, adversarial training, test accuracy in % at early stopping "
                                + "(least validation loss, 0.5 natural + 0.5 pgd)");
    }

    @Test
    void withoutAnIterationToReportThereIsNoTableOfOne() {
        Cell cell = Example.cell();
        Cell bare = new Cell(
                cell.dataset(),
                cell.objective(),
                cell.training(),
                Optional.empty(),
                OptionalInt.empty(),
                cell.strategies(),
                cell.attacks(),
                cell.bound(),
                cell.trials(),
                cell.densities(),
                cell.classes(),
                cell.series());
        List<Table> tables = AccuracyTable.all(bare, OptionalInt.empty());
        assertThat(tables).hasSize(1);
        assertThat(tables.getFirst().caption()).endsWith("at the last iteration of each level");
        assertThat(tables.getFirst().notes()).anyMatch(note -> note.startsWith("no early stopping: "));
    }

    @Test
    void tablesSayWhenAccuraciesAreOfTheWorstCase() {
        Cell cell = Example.cell();
        Cell worst = new Cell(
                cell.dataset(),
                cell.objective(),
                cell.training(),
                Optional.of(EarlyStop.error("pgd")),
                cell.reportIteration(),
                cell.strategies(),
                cell.attacks(),
                cell.bound(),
                AttackedAccuracy.WORST_CASE,
                cell.trials(),
                cell.densities(),
                cell.classes(),
                cell.series());
        assertThat(AccuracyTable.all(worst, OptionalInt.empty()))
                .allSatisfy(table -> assertThat(table.notes()).contains(AccuracyTable.WORST_CASE))
                .anySatisfy(table -> assertThat(table.caption()).contains("(least validation error under pgd)"));
        assertThat(AccuracyTable.all(cell, OptionalInt.empty()))
                .allSatisfy(table -> assertThat(table.notes()).doesNotContain(AccuracyTable.WORST_CASE));
    }

    @Test
    void aNameWithMarkupIsShownAsText() {
        var block = new Table.Block("<b>|", List.of("x"), List.of(List.of("1")));
        var keys = new Table.Block("", List.of("level"), List.of(List.of("0")));
        assertThat(MarkdownTable.of(new Table("<script>", keys, List.of(block), List.of())))
                .isEqualTo("### &lt;script&gt;\n\n| level | &lt;b&gt;\\|: x |\n|---:|---:|\n| 0 | 1 |\n");
    }
}
