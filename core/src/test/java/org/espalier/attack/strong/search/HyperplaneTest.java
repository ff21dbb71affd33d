package org.espalier.attack.strong.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.LinearTruth;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HyperplaneTest {
    @Property(tries = 300)
    void theStepStaysInTheBoxReachesThePlaneAndIsTheSmallest(
            @ForAll Norm norm,
            @ForAll @IntRange(min = 1, max = 60) int features,
            @ForAll @DoubleRange(min = -1.4, max = 1.4) double share,
            @ForAll @IntRange(max = 1_000_000) int seed) {
        Case made = Case.of(features, seed);
        double need = share * made.reach(share > 0);
        float[] step = new float[features];
        boolean reached = new Hyperplane(features).step(norm, made.x, 0, made.w, 0, features, need, step, 0);

        for (int i = 0; i < features; i++) {
            assertThat((double) made.x[i] + step[i]).isBetween(-1e-7, 1 + 1e-7);
        }
        if (Math.abs(share) > 1 + 1e-6) {
            assertThat(reached).isEqualTo(need == 0);
            assertThat(dot(made.w, step)).isCloseTo(need / Math.abs(share), within(1e-6 * (1 + Math.abs(need))));
        } else if (Math.abs(share) < 1 - 1e-6) {
            assertThat(reached).isTrue();
            assertThat(dot(made.w, step)).isCloseTo(need, within(1e-6 * (1 + Math.abs(need))));
            assertThat(size(norm, step)).isCloseTo(made.smallest(norm, need), within(2e-6 * (1 + size(norm, step))));
        }
    }

    /** No point of a fine grid over the plane's part of a small box is nearer. */
    @Property(tries = 60)
    void noPointOfAGridIsNearer(@ForAll Norm norm, @ForAll @IntRange(max = 1_000_000) int seed) {
        Case made = Case.of(3, seed);
        double need = 0.6 * made.reach(true);
        float[] step = new float[3];
        if (!(need > 1e-3)
                || !new Hyperplane(3).step(norm, made.x, 0, made.w, 0, 3, need, step, 0)
                || Math.abs(made.w[2]) < 0.05) {
            return;
        }
        double size = size(norm, step);
        for (int a = 0; a <= 100; a++) {
            for (int b = 0; b <= 100; b++) {
                float first = a / 100f - made.x[0];
                float second = b / 100f - made.x[1];
                float third = (float) ((need - first * made.w[0] - second * made.w[1]) / made.w[2]);
                if (made.x[2] + third >= 0 && made.x[2] + third <= 1) {
                    assertThat(size(norm, new float[] {first, second, third})).isGreaterThan(size - 1e-5);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void inputsWithoutWeightOrRoomStayAndBrokenWeightsAreLeftAlone(Norm norm) {
        float[] x = {0f, 1f, 0.5f, 0.5f, 0.25f};
        float[] w = {-1f, 1f, 0f, Float.NaN, 2f};
        float[] step = {9, 9, 9, 9, 9};
        assertThat(new Hyperplane(5).step(norm, x, 0, w, 0, 5, 0.5, step, 0)).isTrue();
        assertThat(step).containsExactly(0f, 0f, 0f, 0f, 0.25f);
    }

    @ParameterizedTest
    @EnumSource
    void aPlaneWithoutNormalOrNeedAsksForNoStep(Norm norm) {
        float[] step = new float[2];
        Hyperplane plane = new Hyperplane(2);
        float[] x = {0.5f, 0.5f};
        assertThat(plane.step(norm, x, 0, new float[2], 0, 2, 1, step, 0)).isFalse();
        assertThat(plane.step(norm, x, 0, new float[] {1, 1}, 0, 2, 0, step, 0)).isTrue();
        assertThat(plane.step(norm, x, 0, new float[] {1, 1}, 0, 2, Double.NaN, step, 0))
                .isFalse();
        assertThat(step).containsExactly(0f, 0f);
    }

    @Test
    void equalWeightsAreFilledOneAfterTheOtherInL1() {
        float[] step = new float[4];
        float[] x = {0.5f, 0.5f, 0.5f, 0.5f};
        new Hyperplane(4).step(Norm.L1, x, 0, new float[] {1, 1, 1, 1}, 0, 4, 1.2, step, 0);
        assertThat(Arrays.copyOf(step, 4)).contains(0.5f, 0.5f, 0.2f, 0f);
    }

    private record Case(float[] x, float[] w) {
        /** Points with inputs on the box's walls, weights with zeros and equals. */
        static Case of(int features, int seed) {
            Stream stream = Stream.root(seed);
            float[] x = new float[features];
            float[] w = new float[features];
            for (int i = 0; i < features; i++) {
                float wall = stream.child("wall").uniform(i);
                x[i] = wall < 0.2 ? 0 : wall < 0.3 ? 1 : stream.child("x").uniform(i);
                float kind = stream.child("kind").uniform(i);
                w[i] = kind < 0.1
                        ? 0
                        : kind < 0.3 ? 0.5f : 4 * stream.child("w").uniform(i) - 2;
            }
            return new Case(x, w);
        }

        double room(int i, boolean up) {
            return w[i] == 0 ? 0 : (w[i] > 0) == up ? 1.0 - x[i] : x[i];
        }

        /** The largest |w . s| in a direction. */
        double reach(boolean up) {
            return IntStream.range(0, x.length)
                    .mapToDouble(i -> Math.abs(w[i]) * room(i, up))
                    .sum();
        }

        double smallest(Norm norm, double need) {
            return LinearTruth.smallestStep(norm, x, w, need);
        }
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> (double) a[i] * b[i])
                .sum();
    }

    private static double size(Norm norm, float[] step) {
        double size = 0;
        for (float part : step) {
            size = switch (norm) {
                case LINF -> Math.max(size, Math.abs(part));
                case L2 -> size + (double) part * part;
                case L1 -> size + Math.abs(part);
            };
        }
        return norm == Norm.L2 ? Math.sqrt(size) : size;
    }
}
