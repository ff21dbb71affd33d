package org.espalier.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.scalar.LaneScalars;
import org.espalier.engine.simd.LaneVectors;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Vector registers give the bits of scalar code, at values on and about every bound. */
class LaneMathTest {
    private static final int ROWS = 37;
    private static final int SIZE = ROWS * ActivationPanels.LANES;
    private static final int FROM = 3 * ActivationPanels.LANES;
    private static final Stream STREAM = Stream.root(3);

    /** What one of the two made of the same arrays. */
    private record Run(float[] x, float[] old, float[] lanes) {
        Run() {
            this(values("x", -0.2f, 1.4f), values("old", 0, 1), new float[ActivationPanels.LANES]);
        }
    }

    private final float[] clean = values("clean", 0, 1);
    private final float[] gradient = values("gradient", -1, 1);
    private final float[] perLane = values("per lane", 0, 0.5f);

    /** Some at the bounds, some zero of either sign. */
    private static float[] values(String name, float low, float high) {
        float[] values = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            float u = STREAM.child(name).uniform(i);
            values[i] =
                    u < 0.1f ? 0f : u > 0.9f ? Math.min(high, 1f) : u < 0.15f && low < 0 ? -0f : low + u * (high - low);
        }
        return values;
    }

    @Test
    void signWithMomentum() {
        Run a = new Run();
        Run b = new Run();
        LaneScalars.signWithMomentum(clean, gradient, a.x, a.old, FROM, SIZE, perLane, 64, 0.3f, 0.75f);
        LaneVectors.signWithMomentum(clean, gradient, b.x, b.old, FROM, SIZE, perLane, 64, 0.3f, 0.75f);
        same(a, b);
    }

    @Test
    void clipping() {
        Run a = new Run();
        Run b = new Run();
        LaneScalars.clip(clean, a.x, FROM, SIZE, perLane, 64);
        LaneVectors.clip(clean, b.x, FROM, SIZE, perLane, 64);
        same(a, b);
    }

    @Test
    void scaling() {
        Run a = new Run();
        Run b = new Run();
        LaneScalars.scale(clean, a.x, FROM, SIZE, perLane, 64);
        LaneVectors.scale(clean, b.x, FROM, SIZE, perLane, 64);
        same(a, b);
    }

    @Test
    void cutting() {
        Run a = new Run();
        Run b = new Run();
        LaneScalars.lengthsAfterCut(clean, a.x, FROM, SIZE, perLane, 64, a.lanes);
        LaneVectors.lengthsAfterCut(clean, b.x, FROM, SIZE, perLane, 64, b.lanes);
        assertThat(a.lanes[5]).isPositive();
        same(a, b);
        LaneScalars.cut(clean, a.x, FROM, SIZE, perLane, 64);
        LaneVectors.cut(clean, b.x, FROM, SIZE, perLane, 64);
        same(a, b);
        // What is left adds up to what was foretold.
        double left = 0;
        for (int i = FROM + 5; i < SIZE; i += ActivationPanels.LANES) {
            left += Math.abs((double) a.x[i] - clean[i]);
        }
        assertThat(left).isCloseTo(a.lanes[5], org.assertj.core.data.Offset.offset(1e-5));
    }

    @Test
    void largest() {
        Run a = new Run();
        Run b = new Run();
        LaneScalars.largest(clean, a.x, FROM, SIZE, a.lanes);
        LaneVectors.largest(clean, b.x, FROM, SIZE, b.lanes);
        same(a, b);
        assertThat(a.lanes[0]).isPositive();
    }

    @Test
    void rangesOutsideOfAnArrayAreRefused() {
        Run run = new Run();
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> LaneMath.clip(clean, run.x, FROM, SIZE + 64, perLane, 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> LaneMath.clip(clean, run.x, FROM, SIZE, new float[63], 0));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> LaneMath.largest(clean, run.x, FROM + 1, SIZE, run.lanes))
                .withMessageContaining("whole rows");
    }

    private static void same(Run a, Run b) {
        assertThat(b.x).isEqualTo(a.x);
        assertThat(b.old).isEqualTo(a.old);
        assertThat(b.lanes).isEqualTo(a.lanes);
        float[] untouched = new Run().x;
        for (int i = 0; i < FROM; i++) {
            assertThat(a.x[i]).isEqualTo(untouched[i]);
        }
    }
}
