package org.espalier.attack.strong.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Tile;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class GeometryTest {
    private static final int EXAMPLES = 70;

    private static Tile clean(int rows, int seed) {
        Tile tile = new Tile(rows, EXAMPLES);
        for (int e = 0; e < EXAMPLES; e++) {
            Stream stream = Stream.root(seed).child(e);
            for (int row = 0; row < rows; row++) {
                float u = stream.uniform(row);
                tile.set(row, e, u < 0.3f ? 0f : u > 0.8f ? 1f : u);
            }
        }
        return tile;
    }

    private static Tile moved(Tile clean, double size, int seed) {
        Tile tile = new Tile(clean.rows(), EXAMPLES);
        for (int e = 0; e < EXAMPLES; e++) {
            Stream stream = Stream.root(seed).child("moved").child(e);
            for (int row = 0; row < clean.rows(); row++) {
                float u = 2 * stream.uniform(row) - 1;
                tile.set(row, e, clean.get(row, e) + (float) (size * u * u * u));
            }
        }
        return tile;
    }

    private static float[] column(Tile tile, int example) {
        float[] column = new float[tile.rows()];
        tile.read(example, column, 0);
        return column;
    }

    @Property(tries = 100)
    void projectionsEndInBallAndBoxAndLeaveInnerPointsAlone(
            @ForAll Norm norm,
            @ForAll @IntRange(min = 0, max = 900) int rows,
            @ForAll @DoubleRange(min = 0, max = 20) double epsilon,
            @ForAll @DoubleRange(min = 0, max = 5) double size,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        ThreatModel threat = new ThreatModel(norm, (float) epsilon);
        Tile clean = clean(rows, seed);
        Tile x = moved(clean, size, seed);
        Tile before = new Tile(rows, EXAMPLES);
        before.set(x);
        Geometry.project(threat, clean, x);
        for (int e = 0; e < EXAMPLES; e++) {
            float[] centre = column(clean, e);
            float[] point = column(x, e);
            boolean inBox = true;
            for (float value : point) {
                inBox &= value >= 0 && value <= 1;
            }
            assertThat(inBox).isTrue();
            assertThat(Geometry.distance(norm, centre, point))
                    .isLessThanOrEqualTo(threat.epsilon() + Geometry.rounding(norm, rows));
            float[] start = column(before, e);
            float[] clipped = start.clone();
            for (int i = 0; i < clipped.length; i++) {
                clipped[i] = Math.clamp(clipped[i], 0f, 1f);
            }
            if (Geometry.distance(norm, centre, start) < threat.epsilon() - 1e-5) {
                assertThat(point).containsExactly(clipped);
            }
        }
    }

    /** The ball is that of float32(epsilon), and rounding clean + epsilon to float32 leaves it about every second time. */
    @Property(tries = 200)
    void settledPointsLieInTheBallWithoutSlack(
            @ForAll @DoubleRange(min = 0, max = 1) double clean,
            @ForAll @DoubleRange(min = -1, max = 2) double value,
            @ForAll @DoubleRange(min = -9, max = 0) double magnitude) {
        float epsilon = (float) Math.pow(10, magnitude);
        float centre = (float) clean;
        float settled = Geometry.inside((float) value, centre, epsilon);
        assertThat(settled).isBetween(0f, 1f);
        assertThat(Math.abs((double) settled - centre)).isLessThanOrEqualTo(epsilon);
        // The nearest such number: the next one towards the value lies outside of ball or box, or is the value.
        float next = (float) value > settled ? Math.nextUp(settled) : Math.nextDown(settled);
        assertThat(settled == (float) value || next < 0 || next > 1 || Math.abs((double) next - centre) > epsilon)
                .isTrue();
    }

    @Test
    void aPointOutsideTheBallDoesNotCountHoweverSmallTheBall() {
        float[] clean = {0, 0.5f};
        for (Norm norm : Norm.values()) {
            ThreatModel threat = new ThreatModel(norm, 2e-7f);
            assertThat(Geometry.holds(threat, clean, new float[] {2e-7f, 0.5f})).isTrue();
            assertThat(Geometry.holds(threat, clean, new float[] {Math.nextUp(2e-7f), 0.5f}))
                    .isFalse();
            assertThat(Geometry.holds(threat, clean, new float[] {6e-7f, 0.5f})).isFalse();
            assertThat(Geometry.holds(threat, clean, new float[] {-1e-9f, 0.5f}))
                    .isFalse();
        }
    }

    /** The exact projection, by trying every corner of the sum of what is left after the cut. */
    @Property(tries = 400)
    void theL1ProjectionIsTheNearestPointOfBallAndBox(
            @ForAll @IntRange(min = 1, max = 60) int rows,
            @ForAll @DoubleRange(min = 0.01, max = 8) double epsilon,
            @ForAll @DoubleRange(min = 0, max = 3) double size,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        ThreatModel threat = new ThreatModel(Norm.L1, (float) epsilon);
        Tile clean = clean(rows, seed);
        Tile x = moved(clean, size, seed);
        Tile before = new Tile(rows, EXAMPLES);
        before.set(x);
        Geometry.project(threat, clean, x);
        for (int e = 0; e < EXAMPLES; e++) {
            double[] nearest = nearest(column(clean, e), column(before, e), threat.epsilon());
            double far = 0;
            for (int i = 0; i < rows; i++) {
                far = Math.max(far, Math.abs(x.get(i, e) - nearest[i]));
            }
            assertThat(far).isLessThan(2e-5 * (1 + epsilon));
        }
    }

    /** One input, a whole way from its wall, and a ball that ends there: the length stays level, then falls. */
    @Test
    void theL1ProjectionEndsWhereInterpolationCreeps() {
        theL1ProjectionIsTheNearestPointOfBallAndBox(1, 1.0, 1.19, 0);
    }

    private static double[] nearest(float[] clean, float[] x, double epsilon) {
        int n = x.length;
        double[] corners = new double[2 * n + 1];
        for (int i = 0; i < n; i++) {
            double d = (double) x[i] - clean[i];
            corners[2 * i] = Math.abs(d);
            corners[2 * i + 1] = Math.max(0, Math.abs(d) - (d < 0 ? clean[i] : 1.0 - clean[i]));
        }
        Arrays.sort(corners);
        double cut = 0;
        if (left(clean, x, 0) > epsilon) {
            int k = 0;
            while (left(clean, x, corners[k + 1]) > epsilon) {
                k++;
            }
            double above = left(clean, x, corners[k]);
            double below = left(clean, x, corners[k + 1]);
            cut = corners[k] + (corners[k + 1] - corners[k]) * (above - epsilon) / (above - below);
        }
        double[] point = new double[n];
        for (int i = 0; i < n; i++) {
            double d = (double) x[i] - clean[i];
            point[i] = Math.clamp(clean[i] + Math.signum(d) * Math.max(Math.abs(d) - cut, 0), 0, 1);
        }
        return point;
    }

    private static double left(float[] clean, float[] x, double cut) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double d = (double) x[i] - clean[i];
            sum += Math.clamp(Math.abs(d) - cut, 0, d < 0 ? clean[i] : 1.0 - clean[i]);
        }
        return sum;
    }

    @Test
    void normsAreThoseOfEachLane() {
        Tile tile = new Tile(3, 65);
        tile.set(0, 64, 3f);
        tile.set(2, 64, -4f);
        double[] norms = new double[tile.lanes()];
        Geometry.norms(Norm.LINF, tile, norms);
        assertThat(norms[64]).isEqualTo(4);
        Geometry.norms(Norm.L2, tile, norms);
        assertThat(norms[64]).isEqualTo(5);
        Geometry.norms(Norm.L1, tile, norms);
        assertThat(norms[64]).isEqualTo(7);
        assertThat(norms[0]).isZero();
    }
}
