package org.espalier.report.chart.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Side;
import org.junit.jupiter.api.Test;

class LabelsTest {
    private static final Axis.Range TEN = new Axis.Range(0, 10);

    private static Line line(String label, double... xy) {
        double[] x = new double[xy.length / 2];
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = xy[2 * i];
            y[i] = xy[2 * i + 1];
        }
        return new Line(
                Curve.plain(x, y), List.of("key"), Collections.nCopies(x.length, label), AxisRanges.ends(x.length));
    }

    private static List<Side> sides(Line... lines) {
        return Labels.place(Arrays.asList(lines), TEN, TEN).stream()
                .flatMap(line -> line.written().stream())
                .map(Line.Written::side)
                .toList();
    }

    @Test
    void labelsStandAwayFromTheirLine() {
        assertThat(sides(line("a", 3, 5, 7, 5))).containsExactly(Side.LEFT, Side.RIGHT);
        assertThat(sides(line("a", 7, 5, 3, 5))).containsExactly(Side.RIGHT, Side.LEFT);
    }

    @Test
    void labelsStayInsideTheFrame() {
        assertThat(sides(line("100.0 %", 10, 10, 10, 5))).first().isEqualTo(Side.BELOW_LEFT);
        assertThat(sides(line("100.0 %", 0, 0, 5, 0)).getFirst().up()).isEqualTo(1);
    }

    @Test
    void aPointThatLinesShareIsLabelledOnce() {
        List<Line> placed = Labels.place(List.of(line("a", 5, 5, 9, 5), line("a", 5, 5, 1, 5)), TEN, TEN);
        assertThat(placed.get(0).written()).extracting(Line.Written::point).containsExactly(0, 1);
        assertThat(placed.get(1).written()).extracting(Line.Written::point).containsExactly(1);
        // Lines go off to both sides.
        assertThat(placed.get(0).written().getFirst().side().up()).isNotZero();
    }

    @Test
    void neighboursDoNotCoverEachOther() {
        List<Side> sides = sides(line("100.0 %", 5, 5, 5, 5.4));
        assertThat(sides.get(0)).isNotEqualTo(sides.get(1));
    }

    @Property(tries = 200)
    void nothingElseOfALineChanges(@ForAll @Size(min = 2, max = 20) List<@DoubleRange(min = 0, max = 10) Double> xy) {
        Line line = line(
                "1.0 %",
                xy.subList(0, xy.size() / 2 * 2).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray());
        Line placed = Labels.place(List.of(line), TEN, TEN).getFirst();
        assertThat(placed.curve()).isEqualTo(line.curve());
        assertThat(placed.labels()).isEqualTo(line.labels());
        assertThat(placed.written()).hasSizeBetween(1, 2);
    }
}
