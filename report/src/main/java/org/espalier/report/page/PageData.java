package org.espalier.report.page;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Legend;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * All figures' data as one JSON document for the page's scripts. A curve stands once, however many figures show it, and so
 * do abscissae that curves share. Numbers have seven significant digits: more than any reading shows.
 */
final class PageData {
    private static final JsonFactory JSON = new JsonFactory();

    private final List<FigureGroup> groups = new ArrayList<>();

    /** Adds figures; returns the number that the page's element has to name. */
    int add(FigureGroup group) {
        groups.add(group);
        return groups.size() - 1;
    }

    /** The document. */
    String json() {
        var out = new StringWriter(1 << 16);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            new Document(json).write(groups);
        }
        return out.toString();
    }

    /** Writes groups of figures, then each of their curves once, then each different list of abscissae once. */
    private static final class Document {
        private final JsonGenerator json;
        private final List<Curve> curves = new ArrayList<>();
        private final Map<Curve, Integer> curveNumbers = new IdentityHashMap<>();

        Document(JsonGenerator json) {
            this.json = json;
        }

        void write(List<FigureGroup> groups) {
            json.writeStartObject();
            json.writeArrayPropertyStart("groups");
            groups.forEach(this::group);
            json.writeEndArray();
            var xs = new LinkedHashMap<List<Double>, Integer>();
            json.writeArrayPropertyStart("curves");
            curves.forEach(curve -> curve(curve, xs));
            json.writeEndArray();
            json.writeArrayPropertyStart("xs");
            xs.keySet().forEach(this::numbers);
            json.writeEndArray();
            json.writeEndObject();
        }

        private void group(FigureGroup group) {
            json.writeStartObject();
            json.writeArrayPropertyStart("variants");
            for (FigureGroup.Variant variant : group.variants()) {
                json.writeStartObject();
                json.writeStringProperty("name", variant.name());
                json.writeName("figure");
                figure(variant.figure());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }

        private void figure(Figure figure) {
            json.writeStartObject();
            json.writeStringProperty("id", figure.id());
            json.writeStringProperty("title", figure.title());
            json.writeStringProperty("caption", figure.caption());
            json.writeArrayPropertyStart("legends");
            figure.legends().forEach(this::legend);
            json.writeEndArray();
            json.writeArrayPropertyStart("panels");
            for (Panel panel : figure.panels()) {
                json.writeStartObject();
                switch (panel) {
                    case Panel.Lines lines -> lines(lines);
                    case Panel.Heat heat -> heat(heat);
                    case Panel.Picture picture -> picture(picture);
                    case Panel.Matrix matrix -> matrix(matrix);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }

        private void legend(Legend legend) {
            json.writeStartObject();
            json.writeStringProperty("title", legend.title());
            json.writeArrayPropertyStart("entries");
            for (Legend.Entry entry : legend.entries()) {
                json.writeStartObject();
                json.writeStringProperty("name", entry.name());
                entry.color().ifPresent(color -> json.writeNumberProperty("color", color));
                entry.shape().ifPresent(shape -> json.writeNumberProperty("shape", shape));
                entry.dash().ifPresent(dash -> json.writeNumberProperty("dash", dash));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }

        private void lines(Panel.Lines panel) {
            json.writeStringProperty("kind", "lines");
            json.writeStringProperty("title", panel.title());
            json.writeName("x");
            axis(panel.x());
            json.writeName("y");
            axis(panel.y());
            json.writeBooleanProperty("symbols", panel.symbols());
            json.writeArrayPropertyStart("lines");
            panel.lines().forEach(this::line);
            json.writeEndArray();
        }

        private void line(Line line) {
            json.writeStartObject();
            json.writeNumberProperty("curve", curveNumbers.computeIfAbsent(line.curve(), curve -> {
                curves.add(curve);
                return curves.size() - 1;
            }));
            strings("keys", line.keys());
            if (!line.labels().isEmpty()) {
                strings("labels", line.labels());
                json.writeObjectPropertyStart("written");
                for (Line.Written label : line.written()) {
                    json.writeArrayPropertyStart(Integer.toString(label.point()));
                    json.writeNumber(label.side().across());
                    json.writeNumber(label.side().up());
                    json.writeEndArray();
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }

        private void heat(Panel.Heat panel) {
            json.writeStringProperty("kind", "heat");
            json.writeStringProperty("title", panel.title());
            json.writeStringProperty("label", panel.label());
            json.writeNumberProperty("rows", panel.rows());
            json.writeNumberProperty("columns", panel.columns());
            json.writeName("top");
            number(panel.top());
            numbers("values", panel.values());
        }

        private void picture(Panel.Picture panel) {
            json.writeStringProperty("kind", "picture");
            json.writeStringProperty("title", panel.title());
            json.writeNumberProperty("rows", panel.rows());
            json.writeNumberProperty("columns", panel.columns());
            strings("colors", panel.colors());
        }

        private void matrix(Panel.Matrix panel) {
            json.writeStringProperty("kind", "matrix");
            json.writeStringProperty("title", panel.title());
            json.writeStringProperty("rowsAre", panel.rowsAre());
            json.writeStringProperty("label", panel.label());
            strings("rows", panel.rows());
            strings("columns", panel.columns());
            json.writeName("top");
            number(panel.top());
            numbers("values", panel.values());
        }

        private void axis(Axis axis) {
            json.writeStartObject();
            json.writeStringProperty("label", axis.label());
            json.writeStringProperty("scale", axis.scale().name());
            json.writeName("ticks");
            numbers(axis.ticks());
            axis.domain().ifPresent(domain -> numbers("domain", new double[] {domain.low(), domain.high()}));
            json.writeEndObject();
        }

        private void curve(Curve curve, Map<List<Double>, Integer> xs) {
            json.writeStartObject();
            List<Double> x = Arrays.stream(curve.x()).boxed().toList();
            json.writeNumberProperty("x", xs.computeIfAbsent(x, _ -> xs.size()));
            numbers("y", curve.y());
            if (Arrays.stream(curve.deviation()).anyMatch(deviation -> !Double.isNaN(deviation))) {
                numbers("s", curve.deviation());
            }
            json.writeName("n");
            counts(curve.count());
            json.writeEndObject();
        }

        /** One number where all are equal. */
        private void counts(int[] counts) {
            if (counts.length > 0 && Arrays.stream(counts).allMatch(count -> count == counts[0])) {
                json.writeNumber(counts[0]);
            } else {
                json.writeArray(counts, 0, counts.length);
            }
        }

        private void strings(String name, List<String> strings) {
            json.writeArrayPropertyStart(name);
            strings.forEach(json::writeString);
            json.writeEndArray();
        }

        private void numbers(String name, double[] numbers) {
            json.writeName(name);
            numbers(Arrays.stream(numbers).boxed().toList());
        }

        private void numbers(List<Double> numbers) {
            json.writeStartArray();
            numbers.forEach(this::number);
            json.writeEndArray();
        }

        private void number(double number) {
            if (Double.isFinite(number)) {
                json.writeNumber(rounded(number));
            } else {
                json.writeNull();
            }
        }
    }

    /** A finite number with seven significant digits, without a needless ".0". */
    static String rounded(double number) {
        if (number == 0) {
            return "0";
        }
        int digits = 6 - (int) Math.floor(Math.log10(Math.abs(number)));
        double rounded = number;
        if (digits >= 0 && digits < 300) {
            double power = Math.pow(10, digits);
            rounded = Math.rint(number * power) / power;
        }
        String text = Double.toString(rounded);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
