package org.espalier.report.chart.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Line;
import org.espalier.report.figure.ShownLevels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisRangesTest {
    @Test
    void theLossBeforeTrainingDoesNotSqueezeTheRest() {
        Line line = Line.of(Curve.plain(new double[] {0, 1, 2, 3}, new double[] {5.5, 2.4, 2.2, 2.1}), "a");

        AxisRanges.Domain domain = AxisRanges.domain(List.of(line), false);

        assertThat(domain.cut()).isTrue();
        assertThat(domain.range()).hasValue(new Axis.Range(2.1, 2.4));
    }

    @Test
    void aStartThatIsNotFarAboveIsShown() {
        Line line = Line.of(Curve.plain(new double[] {0, 1, 2}, new double[] {2.5, 2.4, 2.1}), "a");

        assertThat(AxisRanges.domain(List.of(line), false))
                .isEqualTo(new AxisRanges.Domain(java.util.Optional.of(new Axis.Range(2.1, 2.5)), false));
    }

    @Test
    void sharesStayWithinZeroAndAHundred() {
        Curve curve = new Curve(new double[] {0, 1}, new double[] {1, 99}, new double[] {4, 4}, new int[] {3, 3});

        assertThat(AxisRanges.domain(List.of(Line.of(curve, "a")), true).range())
                .hasValue(new Axis.Range(0, 100));
    }

    @ParameterizedTest
    @CsvSource({"0,0,0,5", "0.2,0.9,0,5", "100,100,95,100", "50,51,48,53", "99.8,100,95,100", "20,40,20,40"})
    void sharesShowFivePointsAtLeastAndNothingBeyondTheirEnds(double low, double high, double from, double to) {
        assertThat(AxisRanges.rounded(low, high, true)).isEqualTo(new Axis.Range(from, to));
    }

    @Test
    void nothingHasNoDomain() {
        assertThat(AxisRanges.domain(List.of(Line.of(Curve.EMPTY, "a")), false).range())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.9,1", "1,1", "1.1,2", "3,5", "6,10", "0.03,0.05", "0,1"})
    void stepsAreRoundNumbers(double least, double step) {
        assertThat(AxisRanges.step(least)).isEqualTo(step, org.assertj.core.data.Offset.offset(1e-12));
    }

    @Test
    void thePapersLevelsAreShownWhereASearchGoesAsFar() {
        assertThat(ShownLevels.of(levels(21), 6)).containsExactly(0, 3, 8, 11, 15, 18);
        assertThat(ShownLevels.of(levels(8), 6)).containsExactly(0, 1, 3, 4, 6, 7);
        assertThat(ShownLevels.of(levels(4), 6)).containsExactly(0, 1, 2, 3);
        assertThat(ShownLevels.of(levels(0), 6)).isEmpty();
    }

    private static TreeSet<Integer> levels(int count) {
        return new TreeSet<>(IntStream.range(0, count).boxed().toList());
    }
}
