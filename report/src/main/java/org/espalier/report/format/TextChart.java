package org.espalier.report.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.espalier.report.notation.Numbers;

/**
 * Curves in characters: lines in Braille dots (two by four to a character) or, where the terminal has no such characters,
 * in full stops, with a letter for each curve at its points.
 *
 * @param title above the chart, one line
 * @param curves what is drawn
 * @param logarithmic whether the horizontal axis is logarithmic and runs downwards, as densities are shown
 * @param xName what the horizontal axis shows, with its unit
 */
public record TextChart(String title, List<Curve> curves, boolean logarithmic, String xName) {
    private static final int ROWS = 10;
    private static final int LABEL = 5;

    /** Dots of a Braille character by column and row: U+2800 plus the sum. */
    private static final int[][] DOTS = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

    /**
     * A curve.
     *
     * @param mark its letter
     * @param name its name, for the legend
     * @param points by ascending iteration or descending density
     */
    record Curve(char mark, String name, List<Spot> points) {}

    /** A point: density in percent or iteration, and accuracy in percent. */
    record Spot(double x, double y) {}

    /** The chart as lines of at most {@code width} characters. */
    List<String> lines(int width, boolean braille) {
        var lines = new ArrayList<String>();
        lines.add(cut(title, width));
        List<Spot> all = curves.stream().flatMap(c -> c.points().stream()).toList();
        if (all.isEmpty()) {
            lines.add(cut("  nothing measured yet", width));
            return lines;
        }
        int columns = Math.max(10, width - LABEL - 2);
        double low = all.stream().mapToDouble(Spot::y).min().orElseThrow();
        double high = all.stream().mapToDouble(Spot::y).max().orElseThrow();
        // A flat curve still needs a height, and a thousandth of a point none of its own.
        double pad = Math.max(0.5, (high - low) * 0.05);
        low = Math.max(0, low - pad);
        high = Math.min(100, high + pad);
        double left = all.stream().mapToDouble(s -> place(s.x())).min().orElseThrow();
        double right = all.stream().mapToDouble(s -> place(s.x())).max().orElseThrow();

        int[][] dots = new int[ROWS][columns];
        char[][] marks = new char[ROWS][columns];
        for (Curve curve : curves) {
            double[] before = null;
            for (Spot spot : curve.points()) {
                double[] at = {
                    right > left ? (place(spot.x()) - left) / (right - left) * (columns * 2 - 1) : 0,
                    (high - spot.y()) / (high - low) * (ROWS * 4 - 1)
                };
                stroke(dots, before == null ? at : before, at);
                before = at;
            }
        }
        for (Curve curve : curves) {
            // Many points would hide the line: then every so many has the letter.
            int every = Math.max(1, curve.points().size() / 8);
            for (int i = 0; i < curve.points().size(); i++) {
                if (i % every == every / 2 || i == curve.points().size() - 1 && every == 1) {
                    Spot spot = curve.points().get(i);
                    int column = (int)
                            (right > left ? (place(spot.x()) - left) / (right - left) * (columns * 2 - 1) / 2 : 0);
                    int row = (int) ((high - spot.y()) / (high - low) * (ROWS * 4 - 1) / 4);
                    marks[row][column] =
                            marks[row][column] == 0 || marks[row][column] == curve.mark() ? curve.mark() : '*';
                }
            }
        }
        for (int row = 0; row < ROWS; row++) {
            var line = new StringBuilder();
            boolean labelled = row == 0 || row == ROWS - 1 || row == ROWS / 2;
            double value =
                    high - (high - low) * (row * 4 + (row == 0 ? 0 : row == ROWS - 1 ? 3 : 1.5)) / (ROWS * 4 - 1);
            line.append(
                            labelled
                                    ? String.format(Locale.ROOT, "%5.1f", Math.rint(value * 10) / 10 + 0.0)
                                    : " ".repeat(LABEL))
                    .append(labelled ? " +" : " |");
            for (int column = 0; column < columns; column++) {
                char mark = marks[row][column];
                int dot = dots[row][column];
                line.append(mark != 0 ? mark : dot == 0 ? ' ' : braille ? (char) (0x2800 + dot) : '.');
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.add(" ".repeat(LABEL) + " +" + "-".repeat(columns));
        String first = x(left);
        String last = x(right);
        int room = columns - first.length() - last.length();
        String middle = xName.length() <= room - 2 ? xName : "";
        int before = (room - middle.length()) / 2;
        lines.add(cut(
                " ".repeat(LABEL + 2)
                        + first
                        + " ".repeat(Math.max(1, before))
                        + middle
                        + " ".repeat(Math.max(1, room - middle.length() - before))
                        + last,
                width));
        for (String legend : legend(width)) {
            lines.add(legend);
        }
        return lines;
    }

    private List<String> legend(int width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder(" ".repeat(LABEL + 2));
        boolean overlap = false;
        for (Curve curve : curves) {
            String entry = curve.mark() + " " + curve.name();
            if (line.length() > LABEL + 2 && line.length() + 2 + entry.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(LABEL + 2));
            }
            line.append(line.length() > LABEL + 2 ? "  " : "").append(entry);
            overlap |= curves.size() > 1;
        }
        if (overlap) {
            String several = "* several";
            if (line.length() + 2 + several.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(LABEL + 2)).append(several);
            } else {
                line.append("  ").append(several);
            }
        }
        lines.add(line.toString());
        return lines.stream().map(l -> cut(l, width)).toList();
    }

    /** Where on the axis a value lies, before scaling. */
    private double place(double x) {
        return logarithmic ? -Math.log(Math.max(x, 1e-6)) : x;
    }

    private String x(double placed) {
        return logarithmic ? Numbers.density(Math.exp(-placed) / 100) : String.format(Locale.ROOT, "%,.0f", placed);
    }

    /** Sets the dots of a straight line. */
    private static void stroke(int[][] dots, double[] from, double[] to) {
        int steps = (int) Math.ceil(Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])));
        for (int step = 0; step <= steps; step++) {
            double share = steps == 0 ? 0 : (double) step / steps;
            int x = (int) Math.round(from[0] + (to[0] - from[0]) * share);
            int y = (int) Math.round(from[1] + (to[1] - from[1]) * share);
            dots[y / 4][x / 2] |= DOTS[x % 2][y % 4];
        }
    }

    private static String cut(String line, int width) {
        return line.length() <= width ? line : line.substring(0, Math.max(0, width));
    }

    /** Charts beside each other where two fit, below each other where they do not; each line ended by a line feed. */
    public static String beside(List<TextChart> charts, int given, boolean braille) {
        int width = given == TextTable.UNLIMITED ? 100 : given;
        int least = 44;
        int across = charts.size() > 1 && width >= 2 * least + 3 ? 2 : 1;
        int each = across == 1 ? Math.min(width, 100) : (width - 3) / 2;
        var text = new StringBuilder();
        for (int start = 0; start < charts.size(); start += across) {
            List<List<String>> drawn = charts.subList(start, Math.min(charts.size(), start + across)).stream()
                    .map(chart -> chart.lines(each, braille))
                    .toList();
            int height = drawn.stream().mapToInt(List::size).max().orElse(0);
            for (int row = 0; row < height; row++) {
                var line = new StringBuilder();
                for (int c = 0; c < drawn.size(); c++) {
                    String part = row < drawn.get(c).size() ? drawn.get(c).get(row) : "";
                    line.append(c == 0 ? "" : "   ").append(part).append(" ".repeat(each - part.length()));
                }
                text.append(line.toString().stripTrailing()).append('\n');
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** Whether a terminal of this encoding can show Braille. */
    public static boolean braille(java.nio.charset.Charset charset) {
        return charset.canEncode() && charset.newEncoder().canEncode((char) 0x28FF);
    }

    public TextChart {
        curves = List.copyOf(curves);
    }
}
