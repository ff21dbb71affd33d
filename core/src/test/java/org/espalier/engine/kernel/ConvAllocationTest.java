package org.espalier.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.ops.KernelChoice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions make no garbage once they are compiled: not a vector is boxed, whatever the number of channels. */
class ConvAllocationTest {
    private static final int PLACE = (int) ActivationPanels.ROW_BYTES;
    private static final int CALLS = 100;
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final int DEPTH = 9;
    private static final int SIZE = 7; // 49 positions: tiles of every number
    private static final int ROW = (SIZE + 2) * PLACE;
    private static final long CHANNEL = (long) (SIZE + 2) * ROW;

    private static final Epilogue[] FINISHES = Epilogue.values();
    private static final Positions AT = new Positions(SIZE, SIZE, ROW, PLACE, ROW, PLACE, CHANNEL);

    private final ConvKernels kernels = KernelChoice.chosen().convolutions();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16})
    void compiledProductsAllocateNothing(int rows) {
        MemorySegment in = Arena.ofAuto().allocate(CHANNEL, 64);
        MemorySegment out = Arena.ofAuto().allocate(rows * CHANNEL, 64);
        int[] offsets = offsets(rows);
        int[] starts = starts(rows);
        float[] weights = new float[rows * DEPTH];
        assertThat(leastBytes(() -> {
                    for (Epilogue finish : FINISHES) {
                        kernels.dense(weights, rows, DEPTH, offsets, null, in, 0, out, 0, AT, finish, out, 0);
                        kernels.sparse(weights, starts, offsets, rows, null, in, 0, out, 0, AT, finish, out, 0);
                    }
                }))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void aCompiledDenseGradientAllocatesNothing(int rows) {
        MemorySegment in = Arena.ofAuto().allocate(CHANNEL, 64);
        MemorySegment delta = Arena.ofAuto().allocate(rows * CHANNEL, 64);
        int[] offsets = offsets(rows);
        float[] gradients = new float[rows * DEPTH];
        assertThat(leastBytes(() -> {
                    kernels.denseGradient(delta, 0, 0, rows, in, 0, 0, offsets, DEPTH, AT, 1, gradients);
                    kernels.biasGradient(delta, 0, 0, rows, AT, 1, gradients);
                }))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void aCompiledSparseGradientAllocatesNothing(int rows) {
        MemorySegment in = Arena.ofAuto().allocate(CHANNEL, 64);
        MemorySegment delta = Arena.ofAuto().allocate(rows * CHANNEL, 64);
        int[] offsets = offsets(rows);
        int[] starts = starts(rows);
        float[] gradients = new float[rows * DEPTH];
        assertThat(leastBytes(
                        () -> kernels.sparseGradient(delta, 0, 0, starts, rows, in, 0, 0, offsets, AT, 1, gradients)))
                .isZero();
    }

    private static int[] offsets(int rows) {
        int[] offsets = new int[rows * DEPTH];
        for (int k = 0; k < offsets.length; k++) {
            offsets[k] = k % DEPTH / 3 * ROW + k % 3 * PLACE;
        }
        return offsets;
    }

    private static int[] starts(int rows) {
        int[] starts = new int[rows + 1];
        for (int r = 0; r < rows; r++) {
            starts[r + 1] = starts[r] + DEPTH;
        }
        return starts;
    }

    /** Bytes allocated by some calls, as soon as they are none or patience ends. */
    private static long leastBytes(Runnable calls) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        long bytes;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                calls.run();
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        } while (bytes > 0 && System.nanoTime() - start < PATIENCE_NANOS);
        return bytes;
    }
}
