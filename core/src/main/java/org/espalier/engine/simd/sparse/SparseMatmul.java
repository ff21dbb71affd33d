package org.espalier.engine.simd.sparse;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.GROUPS;
import static org.espalier.engine.simd.Lanes.GROUP_BYTES;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.simd.EpilogueVectors;
import org.espalier.engine.simd.Lanes;
import org.jspecify.annotations.Nullable;

/**
 * Surviving weights times a panel, with registers of 128 bits: one weight is one multiply-add over four registers of its input's row,
 * addressed directly, without a gather. Offsets are addresses in {@link Lanes#MEMORY}.
 */
public final class SparseMatmul {
    private SparseMatmul() {}

    public static void run(
            float[] values,
            BlockedCsr cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out,
            Epilogue finish,
            long gate) {
        for (int g = 0; g < GROUPS; g++) {
            long shift = g * GROUP_BYTES;
            if (cuts.blocks() > 1) {
                blocks(values, cuts, columns, first, rows, biases, x + shift, out + shift);
            } else {
                whole(values, cuts, columns, first, rows, biases, x + shift, out + shift, finish, gate + shift);
            }
        }
        if (cuts.blocks() > 1) {
            EpilogueVectors.run(out, rows, finish, gate);
        }
    }

    /** Rows of few weights: each is summed and finished in registers. */
    private static void whole(
            float[] values,
            BlockedCsr cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out,
            Epilogue finish,
            long gate) {
        for (int r = 0; r < rows; r++) {
            long row = r * ActivationPanels.ROW_BYTES;
            int from = cuts.from(0, first + r);
            int to = cuts.to(0, first + r);
            float bias = biases == null ? 0f : biases[first + r];
            switch (finish) {
                case LINEAR -> linear(values, columns, from, to, bias, x, out + row);
                case RELU -> relu(values, columns, from, to, bias, x, out + row);
                case GATE -> gated(values, columns, from, to, bias, x, out + row, gate + row);
            }
        }
    }

    /**
     * Rows of many weights, block by block; sums stand in the output between blocks. Two rows are summed side by side:
     * the four chains of one cannot keep the multiply-adds busy.
     */
    private static void blocks(
            float[] values,
            BlockedCsr cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out) {
        for (int r = 0; r < rows; r++) {
            start(biases == null ? 0f : biases[first + r], out + r * ActivationPanels.ROW_BYTES);
        }
        int[] at = cuts.cuts();
        int[] order = cuts.order();
        boolean sorted = cuts.windows(first, rows);
        for (int b = 0; b < cuts.blocks(); b++) {
            int from = b * cuts.rows();
            int r = first;
            for (; r + 1 < first + rows; r += 2) {
                int few = sorted ? order[from + r] : r;
                int many = sorted ? order[from + r + 1] : r + 1;
                if (at[from + few + 1] - at[from + few] > at[from + many + 1] - at[from + many]) {
                    int swap = few;
                    few = many;
                    many = swap;
                }
                two(
                        values,
                        columns,
                        at[from + few],
                        at[from + few + 1],
                        at[from + many],
                        at[from + many + 1],
                        x,
                        out + (few - first) * ActivationPanels.ROW_BYTES,
                        out + (many - first) * ActivationPanels.ROW_BYTES);
            }
            if (r < first + rows) {
                int last = sorted ? order[from + r] : r;
                one(
                        values,
                        columns,
                        at[from + last],
                        at[from + last + 1],
                        x,
                        out + (last - first) * ActivationPanels.ROW_BYTES);
            }
        }
    }

    private static void start(float bias, long o) {
        FloatVector start = FloatVector.broadcast(FLOATS, bias);
        start.intoMemorySegment(MEMORY, o, ORDER);
        start.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        start.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        start.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }

    private static void linear(float[] values, int[] columns, int from, int to, float bias, long x, long o) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        a0.add(zero).intoMemorySegment(MEMORY, o, ORDER);
        a1.add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }

    private static void relu(float[] values, int[] columns, int from, int to, float bias, long x, long o) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        a0.blend(zero, a0.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }

    private static void gated(float[] values, int[] columns, int from, int to, float bias, long x, long o, long gate) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        zero.blend(
                        a0,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o, ORDER);
        zero.blend(
                        a1,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + BYTES, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o + BYTES, ORDER);
        zero.blend(
                        a2,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + 2 * BYTES, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        zero.blend(
                        a3,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + 3 * BYTES, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }

    /** Two rows; the second has at least as many weights as the first. */
    private static void two(float[] values, int[] columns, int k, int few, int j, int many, long x, long o, long p) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, p, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, p + BYTES, ORDER);
        FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, p + 2 * BYTES, ORDER);
        FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, p + 3 * BYTES, ORDER);
        for (; k < few; k++, j++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
            weight = FloatVector.broadcast(FLOATS, values[j]);
            at = x + columns[j];
            b0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), b0);
            b1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), b1);
            b2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), b2);
            b3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), b3);
        }
        for (; j < many; j++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[j]);
            long at = x + columns[j];
            b0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), b0);
            b1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), b1);
            b2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), b2);
            b3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), b3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, p, ORDER);
        b1.intoMemorySegment(MEMORY, p + BYTES, ORDER);
        b2.intoMemorySegment(MEMORY, p + 2 * BYTES, ORDER);
        b3.intoMemorySegment(MEMORY, p + 3 * BYTES, ORDER);
    }

    private static void one(float[] values, int[] columns, int from, int to, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
        }
        a0.intoMemorySegment(MEMORY, o, ORDER);
        a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }
}
