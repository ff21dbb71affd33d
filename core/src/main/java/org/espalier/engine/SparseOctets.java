package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.Kernels.Finish;
import org.jspecify.annotations.Nullable;

/**
 * {@link SparseProduct} with registers of 256 bits: a row of activations is eight of them, which is as many chains as two
 * ports need to hide a multiply-add's latency of four cycles. So one row is summed at a time, all of its examples together,
 * and each weight and its column are read once. What is left is the nearest cache's bandwidth: eight registers and a weight
 * at two loads a cycle, 4.5 cycles for 4 cycles of multiply-adds. Offsets are addresses in {@link Lanes#MEMORY}.
 */
final class SparseOctets {
    private SparseOctets() {}

    /** See {@link Kernels#sparse}. */
    static void run(
            float[] values,
            RowCuts cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out,
            Finish finish,
            long gate) {
        if (cuts.blocks() > 1) {
            blocks(values, cuts, columns, first, rows, biases, x, out);
            Finishing.run(out, rows, finish, gate);
            return;
        }
        for (int r = 0; r < rows; r++) {
            long row = r * Panels.ROW_BYTES;
            int from = cuts.from(first + r);
            int to = cuts.to(first + r);
            float bias = biases == null ? 0f : biases[first + r];
            switch (finish) {
                case LINEAR -> linear(values, columns, from, to, bias, x, out + row);
                case RELU -> relu(values, columns, from, to, bias, x, out + row);
                case GATE -> gated(values, columns, from, to, bias, x, out + row, gate + row);
            }
        }
    }

    /** Rows of many weights, block by block; sums stand in the output between blocks. */
    private static void blocks(
            float[] values,
            RowCuts cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            long x,
            long out) {
        int[] at = cuts.cuts();
        for (int r = 0; r < rows; r++) {
            float bias = biases == null ? 0f : biases[first + r];
            begin(values, columns, at[first + r], at[cuts.rows() + first + r], bias, x, out + r * Panels.ROW_BYTES);
        }
        for (int b = 1; b < cuts.blocks(); b++) {
            int from = b * cuts.rows() + first;
            int to = from + cuts.rows();
            for (int r = 0; r < rows; r++) {
                goOn(values, columns, at[from + r], at[to + r], x, out + r * Panels.ROW_BYTES);
            }
        }
    }

    private static void begin(float[] values, int[] columns, int from, int to, float bias, long x, long o) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
            a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a4);
            a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), a5);
            a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a6);
            a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), a7);
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

    private static void goOn(float[] values, int[] columns, int from, int to, long x, long o) {
        FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 3 * BYTES, ORDER);
        FloatVector a4 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 4 * BYTES, ORDER);
        FloatVector a5 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 5 * BYTES, ORDER);
        FloatVector a6 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 6 * BYTES, ORDER);
        FloatVector a7 = FloatVector.fromMemorySegment(FLOATS, MEMORY, o + 7 * BYTES, ORDER);
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
            a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a4);
            a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), a5);
            a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a6);
            a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), a7);
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

    private static void linear(float[] values, int[] columns, int from, int to, float bias, long x, long o) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
            a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a4);
            a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), a5);
            a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a6);
            a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), a7);
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

    private static void relu(float[] values, int[] columns, int from, int to, float bias, long x, long o) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
            a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a4);
            a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), a5);
            a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a6);
            a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), a7);
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        a0.blend(zero, a0.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
        a1.blend(zero, a1.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.blend(zero, a2.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.blend(zero, a3.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
        a4.blend(zero, a4.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
        a5.blend(zero, a5.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
        a6.blend(zero, a6.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
        a7.blend(zero, a7.compare(VectorOperators.LT, zero)).add(zero).intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
    }

    private static void gated(float[] values, int[] columns, int from, int to, float bias, long x, long o, long gate) {
        FloatVector a0 = FloatVector.broadcast(FLOATS, bias);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int k = from; k < to; k++) {
            FloatVector weight = FloatVector.broadcast(FLOATS, values[k]);
            long at = x + columns[k];
            a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER), a0);
            a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER), a1);
            a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER), a2);
            a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER), a3);
            a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BYTES, ORDER), a4);
            a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BYTES, ORDER), a5);
            a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BYTES, ORDER), a6);
            a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BYTES, ORDER), a7);
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
        zero.blend(
                        a4,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + 4 * BYTES, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
        zero.blend(
                        a5,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + 5 * BYTES, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
        zero.blend(
                        a6,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + 6 * BYTES, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
        zero.blend(
                        a7,
                        FloatVector.fromMemorySegment(FLOATS, MEMORY, gate + 7 * BYTES, ORDER)
                                .compare(VectorOperators.GT, zero))
                .add(zero)
                .intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
    }
}
