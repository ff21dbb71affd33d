package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients of all weights of a dense layer. With every weight wanted, lanes run over inputs instead of examples:
 * the panel is turned once to [example][input], and each of {@link BatchSum}'s 16 columns is a chain of
 * multiply-adds by one delta, so that the tree is plain additions without a shuffle. Offsets are
 * addresses in {@link Lanes#MEMORY}.
 */
final class DenseGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int OUTPUTS = 4;
    private static final int COLUMNS = 16;

    private DenseGradient() {}

    static void run(long delta, int outputs, long x, int inputs, int panels, float[] out, long scratch) {
        if (outputs < OUTPUTS) {
            oneByOne(delta, outputs, x, inputs, panels, out);
            return;
        }
        long line = (inputs + 15) / 16 * 64L; // bytes of one example's inputs, whole registers at every width
        turn(x, inputs, panels, scratch, line);
        long partial = scratch + line * Panels.LANES * panels;
        long deltaPanel = outputs * Panels.ROW_BYTES;
        for (long i = 0; i < inputs * 4L; i += BYTES) {
            int lanes = (int) Math.min(LENGTH, inputs - i / 4);
            for (int next = 0; next < outputs; next += OUTPUTS) {
                int o = Math.min(next, outputs - OUTPUTS); // the last block overlaps, and repeats the same values
                for (int c = 0; c < COLUMNS / 2; c++) {
                    long d = delta + o * Panels.ROW_BYTES + c * 4L;
                    pair(d, deltaPanel, scratch + i + c * line, line, panels, partial + c * OUTPUTS * BYTES);
                }
                for (int r = 0; r < OUTPUTS; r++) {
                    tree(partial + r * BYTES, out, (o + r) * inputs + (int) (i / 4), lanes);
                }
            }
        }
    }

    /** Layers of fewer outputs than a block. */
    private static void oneByOne(long delta, int outputs, long x, int inputs, int panels, float[] out) {
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                float sum = BatchSum.dot(
                        MEMORY,
                        delta + o * Panels.ROW_BYTES,
                        outputs * Panels.ROW_BYTES,
                        MEMORY,
                        x + i * Panels.ROW_BYTES,
                        inputs * Panels.ROW_BYTES,
                        panels);
                out[o * inputs + i] = sum;
            }
        }
    }

    /** [panel][input][lane] to [panel][lane][input]. */
    private static void turn(long x, int inputs, int panels, long out, long line) {
        for (int p = 0; p < panels; p++) {
            for (int i = 0; i < inputs; i++) {
                long from = x + ((long) p * inputs + i) * Panels.ROW_BYTES;
                long to = out + (long) p * Panels.LANES * line + i * 4L;
                for (int lane = 0; lane < Panels.LANES; lane++) {
                    MEMORY.set(FLOAT, to + lane * line, MEMORY.get(FLOAT, from + lane * 4L));
                }
            }
        }
    }

    /** Columns c and c + 8 of four outputs, added: eight chains. */
    private static void pair(long d, long deltaPanel, long at, long line, int panels, long o) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        for (int p = 0; p < panels; p++) {
            for (int v = 0; v < Panels.LANES / COLUMNS; v++) {
                FloatVector near = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER);
                FloatVector far = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 8 * line, ORDER);
                long e = d + v * COLUMNS * 4L;
                a0 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e)).fma(near, a0);
                b0 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e + 32)).fma(far, b0);
                a1 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e + Panels.ROW_BYTES))
                        .fma(near, a1);
                b1 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e + Panels.ROW_BYTES + 32))
                        .fma(far, b1);
                a2 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e + 2 * Panels.ROW_BYTES))
                        .fma(near, a2);
                b2 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e + 2 * Panels.ROW_BYTES + 32))
                        .fma(far, b2);
                a3 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e + 3 * Panels.ROW_BYTES))
                        .fma(near, a3);
                b3 = FloatVector.broadcast(FLOATS, MEMORY.get(FLOAT, e + 3 * Panels.ROW_BYTES + 32))
                        .fma(far, b3);
                at += COLUMNS * line;
            }
            d += deltaPanel;
        }
        a0.add(b0).intoMemorySegment(MEMORY, o, ORDER);
        a1.add(b1).intoMemorySegment(MEMORY, o + BYTES, ORDER);
        a2.add(b2).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
        a3.add(b3).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
    }

    /** The rest of the tree over eight pairs; the last inputs of a row one by one, so as not to touch the next row. */
    private static void tree(long at, float[] out, int to, int lanes) {
        long step = OUTPUTS * BYTES;
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * step, ORDER));
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + step, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * step, ORDER));
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * step, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * step, ORDER));
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * step, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * step, ORDER));
        FloatVector sums = s0.add(s2).add(s1.add(s3)).add(FloatVector.zero(FLOATS));
        if (lanes == LENGTH) {
            sums.intoArray(out, to);
        } else {
            sums.intoArray(out, to, FLOATS.indexInRange(0, lanes));
        }
    }
}
