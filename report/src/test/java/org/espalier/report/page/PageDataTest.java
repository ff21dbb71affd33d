package org.espalier.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.lab.file.Json;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Legend;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class PageDataTest {
    @ParameterizedTest
    @CsvSource({"0,0", "97.5,97.5", "2500,2500", "0.123456789,0.1234568", "-3.25,-3.25", "98.12345678,98.12346"})
    void numbersHaveSevenDigits(double number, String text) {
        assertThat(PageData.rounded(number)).isEqualTo(text);
    }

    @Test
    void aCurveStandsOnceHoweverManyPanelsShowIt() {
        Curve curve = Curve.plain(new double[] {1, 2}, new double[] {3, 4});
        Panel panel = new Panel.Lines(
                "",
                Axis.of("x", Axis.Scale.LINEAR),
                Axis.of("y", Axis.Scale.LINEAR),
                List.of(Line.of(curve), Line.of(curve)),
                true);
        PageData data = new PageData();
        data.add(FigureGroup.of("t", new Figure("f", "t", "c", List.<Legend>of(), List.of(panel, panel))));

        assertThat(data.json())
                .containsOnlyOnce("\"y\":[3,4]")
                .containsOnlyOnce("[1,2]")
                .endsWith("\"xs\":[[1,2]]}");
    }

    @Test
    void picturesHaveAColourForEachCell() {
        PageData data = new PageData();
        data.add(FigureGroup.of(
                "t",
                new Figure(
                        "f",
                        "t",
                        "c",
                        List.<Legend>of(),
                        List.of(new Panel.Picture("p", 1, 2, List.of("#123456", ""))))));
        assertThat(data.json())
                .contains(
                        "\"kind\":\"picture\",\"title\":\"p\",\"rows\":1,\"columns\":2,\"colors\":[\"#123456\",\"\"]");
    }

    @Test
    void namesAreQuotedAndMissingNumbersAreNull() {
        Panel matrix = new Panel.Matrix(
                "\"m\" \\ \u2028", "r", List.of("a\nb"), List.of("c", "d"), new double[] {Double.NaN, 2}, "v", 4);
        PageData data = new PageData();
        data.add(FigureGroup.of("t", new Figure("f", "t", "\ud83c\udf3f", List.<Legend>of(), List.of(matrix))));

        JsonNode read = Json.parse(data.json().getBytes(StandardCharsets.UTF_8), "page data");
        JsonNode figure = read.at("/groups/0/variants/0/figure");
        assertThat(figure.path("caption").stringValue()).isEqualTo("\ud83c\udf3f");
        assertThat(figure.at("/panels/0/title").stringValue()).isEqualTo("\"m\" \\ \u2028");
        assertThat(figure.at("/panels/0/rows/0").stringValue()).isEqualTo("a\nb");
        assertThat(figure.at("/panels/0/values")).hasToString("[null,2]");
    }
}
