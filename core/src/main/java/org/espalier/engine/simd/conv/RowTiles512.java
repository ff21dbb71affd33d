package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Tiles of positions of one output channel after the other: one broadcast serves the multiply-adds of all positions, each with
 * one operand in memory.
 */
final class RowTiles512 {
    private RowTiles512() {}

    static void six(
            float[] values,
            int shift,
            int[] starts,
            int[] offsets,
            int rows,
            float[] biases,
            int row,
            long[] windows,
            long[] places,
            int n,
            long in,
            long out,
            long channel,
            float below,
            boolean gated,
            long gate) {
        long x0 = in + windows[n];
        long x1 = in + windows[n + 1];
        long x2 = in + windows[n + 2];
        long x3 = in + windows[n + 3];
        long x4 = in + windows[n + 4];
        long x5 = in + windows[n + 5];
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        long base = out;
        for (int r = 0; r < rows; r++, base += channel) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            FloatVector a8 = a0;
            FloatVector a9 = a0;
            FloatVector a10 = a0;
            FloatVector a11 = a0;
            FloatVector a12 = a0;
            FloatVector a13 = a0;
            FloatVector a14 = a0;
            FloatVector a15 = a0;
            FloatVector a16 = a0;
            FloatVector a17 = a0;
            FloatVector a18 = a0;
            FloatVector a19 = a0;
            FloatVector a20 = a0;
            FloatVector a21 = a0;
            FloatVector a22 = a0;
            FloatVector a23 = a0;
            int end = starts[r + 1];
            for (int k = starts[r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k + shift]);
                long offset = offsets[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 2 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 3 * BYTES, ORDER), a7);
                a8 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset, ORDER), a8);
                a9 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + BYTES, ORDER), a9);
                a10 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 2 * BYTES, ORDER), a10);
                a11 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 3 * BYTES, ORDER), a11);
                a12 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset, ORDER), a12);
                a13 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset + BYTES, ORDER), a13);
                a14 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset + 2 * BYTES, ORDER), a14);
                a15 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset + 3 * BYTES, ORDER), a15);
                a16 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + offset, ORDER), a16);
                a17 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + offset + BYTES, ORDER), a17);
                a18 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + offset + 2 * BYTES, ORDER), a18);
                a19 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x4 + offset + 3 * BYTES, ORDER), a19);
                a20 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + offset, ORDER), a20);
                a21 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + offset + BYTES, ORDER), a21);
                a22 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + offset + 2 * BYTES, ORDER), a22);
                a23 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x5 + offset + 3 * BYTES, ORDER), a23);
            }
            long o = base + places[n];
            a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 1];
            a4.blend(zero, a4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a5.blend(zero, a5.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a6.blend(zero, a6.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a7.blend(zero, a7.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 2];
            a8.blend(zero, a8.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a9.blend(zero, a9.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a10.blend(zero, a10.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a11.blend(zero, a11.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 3];
            a12.blend(zero, a12.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a13.blend(zero, a13.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a14.blend(zero, a14.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a15.blend(zero, a15.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 4];
            a16.blend(zero, a16.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a17.blend(zero, a17.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a18.blend(zero, a18.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a19.blend(zero, a19.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 5];
            a20.blend(zero, a20.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a21.blend(zero, a21.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a22.blend(zero, a22.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a23.blend(zero, a23.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            if (gated) {
                Gate.run(base, gate + (base - out), places, n, 6);
            }
        }
    }

    static void four(
            float[] values,
            int shift,
            int[] starts,
            int[] offsets,
            int rows,
            float[] biases,
            int row,
            long[] windows,
            long[] places,
            int n,
            long in,
            long out,
            long channel,
            float below,
            boolean gated,
            long gate) {
        long x0 = in + windows[n];
        long x1 = in + windows[n + 1];
        long x2 = in + windows[n + 2];
        long x3 = in + windows[n + 3];
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        long base = out;
        for (int r = 0; r < rows; r++, base += channel) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            FloatVector a8 = a0;
            FloatVector a9 = a0;
            FloatVector a10 = a0;
            FloatVector a11 = a0;
            FloatVector a12 = a0;
            FloatVector a13 = a0;
            FloatVector a14 = a0;
            FloatVector a15 = a0;
            int end = starts[r + 1];
            for (int k = starts[r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k + shift]);
                long offset = offsets[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 2 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 3 * BYTES, ORDER), a7);
                a8 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset, ORDER), a8);
                a9 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + BYTES, ORDER), a9);
                a10 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 2 * BYTES, ORDER), a10);
                a11 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 3 * BYTES, ORDER), a11);
                a12 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset, ORDER), a12);
                a13 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset + BYTES, ORDER), a13);
                a14 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset + 2 * BYTES, ORDER), a14);
                a15 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x3 + offset + 3 * BYTES, ORDER), a15);
            }
            long o = base + places[n];
            a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 1];
            a4.blend(zero, a4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a5.blend(zero, a5.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a6.blend(zero, a6.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a7.blend(zero, a7.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 2];
            a8.blend(zero, a8.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a9.blend(zero, a9.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a10.blend(zero, a10.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a11.blend(zero, a11.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 3];
            a12.blend(zero, a12.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a13.blend(zero, a13.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a14.blend(zero, a14.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a15.blend(zero, a15.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            if (gated) {
                Gate.run(base, gate + (base - out), places, n, 4);
            }
        }
    }

    static void three(
            float[] values,
            int shift,
            int[] starts,
            int[] offsets,
            int rows,
            float[] biases,
            int row,
            long[] windows,
            long[] places,
            int n,
            long in,
            long out,
            long channel,
            float below,
            boolean gated,
            long gate) {
        long x0 = in + windows[n];
        long x1 = in + windows[n + 1];
        long x2 = in + windows[n + 2];
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        long base = out;
        for (int r = 0; r < rows; r++, base += channel) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            FloatVector a8 = a0;
            FloatVector a9 = a0;
            FloatVector a10 = a0;
            FloatVector a11 = a0;
            int end = starts[r + 1];
            for (int k = starts[r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k + shift]);
                long offset = offsets[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 2 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 3 * BYTES, ORDER), a7);
                a8 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset, ORDER), a8);
                a9 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + BYTES, ORDER), a9);
                a10 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 2 * BYTES, ORDER), a10);
                a11 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x2 + offset + 3 * BYTES, ORDER), a11);
            }
            long o = base + places[n];
            a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 1];
            a4.blend(zero, a4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a5.blend(zero, a5.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a6.blend(zero, a6.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a7.blend(zero, a7.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 2];
            a8.blend(zero, a8.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a9.blend(zero, a9.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a10.blend(zero, a10.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a11.blend(zero, a11.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            if (gated) {
                Gate.run(base, gate + (base - out), places, n, 3);
            }
        }
    }

    static void two(
            float[] values,
            int shift,
            int[] starts,
            int[] offsets,
            int rows,
            float[] biases,
            int row,
            long[] windows,
            long[] places,
            int n,
            long in,
            long out,
            long channel,
            float below,
            boolean gated,
            long gate) {
        long x0 = in + windows[n];
        long x1 = in + windows[n + 1];
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        long base = out;
        for (int r = 0; r < rows; r++, base += channel) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            int end = starts[r + 1];
            for (int k = starts[r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k + shift]);
                long offset = offsets[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 3 * BYTES, ORDER), a3);
                a4 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset, ORDER), a4);
                a5 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + BYTES, ORDER), a5);
                a6 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 2 * BYTES, ORDER), a6);
                a7 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x1 + offset + 3 * BYTES, ORDER), a7);
            }
            long o = base + places[n];
            a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            o = base + places[n + 1];
            a4.blend(zero, a4.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a5.blend(zero, a5.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a6.blend(zero, a6.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a7.blend(zero, a7.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            if (gated) {
                Gate.run(base, gate + (base - out), places, n, 2);
            }
        }
    }

    static void one(
            float[] values,
            int shift,
            int[] starts,
            int[] offsets,
            int rows,
            float[] biases,
            int row,
            long[] windows,
            long[] places,
            int n,
            long in,
            long out,
            long channel,
            float below,
            boolean gated,
            long gate) {
        long x0 = in + windows[n];
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector limit = FloatVector.broadcast(FLOATS, below);
        long base = out;
        for (int r = 0; r < rows; r++, base += channel) {
            FloatVector a0 = FloatVector.broadcast(FLOATS, biases[row + r]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int end = starts[r + 1];
            for (int k = starts[r]; k < end; k++) {
                FloatVector weight = FloatVector.broadcast(FLOATS, values[k + shift]);
                long offset = offsets[k];
                a0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset, ORDER), a0);
                a1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + BYTES, ORDER), a1);
                a2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 2 * BYTES, ORDER), a2);
                a3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, MEMORY, x0 + offset + 3 * BYTES, ORDER), a3);
            }
            long o = base + places[n];
            a0.blend(zero, a0.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o, ORDER);
            a1.blend(zero, a1.compare(VectorOperators.LT, limit)).add(zero).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a2.blend(zero, a2.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            a3.blend(zero, a3.compare(VectorOperators.LT, limit))
                    .add(zero)
                    .intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            if (gated) {
                Gate.run(base, gate + (base - out), places, n, 1);
            }
        }
    }
}
