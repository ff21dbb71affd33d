package org.espalier.report.chart.draw;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Side;

/**
 * Finds places for labels beside points of lines: where fewest lines, points and other labels lie, inside the frame. Lengths are
 * shares of the frame, taken so that a place serves on a phone, on a wide page and on paper alike.
 */
public final class Labels {
    private static final double CHARACTER = 0.016;
    private static final double HEIGHT = 0.055;
    private static final double GAP_ACROSS = 0.012;
    private static final double GAP_UP = 0.022;
    /** Places along a segment at which it is asked whether it runs through a label. */
    private static final int PROBES = 40;

    private static final double OUTSIDE = 1000;
    private static final double LABEL = 100;
    private static final double POINT = 6;

    private final Axis.Range x;
    private final Axis.Range y;
    private final List<Line> lines;
    private final List<Box> taken = new ArrayList<>();

    private record Box(double left, double right, double low, double high) {
        boolean holds(double x, double y) {
            return x > left && x < right && y > low && y < high;
        }

        boolean meets(Box other) {
            return left < other.right && other.left < right && low < other.high && other.low < high;
        }

        boolean leavesTheFrame() {
            return left < 0 || right > 1 || low < 0 || high > 1;
        }
    }

    private Labels(List<Line> lines, Axis.Range x, Axis.Range y) {
        this.lines = lines;
        this.x = x;
        this.y = y;
    }

    /**
     * The lines with their written labels where they are read best. A point that several lines share, with the same label, is
     * labelled once.
     *
     * @param x the frame's abscissae, low and high
     * @param y the frame's ordinates
     */
    public static List<Line> place(List<Line> lines, Axis.Range x, Axis.Range y) {
        Labels labels = new Labels(lines, x, y);
        var placed = new ArrayList<Line>();
        var seen = new HashSet<String>();
        for (Line line : lines) {
            var written = new ArrayList<Line.Written>();
            for (Line.Written label : line.written()) {
                Curve curve = line.curve();
                String text = line.labels().get(label.point());
                if (seen.add(curve.x()[label.point()] + " " + curve.y()[label.point()] + " " + text)) {
                    written.add(new Line.Written(label.point(), labels.side(line, label.point(), text)));
                }
            }
            placed.add(new Line(line.curve(), line.keys(), line.labels(), written));
        }
        return placed;
    }

    private Side side(Line line, int point, String text) {
        double across = across(line.curve(), point);
        double up = up(line.curve().y()[point]);
        Side best = Side.RIGHT;
        double least = Double.POSITIVE_INFINITY;
        for (Side side : Side.values()) {
            double cost = cost(box(side, across, up, text.length() * CHARACTER)) + 0.01 * side.ordinal();
            if (cost < least) {
                least = cost;
                best = side;
            }
        }
        taken.add(box(best, across, up, text.length() * CHARACTER));
        return best;
    }

    private static Box box(Side side, double across, double up, double width) {
        double left = switch (side.across()) {
            case 1 -> across + GAP_ACROSS;
            case -1 -> across - GAP_ACROSS - width;
            default -> across - width / 2;
        };
        double low = switch (side.up()) {
            case 1 -> up + GAP_UP;
            case -1 -> up - GAP_UP - HEIGHT;
            default -> up - HEIGHT / 2;
        };
        return new Box(left, left + width, low, low + HEIGHT);
    }

    /** What lies in a box: the more, the worse a place it is. */
    private double cost(Box box) {
        double cost = box.leavesTheFrame() ? OUTSIDE : 0;
        cost += LABEL * taken.stream().filter(box::meets).count();
        for (Line line : lines) {
            Curve curve = line.curve();
            for (int i = 0; i < curve.size(); i++) {
                double across = across(curve, i);
                cost += box.holds(across, up(curve.y()[i])) ? POINT : 0;
                if (curve.deviation()[i] > 0) {
                    cost += probed(
                            box,
                            across,
                            up(curve.y()[i] - curve.deviation()[i]),
                            across,
                            up(curve.y()[i] + curve.deviation()[i]));
                }
                if (i > 0) {
                    cost += probed(box, across(curve, i - 1), up(curve.y()[i - 1]), across, up(curve.y()[i]));
                }
            }
        }
        return cost;
    }

    /** About how much of a segment lies in a box; a long segment counts as much as a short one that lies in it as far. */
    private static double probed(Box box, double fromX, double fromY, double toX, double toY) {
        int inside = 0;
        for (int i = 0; i <= PROBES; i++) {
            double share = (double) i / PROBES;
            inside += box.holds(fromX + share * (toX - fromX), fromY + share * (toY - fromY)) ? 1 : 0;
        }
        double length = StrictMath.hypot(toX - fromX, toY - fromY);
        return inside == 0 ? 0 : 1 + 10 * length * inside / PROBES;
    }

    private double across(Curve curve, int point) {
        return (curve.x()[point] - x.low()) / (x.high() - x.low());
    }

    private double up(double value) {
        return (value - y.low()) / (y.high() - y.low());
    }
}
