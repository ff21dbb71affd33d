package org.espalier.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.kernel.NonZeroLanes;
import org.espalier.engine.kernel.PackedRows6;
import org.espalier.engine.layer.ZeroSkipPolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.engine.simd.dense.NonZeroGradient;
import org.espalier.network.Architecture;
import org.junit.jupiter.api.Test;

/** Leaving zeros out: the same bits as the scalar code that takes them, at any share of zeros, rows and place. */
class NonZeroLanesTest {
    private static final Kernels SCALAR = new ScalarKernels();

    @Property(tries = 150)
    void aProductWithoutTheZerosHasTheSameBits(
            @ForAll @IntRange(min = 1, max = 40) int inputs,
            @ForAll @IntRange(min = 1, max = 60) int outputs,
            @ForAll @IntRange(min = 0, max = 10) int quietTenths,
            @ForAll boolean biased,
            @ForAll Epilogue finish,
            @ForAll long seed) {
        Random random = new Random(seed);
        float[] matrix = floats(random, outputs * inputs);
        float[] biases = biased ? floats(random, outputs) : null;
        ActivationPanels x = quiet(random, inputs, quietTenths / 10.0);
        ActivationPanels gate = quiet(random, outputs, 0.5);
        int first = random.nextInt(outputs);
        int count = 1 + random.nextInt(outputs - first);
        int[] every = IntStream.range(0, outputs).toArray();
        ActivationPanels expected = new ActivationPanels(outputs, ActivationPanels.LANES);
        SCALAR.dense(
                matrix,
                every,
                first,
                count,
                inputs,
                biases,
                x.memory(),
                0,
                expected.memory(),
                0,
                finish,
                gate.memory(),
                0);

        for (Kernels kernels : new Kernels[] {SCALAR, KernelChoice.chosen()}) {
            NonZeroLanes active = new NonZeroLanes(inputs, kernels.activeGroups());
            kernels.findActive(x.memory(), 0, inputs, active);
            assertThat(Arrays.copyOf(active.rows, active.starts[kernels.activeGroups()]))
                    .containsExactly(naive(x, inputs, kernels.activeGroups()));
            float[] sixes = new float[PackedRows6.size(outputs, inputs)];
            PackedRows6.of(matrix, outputs, inputs, sixes);
            ActivationPanels out = new ActivationPanels(outputs, ActivationPanels.LANES);
            kernels.active(
                    sixes,
                    active,
                    every,
                    first,
                    count,
                    inputs,
                    biases,
                    x.memory(),
                    0,
                    out.memory(),
                    0,
                    finish,
                    gate.memory(),
                    0);
            assertThat(bits(out)).isEqualTo(bits(expected));
        }
    }

    @Property(tries = 150)
    void transposedWeightsAreTheMatrixsTakenColumns(
            @ForAll @IntRange(min = 1, max = 120) int rows,
            @ForAll @IntRange(min = 1, max = 40) int columns,
            @ForAll @IntRange(min = 0, max = 10) int takenTenths,
            @ForAll long seed) {
        Random random = new Random(seed);
        float[] matrix = floats(random, rows * columns);
        int[] taken = IntStream.range(0, columns)
                .filter(c -> random.nextInt(10) < takenTenths)
                .toArray();
        float[] sixes = new float[PackedRows6.size(taken.length, rows)];
        PackedRows6.transposed(matrix, rows, columns, taken, sixes);
        float[] expected = new float[sixes.length]; // rows past the last stay zero
        for (int r = 0; r < taken.length; r++) {
            for (int c = 0; c < rows; c++) {
                expected[PackedRows6.place(r, c, rows)] = matrix[c * columns + taken[r]];
            }
        }
        assertThat(sixes).isEqualTo(expected);
    }

    @Property(tries = 150)
    void aWeightGradientWithoutTheZerosHasTheSameBits(
            @ForAll @IntRange(min = 1, max = 40) int inputs,
            @ForAll @IntRange(min = 1, max = 30) int outputs,
            @ForAll @IntRange(min = 1, max = 3) int panels,
            @ForAll @IntRange(min = 0, max = 10) int quietTenths,
            @ForAll long seed) {
        Random random = new Random(seed);
        ActivationPanels delta = quiet(random, outputs * panels, quietTenths / 10.0);
        ActivationPanels x = quiet(random, inputs * panels, 0.1);
        float[] expected = gradient(SCALAR, false, delta, outputs, x, inputs, panels);
        assertThat(gradient(KernelChoice.chosen(), true, delta, outputs, x, inputs, panels))
                .isEqualTo(expected);
        assertThat(gradient(KernelChoice.chosen(), false, delta, outputs, x, inputs, panels))
                .isEqualTo(expected);
    }

    @Test
    void aLookInVainIsNotRepeatedAtOnce() {
        Kernels kernels = KernelChoice.chosen();
        ActivationPanels loud = new ActivationPanels(8, ActivationPanels.LANES);
        IntStream.range(0, ActivationPanels.LANES)
                .forEach(lane -> IntStream.range(0, 8).forEach(row -> loud.set(row, lane, 1f)));
        ActivationPanels quiet = new ActivationPanels(8, ActivationPanels.LANES);
        NonZeroLanes found = new NonZeroLanes(8, kernels.activeGroups());
        ZeroSkipPolicy choice = new ZeroSkipPolicy(0.5);
        assertThat(choice.shouldSkipZeros(kernels, quiet, 0, 8, found)).isTrue();
        assertThat(choice.shouldSkipZeros(kernels, loud, 0, 8, found)).isFalse();
        assertThat(IntStream.range(0, 100)
                        .filter(i -> choice.shouldSkipZeros(kernels, quiet, 0, 8, found))
                        .min())
                .hasValue(15);
    }

    @Test
    void aQuietLayersGradientTakesListedTermsOnly() {
        int outputs = 9;
        ActivationPanels delta = new ActivationPanels(outputs, ActivationPanels.LANES);
        delta.set(2, 5, 1f);
        delta.set(7, 5, 2f);
        delta.set(7, 40, 3f);
        GradientScratch scratch = GradientScratch.allocate(new Architecture(List.of(3, outputs), false), 1);
        assertThat(NonZeroGradient.quiet(delta.memory().address(), outputs, 1, scratch.counts()))
                .isTrue();
        assertThat(NonZeroGradient.order(outputs, ActivationPanels.LANES, scratch))
                .isEqualTo(4); // a whole block
        assertThat(scratch.outputs()).startsWith(7, 2);
        scratch.deltas()[4 * 20] = 1f;
        scratch.deltas()[4 * 63 + 3] = 1f;
        NonZeroGradient.find(scratch, 1, ActivationPanels.LANES);
        assertThat(scratch.ends()[15]).isEqualTo(2);
        assertThat(scratch.terms()).startsWith(4 * 20, 4 * 63);
    }

    /** Row by row and lane by lane. */
    private static int[] naive(ActivationPanels x, int rows, int groups) {
        int lanes = ActivationPanels.LANES / groups;
        return IntStream.range(0, groups)
                .flatMap(group -> IntStream.range(0, rows)
                        .filter(row -> IntStream.range(group * lanes, (group + 1) * lanes)
                                .anyMatch(lane -> x.get(row, lane) != 0)))
                .toArray();
    }

    private static float[] gradient(
            Kernels kernels,
            boolean skip,
            ActivationPanels delta,
            int outputs,
            ActivationPanels x,
            int inputs,
            int panels) {
        GradientScratch scratch = GradientScratch.allocate(new Architecture(List.of(inputs, outputs), false), panels);
        float[] out = new float[outputs * inputs];
        Arrays.fill(out, 7f); // what an earlier step left
        kernels.denseGradient(delta.memory(), 0, outputs, x.memory(), 0, inputs, panels, skip, out, scratch);
        return out;
    }

    private static float[] floats(Random random, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextGaussian();
        }
        return floats;
    }

    /** Rows of one panel, in which eights of lanes are zero with some probability, and half of the other lanes. */
    private static ActivationPanels quiet(Random random, int rows, double share) {
        ActivationPanels panels = new ActivationPanels(rows, ActivationPanels.LANES);
        for (int row = 0; row < rows; row++) {
            for (int eight = 0; eight < ActivationPanels.LANES; eight += 8) {
                boolean zero = random.nextDouble() < share;
                for (int lane = eight; lane < eight + 8; lane++) {
                    boolean on = !zero && random.nextBoolean();
                    panels.set(row, lane, on ? (float) random.nextGaussian() : random.nextBoolean() ? 0f : -0f);
                }
            }
        }
        return panels;
    }

    private static int[] bits(ActivationPanels panels) {
        int[] bits = new int[panels.features() * ActivationPanels.LANES];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = panels.memory().get(ValueLayout.JAVA_INT, i * 4L);
        }
        return bits;
    }
}
