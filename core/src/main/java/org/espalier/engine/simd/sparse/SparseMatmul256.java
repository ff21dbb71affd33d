package org.espalier.engine.simd.sparse;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.simd.EpilogueVectors;
import org.espalier.engine.simd.Lanes;
import org.jspecify.annotations.Nullable;

/**
 * {@link SparseMatmul} with registers of 256 bits: a row of activations is eight of them, which is as many chains as two
 * ports need to hide a multiply-add's latency of four cycles. So one row is summed at a time, all of its examples together,
 * and each weight and its column are read once. What is left is the nearest cache's bandwidth: eight registers and a weight
 * at two loads a cycle, 4.5 cycles for 4 cycles of multiply-adds. Rows are a loop in each method, for a call costs 10 cycles a
 * row, and the methods repeat each other because one that took or returned registers would box them. Offsets are addresses in {@link Lanes#MEMORY}.
 */
public final class SparseMatmul256 {
    private SparseMatmul256() {}

    /** See {@link Kernels#sparse}. */
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
        int[] at = cuts.cuts();
        if (cuts.blocks() > 1) {
            firstBlock(values, cuts.offsets(), at, first, rows, biases, x, out);
            for (int b = 1; b < cuts.blocks(); b++) {
                long block = x + b * cuts.width() * ActivationPanels.ROW_BYTES;
                nextBlock(values, cuts.offsets(), at, b * cuts.rows() + first, rows, block, out);
            }
            EpilogueVectors.run(out, rows, finish, gate);
            return;
        }
        switch (finish) {
            case LINEAR -> linear(values, columns, at, first, rows, biases, x, out);
            case RELU -> relu(values, columns, at, first, rows, biases, x, out);
            case GATE -> gated(values, columns, at, first, rows, biases, x, out, gate);
        }
    }

    /** The first block of rows of many weights; sums stand in the output between blocks. */
    private static void firstBlock(
            float[] values,
            char[] offsets,
            int[] at,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ActivationPanels.ROW_BYTES) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            for (int k = at[first + r]; k < at[first + r + 1]; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + offsets[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 4 * BYTES, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 5 * BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 6 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 7 * BYTES, ORDER), a7);
            }
            a0.intoMemorySegment(MEMORY, o, ORDER);
            a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            a4.intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
            a5.intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
            a6.intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
            a7.intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
        }
    }

    /** A further block. */
    private static void nextBlock(float[] values, char[] offsets, int[] at, int first, int rows, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ActivationPanels.ROW_BYTES) {
            FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
            FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
            FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
            FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
            FloatVector a4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * BYTES, ORDER);
            FloatVector a5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * BYTES, ORDER);
            FloatVector a6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 6 * BYTES, ORDER);
            FloatVector a7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 7 * BYTES, ORDER);
            for (int k = at[first + r]; k < at[first + r + 1]; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + offsets[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 4 * BYTES, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 5 * BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 6 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 7 * BYTES, ORDER), a7);
            }
            a0.intoMemorySegment(MEMORY, o, ORDER);
            a1.intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            a4.intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
            a5.intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
            a6.intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
            a7.intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
        }
    }

    /** Rows of few weights: each is summed and finished in registers. */
    private static void linear(
            float[] values, int[] columns, int[] at, int first, int rows, float @Nullable [] biases, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ActivationPanels.ROW_BYTES) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            for (int k = at[first + r]; k < at[first + r + 1]; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 4 * BYTES, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 5 * BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 6 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 7 * BYTES, ORDER), a7);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            a0.add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            a4.add(zero).intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
            a5.add(zero).intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
            a6.add(zero).intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
            a7.add(zero).intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
        }
    }

    private static void relu(
            float[] values, int[] columns, int[] at, int first, int rows, float @Nullable [] biases, long x, long out) {
        long o = out;
        for (int r = 0; r < rows; r++, o += ActivationPanels.ROW_BYTES) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            for (int k = at[first + r]; k < at[first + r + 1]; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 4 * BYTES, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 5 * BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 6 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 7 * BYTES, ORDER), a7);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            a0.blend(zero, a0.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            a4.blend(zero, a4.compare(VectorOperators.LT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
            a5.blend(zero, a5.compare(VectorOperators.LT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
            a6.blend(zero, a6.compare(VectorOperators.LT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
            a7.blend(zero, a7.compare(VectorOperators.LT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
        }
    }

    private static void gated(
            float[] values,
            int[] columns,
            int[] at,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out,
            long gate) {
        long o = out;
        long g = gate;
        for (int r = 0; r < rows; r++, o += ActivationPanels.ROW_BYTES, g += ActivationPanels.ROW_BYTES) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases == null ? 0f : biases[first + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            for (int k = at[first + r]; k < at[first + r + 1]; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
                long in = x + columns[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 4 * BYTES, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 5 * BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 6 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, in + 7 * BYTES, ORDER), a7);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            zero.blend(
                            a0,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o, ORDER);
            zero.blend(
                            a1,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + BYTES, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + BYTES, ORDER);
            zero.blend(
                            a2,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 2 * BYTES, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            zero.blend(
                            a3,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 3 * BYTES, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            zero.blend(
                            a4,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 4 * BYTES, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
            zero.blend(
                            a5,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 5 * BYTES, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
            zero.blend(
                            a6,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 6 * BYTES, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
            zero.blend(
                            a7,
                            FloatVector.fromMemorySegment(FLOATS, MEMORY, g + 7 * BYTES, ORDER)
                                    .compare(VectorOperators.GT, zero))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
        }
    }
}
