package org.espalier.report.chart.draw;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Side;

/** What part of the plane a frame shows. */
public final class AxisRanges {
    /** How far above all the rest the first points may lie, in heights of the rest, before they are cut off. */
    private static final double START = 0.75;

    /** Percentage points that an axis of shares shows at least: what single images make is not to look like a trend. */
    private static final double LEAST_SHARE = 5;

    private AxisRanges() {}

    /**
     * A domain of ordinates.
     *
     * @param range empty if there is nothing to show
     * @param cut whether the first point of some curve lies outside
     */
    public record Domain(Optional<Axis.Range> range, boolean cut) {}

    /**
     * The ordinates that curves with their bands need, rounded outwards. Before training, losses can be many times those
     * that follow: where the first points would squeeze the rest, they are left outside.
     *
     * @param share whether the ordinates are percentages, which have no room below 0 and above 100
     */
    public static Domain domain(List<Line> lines, boolean share) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        double start = Double.NEGATIVE_INFINITY;
        for (Line line : lines) {
            Curve curve = line.curve();
            for (int i = 0; i < curve.size(); i++) {
                double spread = Double.isNaN(curve.deviation()[i]) ? 0 : curve.deviation()[i];
                low = Math.min(low, curve.y()[i] - spread);
                if (i == 0 && curve.size() > 2) {
                    start = Math.max(start, curve.y()[i] + spread);
                } else {
                    high = Math.max(high, curve.y()[i] + spread);
                }
            }
        }
        if (low > Math.max(high, start)) {
            return new Domain(Optional.empty(), false);
        }
        boolean cut = high > low && start > high + START * (high - low);
        return new Domain(Optional.of(rounded(low, cut ? high : Math.max(high, start), share)), cut);
    }

    /**
     * The abscissae that curves need, rounded outwards; empty if they have no points.
     *
     * @param share as of {@link #domain}
     */
    public static Optional<Axis.Range> abscissae(List<Line> lines, boolean share) {
        var all = lines.stream()
                .flatMapToDouble(line -> Arrays.stream(line.curve().x()))
                .summaryStatistics();
        return all.getCount() == 0 ? Optional.empty() : Optional.of(rounded(all.getMin(), all.getMax(), share));
    }

    static Axis.Range rounded(double least, double most, boolean share) {
        double low = share ? Math.max(0, least) : least;
        double high = share ? Math.min(100, most) : most;
        if (share && high - low < LEAST_SHARE) {
            low = Math.max(0, Math.min(100 - LEAST_SHARE, (low + high - LEAST_SHARE) / 2));
            high = low + LEAST_SHARE;
        }
        double step = step((high - low) / 5);
        Axis.Range range =
                new Axis.Range(tidy(Math.floor(low / step + 1e-9) * step), tidy(Math.ceil(high / step - 1e-9) * step));
        return range.low() < range.high() ? range : new Axis.Range(low - step, low + step);
    }

    /** Labels of the first and the last of some points. */
    public static List<Line.Written> ends(int points) {
        Line.Written first = new Line.Written(0, Side.RIGHT);
        return points == 0
                ? List.of()
                : points == 1 ? List.of(first) : List.of(first, new Line.Written(points - 1, Side.RIGHT));
    }

    /** The least of 1, 2, 5, 10, 20... times a power of ten that is no smaller. */
    static double step(double least) {
        if (!(least > 0)) {
            return 1;
        }
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(least)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** Without the last bits that sums of steps pick up. */
    private static double tidy(double value) {
        return Math.rint(value * 1e9) / 1e9;
    }
}
