package org.espalier.report.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.espalier.report.statistics.Sample;

/**
 * Points over an abscissa, each the mean of some trials. Arrays are of one length and not to be written to.
 *
 * @param x abscissae, ascending or in the order to be joined
 * @param y means
 * @param deviation sample standard deviations; NaN where one trial alone was measured
 * @param count how many trials each point stands for
 */
public record Curve(double[] x, double[] y, double[] deviation, int[] count) {
    /** No point. */
    public static final Curve EMPTY = new Curve(new double[0], new double[0], new double[0], new int[0]);

    public Curve {
        if (y.length != x.length || deviation.length != x.length || count.length != x.length) {
            throw new IllegalArgumentException("a curve of " + x.length + " abscissae has " + y.length + " means, "
                    + deviation.length + " deviations and " + count.length + " counts");
        }
    }

    /** The mean of the numbers at each abscissa; abscissae without a finite number are left out. */
    public static Curve ofMeans(SortedMap<? extends Number, List<Double>> numbers) {
        var points = new ArrayList<Map.Entry<Double, Sample>>();
        numbers.forEach((x, all) -> {
            List<Double> finite = all.stream().filter(Double::isFinite).toList();
            if (!finite.isEmpty()) {
                points.add(Map.entry(x.doubleValue(), Sample.of(finite)));
            }
        });
        return of(points);
    }

    /** A curve of summarised points, in their order. */
    public static Curve of(List<Map.Entry<Double, Sample>> points) {
        int n = points.size();
        Curve curve = new Curve(new double[n], new double[n], new double[n], new int[n]);
        for (int i = 0; i < n; i++) {
            Sample sample = points.get(i).getValue();
            OptionalDouble deviation = sample.deviation();
            curve.x[i] = points.get(i).getKey();
            curve.y[i] = sample.mean();
            curve.deviation[i] = deviation.orElse(Double.NaN);
            curve.count[i] = sample.count();
        }
        return curve;
    }

    /** Plain values of one trial. */
    public static Curve plain(double[] x, double[] y) {
        return new Curve(x, y, none(x.length), counts(x.length, 1));
    }

    /** Values that are no means of trials: counts are 0. */
    public static Curve ofDerived(double[] x, double[] y) {
        return new Curve(x, y, none(x.length), counts(x.length, 0));
    }

    /** The largest magnitude that is drawn: beyond it, differences and ratios of values may overflow. */
    static final double MOST = 1e100;

    /**
     * The points that axes can show: finite ones, and positive ones where an axis is logarithmic. Deviations that are not
     * finite are left out.
     */
    Curve shownOn(Axis across, Axis up) {
        int[] kept = IntStream.range(0, size())
                .filter(i -> shows(across, x[i]) && shows(up, y[i]))
                .toArray();
        boolean deviations = Arrays.stream(deviation).noneMatch(d -> !Double.isNaN(d) && !(d <= MOST));
        if (kept.length == size() && deviations) {
            return this;
        }
        return new Curve(
                Arrays.stream(kept).mapToDouble(i -> x[i]).toArray(),
                Arrays.stream(kept).mapToDouble(i -> y[i]).toArray(),
                Arrays.stream(kept)
                        .mapToDouble(i -> deviation[i] <= MOST ? deviation[i] : Double.NaN)
                        .toArray(),
                Arrays.stream(kept).map(i -> count[i]).toArray());
    }

    /** Whether an axis has a place for a point. */
    boolean shown(int point, Axis across, Axis up) {
        return shows(across, x[point]) && shows(up, y[point]);
    }

    private static boolean shows(Axis axis, double value) {
        return drawable(value, axis.logarithmic());
    }

    /** Whether an axis has a place for a value; a logarithmic one has none for 0. */
    static boolean drawable(double value, boolean logarithmic) {
        return Math.abs(value) <= MOST && (!logarithmic || value >= 1 / MOST);
    }

    private static double[] none(int size) {
        double[] none = new double[size];
        Arrays.fill(none, Double.NaN);
        return none;
    }

    private static int[] counts(int size, int count) {
        int[] counts = new int[size];
        Arrays.fill(counts, count);
        return counts;
    }

    public boolean isEmpty() {
        return x.length == 0;
    }

    /** How many points. */
    public int size() {
        return x.length;
    }
}
