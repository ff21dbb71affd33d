package org.espalier.engine.simd.dense;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.NonZeroLanes;
import org.espalier.engine.kernel.PackedRows6;
import org.espalier.engine.simd.Lanes;

/**
 * Weights times those lanes of a panel that hold anything but zeros. A block is 6 outputs x 2 registers: twelve
 * accumulators, and each weight read serves two of them. A block of one register would skip a seventh more, and reads a
 * weight for each multiply-add; one of four skips a third less. What is left per row of the list is 12 multiply-adds (6
 * cycles on two ports) to 28 instructions. Offsets are addresses in {@link Lanes#MEMORY}.
 */
public final class NonZeroMatmul {
    /** Bytes of a group of lanes. */
    private static final long GROUP = 2 * BYTES;

    /** Groups to a row. */
    public static final int GROUPS = (int) (ActivationPanels.ROW_BYTES / GROUP);

    private static final int ROWS = PackedRows6.ROWS;

    private NonZeroMatmul() {}

    /** See {@link Kernels#findActive}. */
    public static void find(long x, int rows, NonZeroLanes into) {
        int count = 0;
        for (int group = 0; group < GROUPS; group++) {
            into.starts[group] = count;
            count = find(x + group * GROUP, rows, into.rows, count);
        }
        into.starts[GROUPS] = count;
    }

    private static int find(long x, int rows, int[] list, int count) {
        FloatVector zero = FloatVector.zero(FLOATS);
        int next = count;
        for (int row = 0; row < rows; row++) {
            long at = x + row * ActivationPanels.ROW_BYTES;
            list[next] = row; // stays only if it counts: a store is cheaper than a branch that is guessed wrong
            boolean active = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER)
                    .abs()
                    .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER)
                            .abs())
                    .compare(VectorOperators.NE, zero)
                    .anyTrue();
            next += active ? 1 : 0;
        }
        return next;
    }

    /** See {@link Kernels#active}; {@code out} holds the chains' starting values. */
    public static void run(float[] w, NonZeroLanes active, int first, int rows, int depth, long x, long out) {
        for (int r = 0; r < rows; ) {
            int within = (first + r) % ROWS;
            int weights = (first + r - within) * depth;
            int count = Math.min(ROWS - within, rows - r);
            long to = out + r * ActivationPanels.ROW_BYTES;
            if (count == ROWS) {
                block(w, weights, active, x, to);
            } else {
                long scratch = active.scratch.address();
                copy(to, scratch + within * ActivationPanels.ROW_BYTES, count);
                block(w, weights, active, x, scratch);
                copy(scratch + within * ActivationPanels.ROW_BYTES, to, count);
            }
            r += count;
        }
    }

    private static void copy(long from, long to, int rows) {
        for (long at = 0; at < rows * ActivationPanels.ROW_BYTES; at += Long.BYTES) {
            MEMORY.set(ValueLayout.JAVA_LONG, to + at, MEMORY.get(ValueLayout.JAVA_LONG, from + at));
        }
    }

    private static void block(float[] w, int weights, NonZeroLanes active, long x, long out) {
        int[] starts = active.starts;
        for (int group = 0; group < GROUPS; group++) {
            six(w, weights, active.rows, starts[group], starts[group + 1], x + group * GROUP, out + group * GROUP);
        }
    }

    private static void six(float[] w, int weights, int[] list, int from, int to, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector c0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector c1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector d0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector d1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector e0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector e1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        FloatVector f0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * ActivationPanels.ROW_BYTES, ORDER);
        FloatVector f1 =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        for (int n = from; n < to; n++) {
            int row = list[n];
            int k = weights + row * ROWS;
            long at = x + row * ActivationPanels.ROW_BYTES;
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
            FloatVector weight = FloatVector.broadcast(FLOATS, w[k]);
            a0 = weight.fma(x0, a0);
            a1 = weight.fma(x1, a1);
            weight = FloatVector.broadcast(FLOATS, w[k + 1]);
            b0 = weight.fma(x0, b0);
            b1 = weight.fma(x1, b1);
            weight = FloatVector.broadcast(FLOATS, w[k + 2]);
            c0 = weight.fma(x0, c0);
            c1 = weight.fma(x1, c1);
            weight = FloatVector.broadcast(FLOATS, w[k + 3]);
            d0 = weight.fma(x0, d0);
            d1 = weight.fma(x1, d1);
            weight = FloatVector.broadcast(FLOATS, w[k + 4]);
            e0 = weight.fma(x0, e0);
            e1 = weight.fma(x1, e1);
            weight = FloatVector.broadcast(FLOATS, w[k + 5]);
            f0 = weight.fma(x0, f0);
            f1 = weight.fma(x1, f1);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, o + ActivationPanels.ROW_BYTES + BYTES, ORDER);
        c0.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES, ORDER);
        c1.intoMemorySegment(MEMORY, o + 2 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        d0.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES, ORDER);
        d1.intoMemorySegment(MEMORY, o + 3 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        e0.intoMemorySegment(MEMORY, o + 4 * ActivationPanels.ROW_BYTES, ORDER);
        e1.intoMemorySegment(MEMORY, o + 4 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
        f0.intoMemorySegment(MEMORY, o + 5 * ActivationPanels.ROW_BYTES, ORDER);
        f1.intoMemorySegment(MEMORY, o + 5 * ActivationPanels.ROW_BYTES + BYTES, ORDER);
    }
}
