package org.espalier.report.chart.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.Legend;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Palette;
import org.espalier.report.chart.Panel;
import org.espalier.report.chart.Side;

/**
 * Figures for print: on white, without a browser. The page shows the same data through Vega-Lite; running that on a Java
 * engine for JavaScript was measured as too slow, see docs/decisions/014-libraries.md.
 */
public final class FigureDrawing {
    private static final double LEFT = 54;
    private static final double RIGHT = 14;
    private static final double TOP = 28;
    private static final double BOTTOM = 46;
    private static final double LEGEND_LINE = 17;
    /** Size of labels beside points. */
    private static final double LABEL = 8.5;

    /** How far outside the frame a point may lie, in sizes of the frame. */
    private static final double OUTSIDE = 1e4;

    private static final int MOST_TICKS = 30;

    private static final String TEXT = "#1f2328";
    private static final String MUTED = "#59636e";
    private static final String GRID = "#e3e7eb";
    private static final String FRAME = "#8c959f";
    private static final String[] HEAT = {"#f3f5f7", "#0b3c5d"};

    private final Figure figure;
    /** Whether panels are maps or pictures, which have neither axes nor legends. */
    private final boolean maps;

    /** Whether a scale of colours stands below them. */
    private final boolean scale;

    private final Optional<MatrixDrawing> matrix;
    private final int columns;
    private final double plotWidth;
    private final double plotHeight;
    private final double cellWidth;
    private final double cellHeight;
    private final double width;
    private final double height;
    private final List<LegendItem> legend;

    /** A piece of a legend at its place. */
    private record LegendItem(double x, double y, String text, Legend.Entry entry, boolean title) {}

    private record Ticks(List<Double> values, List<String> labels) {}

    private FigureDrawing(Figure figure) {
        this.figure = figure;
        scale = figure.panels().stream().anyMatch(Panel.Heat.class::isInstance);
        maps = scale || figure.panels().stream().anyMatch(Panel.Picture.class::isInstance);
        matrix = MatrixDrawing.of(figure.panels());
        int panels = figure.panels().size();
        columns = Math.max(1, Math.min(panels, maps ? 6 : 3));
        plotWidth = maps ? 112 : panels == 1 ? 380 : 178;
        plotHeight = maps ? 112 : panels == 1 ? 260 : 150;
        cellWidth = matrix.map(MatrixDrawing::width).orElse(maps ? plotWidth + 18 : LEFT + plotWidth + RIGHT);
        cellHeight = TOP + matrix.map(MatrixDrawing::height).orElse(maps ? plotHeight + 10 : plotHeight + BOTTOM);
        width = columns * cellWidth + (maps ? 18 : 0);
        double panelsHeight = Math.ceilDiv(Math.max(1, panels), columns) * cellHeight;
        legend = legend(panelsHeight + 14);
        height = maps
                ? panelsHeight + (scale ? 44 : 0)
                : legend.stream().mapToDouble(LegendItem::y).max().orElse(panelsHeight) + 10;
    }

    /** The figure as an SVG document. */
    public static String svg(Figure figure) {
        FigureDrawing drawing = new FigureDrawing(figure);
        SvgCanvas canvas = new SvgCanvas(drawing.width, drawing.height);
        drawing.draw(canvas);
        return canvas.document(figure.title());
    }

    /** The figure as a PDF document. */
    public static byte[] pdf(Figure figure) {
        FigureDrawing drawing = new FigureDrawing(figure);
        try (PdfCanvas canvas = new PdfCanvas(drawing.width, drawing.height)) {
            drawing.draw(canvas);
            return canvas.document(figure.title());
        }
    }

    private List<LegendItem> legend(double top) {
        var items = new ArrayList<LegendItem>();
        double y = top;
        // SVG viewers may have a wider font than this one: a sixth more room than it needs.
        double indent = 10
                + 1.16
                        * figure.legends().stream()
                                .mapToDouble(l -> FigureFont.BOLD.width(l.title(), 10))
                                .max()
                                .orElse(0)
                + 12;
        for (Legend group : figure.legends()) {
            if (group.entries().isEmpty()) {
                continue;
            }
            items.add(new LegendItem(10, y, group.title(), group.entries().getFirst(), true));
            double x = indent;
            for (Legend.Entry entry : group.entries()) {
                double needed = 30 + 1.16 * FigureFont.REGULAR.width(entry.name(), 10) + 12;
                if (x + needed > width && x > indent) {
                    x = indent;
                    y += LEGEND_LINE;
                }
                items.add(new LegendItem(x, y, entry.name(), entry, false));
                x += needed;
            }
            y += LEGEND_LINE;
        }
        return items;
    }

    private void draw(Canvas canvas) {
        for (int i = 0; i < figure.panels().size(); i++) {
            double left = i % columns * cellWidth + (maps ? 18 : LEFT);
            double top = i / columns * cellHeight + TOP;
            Panel panel = figure.panels().get(i);
            canvas.text(left, top - 10, panel.title(), 11, true, Canvas.Anchor.START, false, TEXT);
            switch (panel) {
                case Panel.Lines lines -> lines(canvas, lines, left, top);
                case Panel.Heat map -> map(canvas, map, left, top, i == 0);
                case Panel.Picture picture -> picture(canvas, picture, left, top);
                case Panel.Matrix cells -> matrix.ifPresent(drawing -> drawing.draw(canvas, cells, left - LEFT, top));
            }
        }
        if (!maps) {
            legend(canvas);
        }
    }

    private void legend(Canvas canvas) {
        for (LegendItem item : legend) {
            canvas.text(
                    item.title() ? item.x() : item.x() + 28,
                    item.y(),
                    item.text(),
                    10,
                    item.title(),
                    Canvas.Anchor.START,
                    false,
                    TEXT);
            if (!item.title()) {
                String color = Palette.COLORS.get(item.entry().color().orElse(0));
                double y = item.y() - 3.5;
                canvas.line(
                        new double[] {item.x(), item.x() + 24},
                        new double[] {y, y},
                        color,
                        1.6,
                        Palette.DASHES.get(item.entry().dash().orElse(0)));
                item.entry().shape().ifPresent(shape -> symbol(canvas, item.x() + 12, y, shape, color));
            }
        }
    }

    private void lines(Canvas canvas, Panel.Lines panel, double left, double top) {
        Axis.Range x = range(panel, panel.x(), true);
        Axis.Range y = range(panel, panel.y(), false);
        Ticks across = ticks(panel.x(), x, panel.x().scale() == Axis.Scale.LINEAR ? 5 : 7);
        Ticks up = ticks(panel.y(), y, 5);
        double bottom = top + plotHeight;
        for (int i = 0; i < across.values().size(); i++) {
            double at = left + place(panel.x(), x, across.values().get(i)) * plotWidth;
            canvas.line(new double[] {at, at}, new double[] {top, bottom}, GRID, 0.6, "");
            canvas.line(new double[] {at, at}, new double[] {bottom, bottom + 4}, FRAME, 0.8, "");
            canvas.text(at, bottom + 15, across.labels().get(i), 9, false, Canvas.Anchor.MIDDLE, false, MUTED);
        }
        for (int i = 0; i < up.values().size(); i++) {
            double at = bottom - place(panel.y(), y, up.values().get(i)) * plotHeight;
            canvas.line(new double[] {left, left + plotWidth}, new double[] {at, at}, GRID, 0.6, "");
            canvas.line(new double[] {left - 4, left}, new double[] {at, at}, FRAME, 0.8, "");
            canvas.text(left - 7, at + 3, up.labels().get(i), 9, false, Canvas.Anchor.END, false, MUTED);
        }
        canvas.line(new double[] {left, left, left + plotWidth}, new double[] {top, bottom, bottom}, FRAME, 0.8, "");
        canvas.text(left + plotWidth / 2, bottom + 31, panel.x().label(), 10, false, Canvas.Anchor.MIDDLE, false, TEXT);
        canvas.text(left - 40, top + plotHeight / 2, panel.y().label(), 10, false, Canvas.Anchor.MIDDLE, true, TEXT);
        canvas.clip(left, top - 2, plotWidth + 2, plotHeight + 4);
        if (!panel.symbols()) {
            panel.lines().forEach(line -> band(canvas, panel, line, x, y, left, top));
        }
        for (int i = 0; i < panel.lines().size(); i++) {
            curve(canvas, panel, i, x, y, left, top);
        }
        canvas.unclip();
        labels(canvas, panel, x, y, left, top);
    }

    private void band(
            Canvas canvas, Panel.Lines panel, Line line, Axis.Range x, Axis.Range y, double left, double top) {
        Curve curve = line.curve();
        var xs = new ArrayList<Double>();
        var ys = new ArrayList<Double>();
        for (int i = 0; i < curve.size(); i++) {
            xs.add(left + place(panel.x(), x, curve.x()[i]) * plotWidth);
            ys.add(top + plotHeight - place(panel.y(), y, curve.y()[i] + spread(curve, i)) * plotHeight);
        }
        for (int i = curve.size() - 1; i >= 0; i--) {
            xs.add(left + place(panel.x(), x, curve.x()[i]) * plotWidth);
            ys.add(top + plotHeight - place(panel.y(), y, curve.y()[i] - spread(curve, i)) * plotHeight);
        }
        boolean any = false;
        for (double deviation : curve.deviation()) {
            any |= deviation > 0;
        }
        if (any) {
            canvas.fill(array(xs), array(ys), color(line), 0.16);
        }
    }

    private void curve(
            Canvas canvas, Panel.Lines panel, int number, Axis.Range x, Axis.Range y, double left, double top) {
        Line line = panel.lines().get(number);
        Curve curve = line.curve();
        if (curve.isEmpty()) {
            return;
        }
        double[] xs = new double[curve.size()];
        double[] ys = new double[curve.size()];
        for (int i = 0; i < xs.length; i++) {
            xs[i] = left + place(panel.x(), x, curve.x()[i]) * plotWidth;
            ys[i] = top + plotHeight - place(panel.y(), y, curve.y()[i]) * plotHeight;
        }
        String color = color(line);
        int dash = aspect(line, entry -> entry.dash().orElse(-1));
        int shape = aspect(line, entry -> entry.shape().orElse(-1));
        canvas.line(xs, ys, color, 1.4, Palette.DASHES.get(Math.max(0, dash)));
        boolean all = panel.symbols() || xs.length <= 12;
        int every = all ? 1 : Math.ceilDiv(xs.length, 6);
        int offset = every == 1 ? 0 : number * every / Math.max(1, panel.lines().size());
        for (int i = 0; i < xs.length; i++) {
            if (panel.symbols() && spread(curve, i) > 0) {
                canvas.line(
                        new double[] {xs[i], xs[i]},
                        new double[] {
                            top + plotHeight - place(panel.y(), y, curve.y()[i] - spread(curve, i)) * plotHeight,
                            top + plotHeight - place(panel.y(), y, curve.y()[i] + spread(curve, i)) * plotHeight
                        },
                        color,
                        0.9,
                        "");
            }
            // A level that stands for no trial, such as that of another network, is a line without points.
            boolean marked = !panel.symbols() || curve.count()[i] > 0;
            if (i % every == offset % every && shape >= 0 && marked) {
                symbol(canvas, xs[i], ys[i], shape, color);
            }
        }
    }

    private void labels(Canvas canvas, Panel.Lines panel, Axis.Range x, Axis.Range y, double left, double top) {
        for (Line line : panel.lines()) {
            for (Line.Written label : line.written()) {
                String text = line.labels().get(label.point());
                Side side = label.side();
                double at = left + place(panel.x(), x, line.curve().x()[label.point()]) * plotWidth + 6 * side.across();
                double height = top
                        + plotHeight
                        - place(panel.y(), y, line.curve().y()[label.point()]) * plotHeight
                        + 3
                        - (side.across() == 0 ? 10 : 7) * side.up();
                double wide = FigureFont.REGULAR.width(text, LABEL);
                double begins = at - (1 - side.across()) * wide / 2;
                // Whatever runs through it all the same stays behind it.
                canvas.fill(
                        new double[] {begins - 1, begins + wide + 1, begins + wide + 1, begins - 1},
                        new double[] {height - 7, height - 7, height + 2, height + 2},
                        "#ffffff",
                        0.75);
                Canvas.Anchor anchor = side.across() > 0
                        ? Canvas.Anchor.START
                        : side.across() < 0 ? Canvas.Anchor.END : Canvas.Anchor.MIDDLE;
                canvas.text(at, height, text, LABEL, false, anchor, false, MUTED);
            }
        }
    }

    private void map(Canvas canvas, Panel.Heat map, double left, double top, boolean first) {
        double cell = plotWidth / Math.max(map.rows(), map.columns());
        for (int r = 0; r < map.rows(); r++) {
            // Neighbours of one colour are one rectangle.
            for (int c = 0; c < map.columns(); ) {
                String color = heat(map.values()[r * map.columns() + c] / map.top());
                int end = c + 1;
                while (end < map.columns()
                        && heat(map.values()[r * map.columns() + end] / map.top())
                                .equals(color)) {
                    end++;
                }
                rectangle(canvas, left + c * cell, top + r * cell, (end - c) * cell, cell, color);
                c = end;
            }
        }
        if (first) {
            double y = height - 22;
            for (int i = 0; i < 40; i++) {
                rectangle(canvas, 18 + i * 4, y, 4, 9, heat(i / 39.0));
            }
            canvas.text(18, y + 19, "0", 9, false, Canvas.Anchor.START, false, MUTED);
            canvas.text(178, y + 19, label(map.top()), 9, false, Canvas.Anchor.END, false, MUTED);
            canvas.text(188, y + 8, map.label(), 10, false, Canvas.Anchor.START, false, TEXT);
        }
    }

    private void picture(Canvas canvas, Panel.Picture picture, double left, double top) {
        double cell = plotWidth / Math.max(picture.rows(), picture.columns());
        for (int r = 0; r < picture.rows(); r++) {
            for (int c = 0; c < picture.columns(); c++) {
                String color = picture.colors().get(r * picture.columns() + c);
                if (!color.isEmpty()) {
                    rectangle(canvas, left + c * cell, top + r * cell, cell, cell, color);
                }
            }
        }
    }

    private static void rectangle(Canvas canvas, double x, double y, double width, double height, String color) {
        canvas.fill(new double[] {x, x + width, x + width, x}, new double[] {y, y, y + height, y + height}, color, 1);
    }

    /** One of 32 colours between the weakest and the strongest. */
    static String heat(double share) {
        double step = Math.rint(Math.max(0, Math.min(1, share)) * 31) / 31;
        var color = new StringBuilder("#");
        for (int at = 1; at < 7; at += 2) {
            int from = Integer.parseInt(HEAT[0], at, at + 2, 16);
            int to = Integer.parseInt(HEAT[1], at, at + 2, 16);
            color.append(String.format(Locale.ROOT, "%02x", (int) Math.rint(from + (to - from) * step)));
        }
        return color.toString();
    }

    private static void symbol(Canvas canvas, double x, double y, int shape, String color) {
        double r = 2.7;
        double[][] outline = switch (Palette.SHAPES.get(shape)) {
            case "square" -> new double[][] {{-r, r, r, -r}, {-r, -r, r, r}};
            case "triangle-up" -> new double[][] {{0, 1.2 * r, -1.2 * r}, {-1.2 * r, r, r}};
            case "triangle-down" -> new double[][] {{0, 1.2 * r, -1.2 * r}, {1.2 * r, -r, -r}};
            case "diamond" -> new double[][] {{0, 1.2 * r, 0, -1.2 * r}, {-1.3 * r, 0, 1.3 * r, 0}};
            case "cross" ->
                new double[][] {
                    {-1, 1, 1, 3.2, 3.2, 1, 1, -1, -1, -3.2, -3.2, -1},
                    {-3.2, -3.2, -1, -1, 1, 1, 3.2, 3.2, 1, 1, -1, -1}
                };
            default -> {
                double[][] circle = new double[2][16];
                for (int i = 0; i < 16; i++) {
                    circle[0][i] = r * StrictMath.cos(i * Math.PI / 8);
                    circle[1][i] = r * StrictMath.sin(i * Math.PI / 8);
                }
                yield circle;
            }
        };
        double[] xs = new double[outline[0].length];
        double[] ys = new double[xs.length];
        for (int i = 0; i < xs.length; i++) {
            xs[i] = x + outline[0][i];
            ys[i] = y + outline[1][i];
        }
        canvas.fill(xs, ys, color, 1);
    }

    private interface Aspect {
        int of(Legend.Entry entry);
    }

    /** What the legends say of a line; the last that says anything. */
    private int aspect(Line line, Aspect aspect) {
        int found = -1;
        for (int i = 0; i < line.keys().size(); i++) {
            int said = aspect.of(figure.legends().get(i).entry(line.keys().get(i)));
            found = said >= 0 ? said : found;
        }
        return found;
    }

    private String color(Line line) {
        return Palette.COLORS.get(
                Math.max(0, aspect(line, entry -> entry.color().orElse(-1))));
    }

    private static double spread(Curve curve, int i) {
        return Double.isNaN(curve.deviation()[i]) ? 0 : curve.deviation()[i];
    }

    private Axis.Range range(Panel.Lines panel, Axis axis, boolean across) {
        if (axis.domain().isPresent()) {
            return axis.domain().get();
        }
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        boolean log = axis.logarithmic();
        for (Line line : panel.lines()) {
            for (int i = 0; i < line.curve().size(); i++) {
                double value = across ? line.curve().x()[i] : line.curve().y()[i];
                double spread = across ? 0 : spread(line.curve(), i);
                // On a logarithmic axis a bar may reach down to zero: as much is shown of it as of a third of its
                // value.
                low = Math.min(low, log ? Math.max(value - spread, value / 3) : value - spread);
                high = Math.max(high, value + spread);
            }
        }
        if (low > high) {
            return log ? new Axis.Range(1, 100) : new Axis.Range(0, 1);
        }
        if (log) {
            double room = low == high ? 2 : StrictMath.pow(high / low, 0.04);
            return new Axis.Range(low / room, high * room);
        }
        if (axis.scale() == Axis.Scale.ZERO) {
            low = Math.min(0, low);
        } else if (axis.scale() == Axis.Scale.PERCENT) {
            return AxisRanges.rounded(low, high, true);
        }
        if (across && axis.scale() == Axis.Scale.LINEAR) {
            double room = Math.max(1, 0.01 * Math.abs(low));
            return low < high ? new Axis.Range(low, high) : new Axis.Range(low - room, high + room);
        }
        // Of equal values a hundredth is room enough, and more than their last digit.
        double step = AxisRanges.step(Math.max((high - low) / 5, high == low ? 0.01 * Math.abs(high) : 0));
        Axis.Range range = new Axis.Range(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step);
        return range.low() < range.high() ? range : new Axis.Range(low - step, high + step);
    }

    /** From 0 at the left or bottom to 1. */
    private static double place(Axis axis, Axis.Range range, double value) {
        if (axis.logarithmic()) {
            double share =
                    StrictMath.log(Math.max(value, 1e-300) / range.low()) / StrictMath.log(range.high() / range.low());
            return near(axis.scale() == Axis.Scale.LOG_FALLING ? 1 - share : share);
        }
        return near((value - range.low()) / (range.high() - range.low()));
    }

    /** No further outside the frame than a file can say in a few digits. */
    private static double near(double share) {
        return Math.max(-OUTSIDE, Math.min(OUTSIDE, share));
    }

    private static Ticks ticks(Axis axis, Axis.Range range, int about) {
        var values = new ArrayList<Double>();
        if (!axis.ticks().isEmpty()) {
            values.addAll(axis.ticks());
        } else if (axis.logarithmic()) {
            double[] factors = range.high() / range.low() > 300 ? new double[] {1, 3} : new double[] {1, 2, 5};
            for (int e = -12; e < 13; e++) {
                for (double factor : factors) {
                    double tick = factor * StrictMath.pow(10, e);
                    if (tick >= range.low() && tick <= range.high()) {
                        values.add(tick);
                    }
                }
            }
        } else {
            double step = AxisRanges.step((range.high() - range.low()) / about);
            double first = Math.ceil(range.low() / step - 1e-9);
            for (int i = 0; i <= MOST_TICKS && (first + i) * step <= range.high() + step * 1e-9; i++) {
                values.add((first + i) * step);
            }
        }
        return new Ticks(values, values.stream().map(FigureDrawing::label).toList());
    }

    static String label(double value) {
        double tidy = Math.rint(value * 1e6) / 1e6 + 0.0;
        if (Math.abs(tidy) >= 1000) {
            return SvgCanvas.n(tidy / 1000) + "k";
        }
        String text = Double.toString(Math.abs(tidy) < 1e-3 && tidy != 0 ? value : tidy);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
