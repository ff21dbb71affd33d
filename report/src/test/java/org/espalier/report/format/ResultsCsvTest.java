package org.espalier.report.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.espalier.report.Example;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;
import org.espalier.report.result.Point;
import org.espalier.report.result.Results;
import org.espalier.report.result.Series;
import org.junit.jupiter.api.Test;

class ResultsCsvTest {
    private static Cell cell(String dataset, List<Series> series) {
        return new Cell(
                dataset,
                "natural",
                new Cell.Training(Optional.empty(), Optional.empty(), 500),
                Optional.empty(),
                OptionalInt.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                1,
                List.of(),
                OptionalInt.of(10),
                series);
    }

    @Test
    void writesOneRowAMeasurementNaturalFirst() {
        Series series = Example.series(
                "original",
                3,
                1,
                213057 / 266200.0,
                Series.State.RUNNING,
                Example.points(500, 0.9833, 0.02, 0.25, 1e-7));
        assertThat(ResultsCsv.of(
                        new Results("x", OptionalInt.empty(), List.of(cell("digits", List.of(series))), List.of())))
                .isEqualTo("""
                        dataset,objective,strategy,trial,level,density,iteration,split,attack,accuracy,loss
                        digits,natural,original,3,1,0.8003643876784373,500,test,none,0.9833,9
                        digits,natural,original,3,1,0.8003643876784373,500,test,pgd,0.02,9
                        digits,natural,original,3,1,0.8003643876784373,500,validation,none,0.9833,0.25
                        digits,natural,original,3,1,0.8003643876784373,500,validation,pgd,0.02,0.0000001
                        """);
    }

    @Test
    void quotesANameThatHoldsAComma() {
        Series series = Example.series(
                "original",
                0,
                0,
                1,
                Series.State.FINISHED,
                List.of(new Point(0, Point.TEST, Point.NATURAL, 0.1, Double.NaN, 1000)));
        assertThat(ResultsCsv.of(new Results(
                        "x", OptionalInt.empty(), List.of(cell("my \"own\", digits", List.of(series))), List.of())))
                .endsWith("\"my \"\"own\"\", digits\",natural,original,0,0,1,0,test,none,0.1,\n");
    }

    @Test
    void isTheSameWhateverOrderTheStoreWasReadIn() {
        Cell cell = Example.cell();
        String expected = ResultsCsv.of(
                new Results("x", OptionalInt.empty(), List.of(cell, cell("fashion", cell.series())), List.of()));
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var shuffled = new ArrayList<>(cell.series().stream()
                    .map(s -> {
                        var points = new ArrayList<>(s.points());
                        Collections.shuffle(points, random);
                        return new Series(s.strategy(), s.trial(), s.level(), s.density(), s.state(), points);
                    })
                    .toList());
            Collections.shuffle(shuffled, random);
            assertThat(ResultsCsv.of(new Results(
                            "x",
                            OptionalInt.empty(),
                            List.of(
                                    cell("fashion", shuffled),
                                    new Cell(
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
                                            shuffled)),
                            List.of())))
                    .isEqualTo(expected);
        }
    }

    @Test
    void numbersReadBackAsTheSameValue() {
        for (double value : new double[] {0, 1, 0.1, 1.0 / 3, 1e-7, 12345678.9, Math.PI * 1e-12, 5e20}) {
            String text = Numbers.shortest(value);
            assertThat(Double.parseDouble(text)).isEqualTo(value);
            assertThat(text).doesNotContainIgnoringCase("e");
        }
    }
}
