package org.espalier.engine.simd.map;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.GROUPS;
import static org.espalier.engine.simd.Lanes.GROUP_BYTES;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;

/**
 * Pools: four registers of a window's lanes at a time, whose result stays in registers until the window ends. Offsets are
 * addresses in {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class Pools {
    private static final int ROW = (int) ActivationPanels.ROW_BYTES;

    private Pools() {}

    static void max(long x, int rows, int columns, int pitch, int step, int count, long out) {
        for (int n = 0; n < count; n++) {
            for (int g = 0; g < GROUPS; g++) {
                maxWindow(
                        x + (long) n * step + g * GROUP_BYTES,
                        rows,
                        columns,
                        pitch,
                        out + (long) n * ROW + g * GROUP_BYTES);
            }
        }
    }

    private static void maxWindow(long x, int rows, int columns, int pitch, long out) {
        FloatVector a = FloatVector.fromMemorySegment(FLOATS, MEMORY, x, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + BYTES, ORDER);
        FloatVector c = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + 2 * BYTES, ORDER);
        FloatVector d = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + 3 * BYTES, ORDER);
        for (int r = 0; r < rows; r++) {
            long at = x + (long) r * pitch;
            for (int k = 0; k < columns; k++, at += ROW) {
                FloatVector v = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
                a = a.blend(v, v.compare(VectorOperators.GT, a));
                v = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER);
                b = b.blend(v, v.compare(VectorOperators.GT, b));
                v = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER);
                c = c.blend(v, v.compare(VectorOperators.GT, c));
                v = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER);
                d = d.blend(v, v.compare(VectorOperators.GT, d));
            }
        }
        a.intoMemorySegment(MEMORY, out, ORDER);
        b.intoMemorySegment(MEMORY, out + BYTES, ORDER);
        c.intoMemorySegment(MEMORY, out + 2 * BYTES, ORDER);
        d.intoMemorySegment(MEMORY, out + 3 * BYTES, ORDER);
    }

    static void maxGradient(
            long gradient,
            long x,
            long maximum,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            long target,
            boolean add) {
        for (int n = 0; n < count; n++) {
            long place = (long) n * ROW;
            long window = (long) n * step;
            for (long part = 0; part < ROW; part += BYTES) {
                if (add) {
                    addedWindow(
                            gradient + place + part,
                            x + window + part,
                            maximum + place + part,
                            rows,
                            columns,
                            pitch,
                            target + window + part);
                } else {
                    writtenWindow(
                            gradient + place + part,
                            x + window + part,
                            maximum + place + part,
                            rows,
                            columns,
                            pitch,
                            target + window + part);
                }
            }
        }
    }

    private static void addedWindow(
            long gradient, long x, long maximum, int rows, int columns, int pitch, long target) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector rest = FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient, ORDER);
        FloatVector most = FloatVector.fromMemorySegment(FLOATS, MEMORY, maximum, ORDER);
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < columns; k++) {
                long at = (long) r * pitch + (long) k * ROW;
                VectorMask<Float> here = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + at, ORDER)
                        .compare(VectorOperators.EQ, most);
                FloatVector.fromMemorySegment(FLOATS, MEMORY, target + at, ORDER)
                        .add(zero.blend(rest, here))
                        .intoMemorySegment(MEMORY, target + at, ORDER);
                rest = rest.blend(zero, here);
            }
        }
    }

    private static void writtenWindow(
            long gradient, long x, long maximum, int rows, int columns, int pitch, long target) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector rest =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient, ORDER).add(zero);
        FloatVector most = FloatVector.fromMemorySegment(FLOATS, MEMORY, maximum, ORDER);
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < columns; k++) {
                long at = (long) r * pitch + (long) k * ROW;
                VectorMask<Float> here = FloatVector.fromMemorySegment(FLOATS, MEMORY, x + at, ORDER)
                        .compare(VectorOperators.EQ, most);
                zero.blend(rest, here).intoMemorySegment(MEMORY, target + at, ORDER);
                rest = rest.blend(zero, here);
            }
        }
    }

    static void average(long x, int rows, int columns, int pitch, int step, int count, float share, long out) {
        for (int n = 0; n < count; n++) {
            for (int g = 0; g < GROUPS; g++) {
                averageWindow(
                        x + (long) n * step + g * GROUP_BYTES,
                        rows,
                        columns,
                        pitch,
                        share,
                        out + (long) n * ROW + g * GROUP_BYTES);
            }
        }
    }

    private static void averageWindow(long x, int rows, int columns, int pitch, float share, long out) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector factor = FloatVector.broadcast(FLOATS, share);
        FloatVector a = zero;
        FloatVector b = zero;
        FloatVector c = zero;
        FloatVector d = zero;
        for (int r = 0; r < rows; r++) {
            long at = x + (long) r * pitch;
            for (int k = 0; k < columns; k++, at += ROW) {
                a = a.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER));
                b = b.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BYTES, ORDER));
                c = c.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BYTES, ORDER));
                d = d.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BYTES, ORDER));
            }
        }
        a.mul(factor).add(zero).intoMemorySegment(MEMORY, out, ORDER);
        b.mul(factor).add(zero).intoMemorySegment(MEMORY, out + BYTES, ORDER);
        c.mul(factor).add(zero).intoMemorySegment(MEMORY, out + 2 * BYTES, ORDER);
        d.mul(factor).add(zero).intoMemorySegment(MEMORY, out + 3 * BYTES, ORDER);
    }

    static void averageGradient(
            long gradient,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            float share,
            long target,
            boolean add) {
        for (int n = 0; n < count; n++) {
            for (long part = 0; part < ROW; part += BYTES) {
                spread(
                        gradient + (long) n * ROW + part,
                        rows,
                        columns,
                        pitch,
                        share,
                        target + (long) n * step + part,
                        add);
            }
        }
    }

    private static void spread(long gradient, int rows, int columns, int pitch, float share, long target, boolean add) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector each =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient, ORDER).mul(share);
        for (int r = 0; r < rows; r++) {
            long at = target + (long) r * pitch;
            for (int k = 0; k < columns; k++, at += ROW) {
                FloatVector held = add ? FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER) : zero;
                held.add(each).intoMemorySegment(MEMORY, at, ORDER);
            }
        }
    }
}
