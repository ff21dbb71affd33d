package org.espalier.attack.strong.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.attack.Norm;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class RowMathTest {
    @Property(tries = 1000)
    void theL1ProjectionIsTheNearestPointOfBallAndBox(
            @ForAll @IntRange(min = 1, max = 40) int inputs,
            @ForAll @DoubleRange(max = 12) double radius,
            @ForAll @IntRange(max = 1_000_000) int seed) {
        Stream stream = Stream.root(seed);
        float[] clean = new float[inputs];
        float[] x = new float[inputs];
        for (int i = 0; i < inputs; i++) {
            float value = stream.child("clean").uniform(i);
            clean[i] = value < 0.3f ? 0f : value > 0.9f ? 1f : value;
            x[i] = clean[i] + 3 * stream.child("x").uniform(i) - 1.5f;
        }
        float[] projected = x.clone();
        RowMath.cutL1(clean, radius, projected);
        double size = RowMath.distance(Norm.L1, clean, projected);
        assertThat(size).isLessThanOrEqualTo(radius + 1e-6 * (1 + radius));
        assertThat(projected).doesNotContain(Float.NaN);
        // Optimality: a common cut t for every input that stops within its room, at least that for those at the clean
        // value.
        double free = -1;
        double cutToZero = 0;
        for (int i = 0; i < inputs; i++) {
            assertThat(projected[i]).isBetween(0f, 1f);
            double wanted = Math.abs((double) x[i] - clean[i]);
            double made = Math.abs((double) projected[i] - clean[i]);
            double room = x[i] > clean[i] ? 1.0 - clean[i] : clean[i];
            assertThat(made).isLessThanOrEqualTo(wanted + 1e-6);
            if (made < 1e-6 && room > 1e-5) {
                cutToZero = Math.max(cutToZero, wanted);
            } else if (made <= room - 1e-6) {
                double cut = wanted - made;
                if (free >= 0) {
                    assertThat(cut).isCloseTo(free, within(2e-6));
                }
                free = cut;
            }
        }
        if (free >= 0) {
            assertThat(cutToZero).isLessThanOrEqualTo(free + 2e-6);
            assertThat(size)
                    .satisfiesAnyOf(
                            s -> assertThat(s).isCloseTo(radius, within(1e-5)),
                            s -> assertThat(x).isEqualTo(projected),
                            s -> assertThat(RowMath.distance(Norm.L1, clean, clipped(x)))
                                    .isLessThanOrEqualTo(radius + 1e-5));
        }
    }

    /** One input whose way to the wall is hardly longer than the radius: the sum is level first, then falls. */
    @Test
    void theL1ProjectionFollowsALevelSum() {
        theL1ProjectionIsTheNearestPointOfBallAndBox(1, 0.15, 695);
    }

    private static float[] clipped(float[] x) {
        float[] out = x.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = RowMath.clip(out[i]);
        }
        return out;
    }
}
