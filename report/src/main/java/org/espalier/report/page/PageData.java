package org.espalier.report.page;

import java.util.ArrayList;
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

/**
 * All figures' data as one JSON document for the page's scripts. A curve stands once, however many figures show it, and so
 * do abscissae that curves share. Numbers have seven significant digits: more than any reading shows.
 */
final class PageData {
    private final List<Curve> curves = new ArrayList<>();
    private final Map<Curve, Integer> curveNumbers = new IdentityHashMap<>();
    private final StringBuilder groups = new StringBuilder();
    private int count;

    /** Adds figures, and says which number the page's element is to name. */
    int add(FigureGroup group) {
        groups.append(count == 0 ? "" : ",\n").append("{\"variants\":[");
        String comma = "";
        for (FigureGroup.Variant variant : group.variants()) {
            groups.append(comma).append("{\"name\":");
            string(groups, variant.name());
            groups.append(",\"figure\":");
            figure(variant.figure());
            groups.append('}');
            comma = ",";
        }
        groups.append("]}");
        return count++;
    }

    /** The document. */
    String json() {
        var out = new StringBuilder(groups.length() + 64 * curves.size());
        out.append("{\"groups\":[").append(groups).append("],\n\"curves\":[");
        var xs = new LinkedHashMap<List<Double>, Integer>();
        String comma = "";
        for (Curve curve : curves) {
            out.append(comma).append("{\"x\":");
            int number = xs.computeIfAbsent(boxed(curve.x()), _ -> xs.size());
            out.append(number).append(",\"y\":");
            numbers(out, curve.y());
            if (hasNumber(curve.deviation())) {
                out.append(",\"s\":");
                numbers(out, curve.deviation());
            }
            out.append(",\"n\":");
            counts(out, curve.count());
            out.append('}');
            comma = ",\n";
        }
        out.append("],\n\"xs\":[");
        comma = "";
        for (List<Double> x : xs.keySet()) {
            out.append(comma);
            numbers(out, x.stream().mapToDouble(Double::doubleValue).toArray());
            comma = ",\n";
        }
        return out.append("]}").toString();
    }

    private void figure(Figure figure) {
        groups.append("{\"id\":");
        string(groups, figure.id());
        groups.append(",\"title\":");
        string(groups, figure.title());
        groups.append(",\"caption\":");
        string(groups, figure.caption());
        groups.append(",\"legends\":[");
        String comma = "";
        for (Legend legend : figure.legends()) {
            groups.append(comma);
            legend(legend);
            comma = ",";
        }
        groups.append("],\"panels\":[");
        comma = "";
        for (Panel panel : figure.panels()) {
            groups.append(comma);
            switch (panel) {
                case Panel.Lines lines -> lines(lines);
                case Panel.Heat heat -> heat(heat);
                case Panel.Matrix matrix -> matrix(matrix);
            }
            comma = ",";
        }
        groups.append("]}");
    }

    private void legend(Legend legend) {
        groups.append("{\"title\":");
        string(groups, legend.title());
        groups.append(",\"entries\":[");
        String comma = "";
        for (Legend.Entry entry : legend.entries()) {
            groups.append(comma).append("{\"name\":");
            string(groups, entry.name());
            entry.color().ifPresent(c -> groups.append(",\"color\":").append(c));
            entry.shape().ifPresent(s -> groups.append(",\"shape\":").append(s));
            entry.dash().ifPresent(d -> groups.append(",\"dash\":").append(d));
            groups.append('}');
            comma = ",";
        }
        groups.append("]}");
    }

    private void lines(Panel.Lines panel) {
        groups.append("{\"kind\":\"lines\",\"title\":");
        string(groups, panel.title());
        groups.append(",\"x\":");
        axis(panel.x());
        groups.append(",\"y\":");
        axis(panel.y());
        groups.append(",\"symbols\":").append(panel.symbols()).append(",\"lines\":[");
        String comma = "";
        for (Line line : panel.lines()) {
            int number = curveNumbers.computeIfAbsent(line.curve(), curve -> {
                curves.add(curve);
                return curves.size() - 1;
            });
            groups.append(comma).append("{\"curve\":").append(number).append(",\"keys\":");
            strings(line.keys());
            if (!line.labels().isEmpty()) {
                groups.append(",\"labels\":");
                strings(line.labels());
                groups.append(",\"written\":{");
                String between = "";
                for (Line.Written label : line.written()) {
                    groups.append(between).append('"').append(label.point()).append("\":[");
                    groups.append(label.side().across())
                            .append(',')
                            .append(label.side().up())
                            .append(']');
                    between = ",";
                }
                groups.append('}');
            }
            groups.append('}');
            comma = ",";
        }
        groups.append("]}");
    }

    private void heat(Panel.Heat panel) {
        groups.append("{\"kind\":\"heat\",\"title\":");
        string(groups, panel.title());
        groups.append(",\"label\":");
        string(groups, panel.label());
        groups.append(",\"rows\":").append(panel.rows()).append(",\"columns\":").append(panel.columns());
        groups.append(",\"top\":");
        number(groups, panel.top());
        groups.append(",\"values\":");
        numbers(groups, panel.values());
        groups.append('}');
    }

    private void matrix(Panel.Matrix panel) {
        groups.append("{\"kind\":\"matrix\",\"title\":");
        string(groups, panel.title());
        groups.append(",\"rowsAre\":");
        string(groups, panel.rowsAre());
        groups.append(",\"label\":");
        string(groups, panel.label());
        groups.append(",\"rows\":");
        strings(panel.rows());
        groups.append(",\"columns\":");
        strings(panel.columns());
        groups.append(",\"top\":");
        number(groups, panel.top());
        groups.append(",\"values\":");
        numbers(groups, panel.values());
        groups.append('}');
    }

    private void axis(Axis axis) {
        groups.append("{\"label\":");
        string(groups, axis.label());
        groups.append(",\"scale\":\"").append(axis.scale()).append("\",\"ticks\":");
        numbers(groups, axis.ticks().stream().mapToDouble(Double::doubleValue).toArray());
        axis.domain().ifPresent(domain -> {
            groups.append(",\"domain\":");
            numbers(groups, new double[] {domain.low(), domain.high()});
        });
        groups.append('}');
    }

    private void strings(List<String> strings) {
        String comma = "[";
        for (String string : strings) {
            groups.append(comma);
            string(groups, string);
            comma = ",";
        }
        groups.append(strings.isEmpty() ? "[]" : "]");
    }

    private static void counts(StringBuilder out, int[] counts) {
        boolean equal = true;
        for (int count : counts) {
            equal &= count == counts[0];
        }
        if (equal && counts.length > 0) {
            out.append(counts[0]);
            return;
        }
        out.append('[');
        for (int i = 0; i < counts.length; i++) {
            out.append(i == 0 ? "" : ",").append(counts[i]);
        }
        out.append(']');
    }

    private static void numbers(StringBuilder out, double[] numbers) {
        out.append('[');
        for (int i = 0; i < numbers.length; i++) {
            if (i > 0) {
                out.append(',');
            }
            number(out, numbers[i]);
        }
        out.append(']');
    }

    /** Seven significant digits, without an exponent's capital or a needless ".0"; null where it is no number. */
    static void number(StringBuilder out, double number) {
        if (!Double.isFinite(number)) {
            out.append("null");
        } else if (number == 0) {
            out.append('0');
        } else {
            int digits = 6 - (int) Math.floor(Math.log10(Math.abs(number)));
            double rounded = number;
            if (digits >= 0 && digits < 300) {
                double power = Math.pow(10, digits);
                rounded = Math.rint(number * power) / power;
            }
            String text = Double.toString(rounded);
            out.append(text.endsWith(".0") ? text.substring(0, text.length() - 2) : text);
        }
    }

    static void string(StringBuilder out, String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static boolean hasNumber(double[] values) {
        for (double value : values) {
            if (!Double.isNaN(value)) {
                return true;
            }
        }
        return false;
    }

    private static List<Double> boxed(double[] values) {
        var boxed = new ArrayList<Double>(values.length);
        for (double value : values) {
            boxed.add(value);
        }
        return boxed;
    }
}
