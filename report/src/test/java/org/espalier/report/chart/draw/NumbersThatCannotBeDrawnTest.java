package org.espalier.report.chart.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.chart.Side;
import org.junit.jupiter.api.Test;

/** Whatever is measured, figures hold finite numbers only. */
class NumbersThatCannotBeDrawnTest {
    private static final double[] STRANGE = {
        0,
        -0.0,
        1e-320,
        1e-99,
        1e99,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1e16,
        1e16 + 2,
        100,
        -1
    };

    @Provide
    Arbitrary<Panel> panels() {
        Arbitrary<Double> number = Arbitraries.oneOf(
                Arbitraries.integers().between(0, STRANGE.length - 1).map(i -> STRANGE[i]),
                Arbitraries.doubles().between(-200, 200));
        Arbitrary<double[]> numbers = number.array(double[].class).ofSize(4);
        Arbitrary<Line> line = Combinators.combine(numbers, numbers, numbers)
                .as((x, y, deviation) -> new Line(
                        new Curve(x, y, Arrays.stream(deviation).map(Math::abs).toArray(), new int[] {1, 2, 3, 4}),
                        List.of(),
                        List.of("a", "b", "c", "d"),
                        List.of(new Line.Written(0, Side.LEFT), new Line.Written(3, Side.ABOVE))));
        Arbitrary<Axis> axis = Combinators.combine(
                        Arbitraries.of(Axis.Scale.class),
                        number,
                        number,
                        number.list().ofMaxSize(3))
                .as((scale, low, high, ticks) -> new Axis(
                        "a", scale, low < 0 ? Optional.empty() : Optional.of(new Axis.Range(low, high)), ticks));
        Arbitrary<Panel> lines = Combinators.combine(axis, axis, line.list().ofMaxSize(3), Arbitraries.of(true, false))
                .as((x, y, all, symbols) -> new Panel.Lines("lines", x, y, all, symbols));
        Arbitrary<Panel> heat = Combinators.combine(numbers, number)
                .as((values, top) -> new Panel.Heat("heat", 2, 2, values, "v", top));
        Arbitrary<Panel> matrix = Combinators.combine(numbers, number)
                .as((values, top) ->
                        new Panel.Matrix("matrix", "r", List.of("a", "b"), List.of("c", "d"), values, "v", top));
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, lines), net.jqwik.api.Tuple.of(1, heat), net.jqwik.api.Tuple.of(1, matrix));
    }

    @Property(tries = 2000)
    void noneReachesAFile(@ForAll("panels") Panel panel) {
        assertThat(FigureDrawing.svg(new Figure("f", "f", "", List.of(), List.of(panel))))
                .doesNotContain("NaN", "Infinity");
    }

    @Property(tries = 50)
    void pdfTakesThemToo(@ForAll("panels") Panel panel) {
        assertThat(FigureDrawing.pdf(new Figure("f", "f", "", List.of(), List.of(panel))))
                .isNotEmpty();
    }

    @Test
    void theCaptionSaysHowManyAreLeftOutAndLabelsStayWithTheirPoints() {
        Line line = new Line(
                Curve.plain(new double[] {100, 0, 10}, new double[] {1, 2, 3}),
                List.of(),
                List.of("all", "none", "few"),
                List.of(new Line.Written(1, Side.LEFT), new Line.Written(2, Side.ABOVE)));
        Figure figure = new Figure(
                "f",
                "f",
                "Said.",
                List.of(),
                List.of(new Panel.Lines("p", Axis.densities(), Axis.of("y", Axis.Scale.LINEAR), List.of(line), true)));

        assertThat(figure.caption())
                .isEqualTo("Said. Values that an axis cannot show, such as 0 on a logarithmic axis, are left out: 1.");
        Line shown = ((Panel.Lines) figure.panels().getFirst()).lines().getFirst();
        assertThat(shown.curve().x()).containsExactly(100, 10);
        assertThat(shown.labels()).containsExactly("all", "few");
        assertThat(shown.written()).containsExactly(new Line.Written(1, Side.ABOVE));
    }

    @Test
    void whatCanBeDrawnStaysAsItIs() {
        Curve curve = Curve.plain(new double[] {100, 50}, new double[] {1, 2});
        Figure figure = new Figure(
                "f",
                "f",
                "Said.",
                List.of(),
                List.of(new Panel.Lines(
                        "p", Axis.densities(), Axis.of("y", Axis.Scale.LOG), List.of(Line.of(curve)), true)));

        assertThat(figure.caption()).isEqualTo("Said.");
        assertThat(((Panel.Lines) figure.panels().getFirst()).lines().getFirst().curve())
                .isSameAs(curve);
    }
}
