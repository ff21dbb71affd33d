package org.espalier.report.chart.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.text.PDFTextStripper;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.Legend;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Palette;
import org.espalier.report.chart.Panel;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class FigureDrawingTest {
    private static final Legend LEGEND = new Legend(
            "restart",
            List.of(
                    new Legend.Entry("original", OptionalInt.of(1), OptionalInt.of(0), OptionalInt.of(0)),
                    new Legend.Entry("a < b (c)", OptionalInt.of(4), OptionalInt.of(4), OptionalInt.of(1))));

    private static final Curve CURVE = new Curve(
            new double[] {100, 50, 2}, new double[] {20, 40, 30}, new double[] {1, Double.NaN, 2}, new int[] {3, 1, 3});

    private static final Figure LINES = new Figure(
            "f",
            "A <title> (of a figure)",
            "",
            List.of(LEGEND),
            List.of(new Panel.Lines(
                    "one & only",
                    Axis.of("weights remaining (%)", Axis.Scale.LOG_FALLING),
                    Axis.of("accuracy (%)", Axis.Scale.PERCENT),
                    List.of(Line.of(CURVE, "original"), Line.of(Curve.EMPTY, "a < b (c)")),
                    true)));

    private static final Figure MAP = new Figure(
            "m",
            "map",
            "",
            List.of(),
            List.of(new Panel.Heat("100.0 %", 2, 3, new double[] {0, 1, 1, 2, 3, 4}, "weights", 4)));

    @Test
    void svgIsXmlWithALineSymbolsAndAllTexts() throws Exception {
        Document svg = parse(FigureDrawing.svg(LINES));

        var texts = svg.getElementsByTagName("text");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < texts.getLength(); i++) {
            all.append(texts.item(i).getTextContent()).append('\n');
        }
        assertThat(all.toString())
                .contains("one & only", "weights remaining (%)", "accuracy (%)", "restart", "original", "a < b (c)")
                .contains("100\n", "50\n", "20\n", "10\n", "5\n", "2\n");
        var paths = svg.getElementsByTagName("path");
        int ofTheCurve = 0;
        for (int i = 0; i < paths.getLength(); i++) {
            var attributes = paths.item(i).getAttributes();
            if (attributes.getNamedItem("stroke") != null
                    && attributes.getNamedItem("stroke").getTextContent().equals(Palette.COLORS.get(1))) {
                ofTheCurve++;
            }
        }
        // The curve, two bars of deviations, and the legend's sample.
        assertThat(ofTheCurve).isEqualTo(4);
    }

    @Test
    void higherValuesStandHigherAndDenserOnesToTheLeft() {
        String curve = line(FigureDrawing.svg(LINES), Palette.COLORS.get(1), 3);
        var point = Pattern.compile("[ML]([0-9.]+) ([0-9.]+)").matcher(curve);
        double[][] at = new double[3][2];
        for (double[] p : at) {
            assertThat(point.find()).isTrue();
            p[0] = Double.parseDouble(point.group(1));
            p[1] = Double.parseDouble(point.group(2));
        }
        assertThat(at[0][0]).isLessThan(at[1][0]);
        assertThat(at[1][0]).isLessThan(at[2][0]);
        assertThat(at[1][1]).isLessThan(at[2][1]);
        assertThat(at[2][1]).isLessThan(at[0][1]);
        // A logarithmic axis: 100 to 50 takes as much room as log 2 of log 50.
        assertThat((at[1][0] - at[0][0]) / (at[2][0] - at[0][0])).isEqualTo(Math.log(2) / Math.log(50), within(0.001));
    }

    @Test
    void aMapJoinsNeighboursOfOneColour() throws Exception {
        Document svg = parse(FigureDrawing.svg(MAP));

        // Five rectangles of six values, and forty of the scale.
        assertThat(svg.getElementsByTagName("path").getLength()).isEqualTo(45);
    }

    @Test
    void aPictureHasTheColoursOfItsCellsAndNoScale() throws Exception {
        String svg = FigureDrawing.svg(new Figure(
                "p",
                "picture",
                "",
                List.of(),
                List.of(new Panel.Picture("100.0 %", 2, 2, List.of("#102030", "", "#405060", "#102030")))));

        assertThat(parse(svg).getElementsByTagName("path").getLength()).isEqualTo(3);
        assertThat(svg).contains("#102030", "#405060");
    }

    @Test
    void pdfEmbedsTheCharactersOfItsFontsAndTheirTextCanBeCopied() throws IOException {
        Figure figure = new Figure(
                "u",
                "A (title) \\ \u2265 \u03b5",
                "",
                List.of(LEGEND),
                List.of(new Panel.Lines(
                        "\u03b1 \u2192 \u03b2 \u2265 \u03b5, \u041f\u0440\u0438\u0432\u0435\u0442, final flow, \u4e2d",
                        Axis.of("l\u2081-norm \u2264 \u00bd", Axis.Scale.LOG_FALLING),
                        Axis.of("accuracy (%)", Axis.Scale.PERCENT),
                        List.of(Line.of(CURVE, "original")),
                        true)));
        try (PDDocument pdf = Loader.loadPDF(FigureDrawing.pdf(figure))) {
            assertThat(pdf.getDocumentInformation().getTitle()).isEqualTo(figure.title());
            assertThat(new PDFTextStripper().getText(pdf))
                    .contains(
                            "\u03b1 \u2192 \u03b2 \u2265 \u03b5, \u041f\u0440\u0438\u0432\u0435\u0442, final flow, [U+4E2D]")
                    .contains("l\u2081-norm \u2264 \u00bd")
                    .contains("a < b (c)");
            PDResources resources = pdf.getPage(0).getResources();
            assertThat(resources.getFontNames()).hasSize(2).allSatisfy(name -> {
                PDFont font = resources.getFont(name);
                assertThat(font.isEmbedded()).isTrue();
                assertThat(font.getName()).matches("[A-Z]{6}\\+DejaVuSansCondensed(-Bold)?");
            });
        }
    }

    @Test
    void equalFiguresGiveEqualBytesOfPdfAtAnyTime() throws InterruptedException {
        byte[] first = FigureDrawing.pdf(LINES);
        Thread.sleep(1100); // dates of PDF count seconds
        assertThat(FigureDrawing.pdf(LINES)).isEqualTo(first);
        assertThat(new String(first, StandardCharsets.ISO_8859_1)).doesNotContain("/CreationDate", "/ModDate");
        assertThat(FigureDrawing.pdf(MAP)).isNotEqualTo(first);
    }

    @Test
    void nothingMeasuredIsDrawnAsAnEmptyFrame() throws Exception {
        Figure empty = new Figure(
                "e",
                "empty",
                "",
                List.of(),
                List.of(new Panel.Lines(
                        "", Axis.of("x", Axis.Scale.LINEAR), Axis.of("y", Axis.Scale.LOG), List.of(), false)));

        assertThat(parse(FigureDrawing.svg(empty)).getDocumentElement().getTagName())
                .isEqualTo("svg");
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    private static String line(String svg, String color, int points) {
        return svg.lines()
                .filter(l -> l.contains(String.format(Locale.ROOT, "stroke=\"%s\"", color)))
                .filter(l -> l.chars().filter(c -> c == 'L' || c == 'M').count() == points)
                .findFirst()
                .orElseThrow();
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
