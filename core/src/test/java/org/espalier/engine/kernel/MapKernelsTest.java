package org.espalier.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.scalar.ScalarMapKernels;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels of this process against scalar code, bit by bit, with zeros of both signs, ties and values that are not numbers. */
class MapKernelsTest {
    private static final MapKernels SCALAR = new ScalarMapKernels();
    private static final MapKernels CHOSEN = KernelChoice.chosen().maps();
    private static final int PLACES = 60;
    private static final int FLOATS = PLACES * 64;
    private static final float[] SPECIAL = {0f, -0f, 1f, 1f, -1f, Float.NaN, Float.POSITIVE_INFINITY, 1e-42f};

    /** Memory of three maps: 0 and 1 are read, 2 is written and read. */
    private static final class Maps {
        final MemorySegment[] of = new MemorySegment[3];
        final double[] first = new double[MapKernels.CHAINS];
        final double[] second = new double[MapKernels.CHAINS];

        Maps(boolean special) {
            for (int m = 0; m < of.length; m++) {
                of[m] = Arena.ofAuto().allocate(4L * FLOATS, 64);
                Stream stream = Stream.root(3).child(m);
                for (int i = 0; i < FLOATS; i++) {
                    float value = 4 * stream.uniform(i) - 2;
                    float chosen = special && i % 5 == m ? SPECIAL[i / 5 % SPECIAL.length] : value;
                    of[m].setAtIndex(ValueLayout.JAVA_FLOAT, i, chosen);
                }
            }
        }
    }

    private interface Work {
        void run(MapKernels kernels, MemorySegment a, MemorySegment b, MemorySegment to, Maps maps);
    }

    private static void same(boolean special, Work work) {
        Maps expected = new Maps(special);
        Maps tried = new Maps(special);
        work.run(SCALAR, expected.of[0], expected.of[1], expected.of[2], expected);
        work.run(CHOSEN, tried.of[0], tried.of[1], tried.of[2], tried);
        for (int m = 0; m < expected.of.length; m++) {
            for (int i = 0; i < FLOATS; i++) {
                assertThat(Float.floatToIntBits(tried.of[m].getAtIndex(ValueLayout.JAVA_FLOAT, i)))
                        .as("map %d, float %d", m, i)
                        .isEqualTo(Float.floatToIntBits(expected.of[m].getAtIndex(ValueLayout.JAVA_FLOAT, i)));
            }
        }
        assertThat(tried.first).isEqualTo(expected.first);
        assertThat(tried.second).isEqualTo(expected.second);
    }

    @Test
    void elementsAreThoseOfScalarCode() {
        same(true, (k, a, b, to, maps) -> k.clear(to, 256, 128));
        same(true, (k, a, b, to, maps) -> k.relu(to, 0, FLOATS));
        same(true, (k, a, b, to, maps) -> k.gate(to, 0, b, 0, FLOATS));
        same(true, (k, a, b, to, maps) -> k.add(a, 256, to, 512, FLOATS - 128));
        same(true, (k, a, b, to, maps) -> k.scale(a, 0, 0.3f, to, 0, FLOATS));
        same(true, (k, a, b, to, maps) -> k.normalise(a, 0, 0.3f, 0.7f, to, 0, FLOATS));
        for (boolean relu : new boolean[] {true, false}) {
            same(true, (k, a, b, to, maps) -> k.sum(a, 0, b, 0, to, 0, FLOATS, relu));
            same(true, (k, a, b, to, maps) -> k.affine(a, 0, 0.3f, -0.1f, to, 0, FLOATS, relu));
        }
    }

    /** Rows and columns of a window, places from a row to the next, places from a window to the next, windows. */
    @ParameterizedTest
    @CsvSource({"2, 2, 12, 2, 6", "3, 3, 9, 2, 3", "1, 1, 4, 1, 4", "2, 1, 10, 3, 3", "5, 6, 7, 1, 1"})
    void poolsAreThoseOfScalarCode(int rows, int columns, int pitch, int step, int count) {
        same(true, (k, a, b, to, maps) -> k.maxPool(a, 0, rows, columns, pitch * 256, step * 256, count, to, 0));
        same(
                false,
                (k, a, b, to, maps) ->
                        k.averagePool(a, 0, rows, columns, pitch * 256, step * 256, count, 0.25f, to, 0));
        for (boolean add : new boolean[] {true, false}) {
            same(
                    false,
                    (k, a, b, to, maps) -> k.averagePoolGradient(
                            a, 0, rows, columns, pitch * 256, step * 256, count, 0.25f, to, 0, add));
            same(true, (k, a, b, to, maps) -> {
                k.maxPool(a, 0, rows, columns, pitch * 256, step * 256, count, b, 0);
                MemorySegment gradient = new Maps(false).of[1];
                k.maxPoolGradient(gradient, 0, a, 0, b, 0, rows, columns, pitch * 256, step * 256, count, to, 0, add);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 63, 60, 48, 33, 17, 9, 4, 1, 0})
    void sumsAreThoseOfScalarCodeWhateverTheLanes(int lanes) {
        same(false, (k, a, b, to, maps) -> k.sum(a, 256, 7, lanes, maps.first));
        same(false, (k, a, b, to, maps) -> k.squares(a, 256, 7, lanes, 0.37, maps.first));
        same(false, (k, a, b, to, maps) -> {
            k.gradientSums(a, 0, b, 256, 9, lanes, 0.37, 1.9, maps.first, maps.second);
            k.gradientSums(a, 512, b, 0, 3, lanes, 0.1, 0.9, maps.first, maps.second);
        });
        same(false, (k, a, b, to, maps) -> k.centre(a, 0, b, 0, 11, lanes, 0.37f, 1.9, 0.8, 0.01, -0.02, to, 256));
    }

    @Test
    void theMaximumsGradientGoesToTheFirstOfEqualPlaces() {
        Maps maps = new Maps(false);
        CHOSEN.clear(maps.of[0], 0, FLOATS); // all equal
        CHOSEN.maxPoolGradient(
                maps.of[1], 0, maps.of[0], 0, maps.of[0], 0, 2, 2, 4 * 256, 2 * 256, 2, maps.of[2], 0, false);
        for (int lane = 0; lane < 64; lane++) {
            for (int window = 0; window < 2; window++) {
                float gradient = maps.of[1].getAtIndex(ValueLayout.JAVA_FLOAT, window * 64L + lane);
                assertThat(maps.of[2].getAtIndex(ValueLayout.JAVA_FLOAT, window * 128L + lane))
                        .isEqualTo(gradient);
                assertThat(maps.of[2].getAtIndex(ValueLayout.JAVA_FLOAT, window * 128L + 64 + lane))
                        .isZero();
                assertThat(maps.of[2].getAtIndex(ValueLayout.JAVA_FLOAT, window * 128L + 4 * 64 + lane))
                        .isZero();
            }
        }
    }

    @Test
    void lanesThatHoldNoExampleGetNoGradient() {
        Maps maps = new Maps(false);
        CHOSEN.centre(maps.of[0], 0, maps.of[1], 0, 2, 41, 0.1f, 1, 1, 0, 0, maps.of[2], 0);
        for (int lane = 0; lane < 64; lane++) {
            float gradient = maps.of[2].getAtIndex(ValueLayout.JAVA_FLOAT, 64L + lane);
            assertThat(gradient == 0).isEqualTo(lane >= 41);
        }
    }
}
