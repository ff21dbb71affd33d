package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.all;
import static org.espalier.engine.Lanes.load;
import static org.espalier.engine.Lanes.zero;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients of all weights of a dense layer. With every weight wanted, lanes run over inputs instead of examples:
 * the panel is turned once to [example][input], and each of {@link BatchSum}'s 16 columns is a chain of
 * multiply-adds by one delta, so that the tree is plain additions without a shuffle.
 */
final class DenseGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int OUTPUTS = 4;
    private static final int COLUMNS = 16;

    private DenseGradient() {}

    static void run(
            MemorySegment delta,
            long deltaOffset,
            int outputs,
            MemorySegment x,
            long xOffset,
            int inputs,
            int panels,
            MemorySegment out,
            MemorySegment scratch) {
        long line = (inputs + 15) / 16 * 64L; // bytes of one example's inputs, whole registers at every width
        turn(x, xOffset, inputs, panels, scratch, line);
        long partial = line * Panels.LANES * panels;
        for (long i = 0; i < inputs * 4L; i += BYTES) {
            int o = 0;
            for (; o + OUTPUTS <= outputs; o += OUTPUTS) {
                for (int c = 0; c < COLUMNS / 2; c++) {
                    pair(
                            delta,
                            deltaOffset + o * Panels.ROW_BYTES + c * 4L,
                            outputs * Panels.ROW_BYTES,
                            scratch,
                            i + c * line,
                            line,
                            panels,
                            scratch,
                            partial + c * OUTPUTS * BYTES);
                }
                for (int r = 0; r < OUTPUTS; r++) {
                    FloatVector sums = tree(scratch, partial + r * BYTES);
                    put(sums, out, (o + r) * inputs * 4L + i, (int) Math.min(LENGTH, inputs - i / 4));
                }
            }
            for (; o < outputs; o++) {
                int lanes = (int) Math.min(LENGTH, inputs - i / 4);
                for (int lane = 0; lane < lanes; lane++) {
                    int input = (int) (i / 4) + lane;
                    out.set(
                            FLOAT,
                            ((long) o * inputs + input) * 4,
                            BatchSum.dot(
                                    delta,
                                    deltaOffset + o * Panels.ROW_BYTES,
                                    outputs * Panels.ROW_BYTES,
                                    x,
                                    xOffset + input * Panels.ROW_BYTES,
                                    inputs * Panels.ROW_BYTES,
                                    panels));
                }
            }
        }
    }

    /** [panel][input][lane] to [panel][lane][input]. */
    private static void turn(MemorySegment x, long xOffset, int inputs, int panels, MemorySegment out, long line) {
        for (int p = 0; p < panels; p++) {
            for (int i = 0; i < inputs; i++) {
                long from = xOffset + ((long) p * inputs + i) * Panels.ROW_BYTES;
                long to = (long) p * Panels.LANES * line + i * 4L;
                for (int lane = 0; lane < Panels.LANES; lane++) {
                    out.set(FLOAT, to + lane * line, x.get(FLOAT, from + lane * 4L));
                }
            }
        }
    }

    /** Columns c and c + 8 of four outputs, added: eight chains. */
    private static void pair(
            MemorySegment delta,
            long d,
            long deltaPanel,
            MemorySegment x,
            long at,
            long line,
            int panels,
            MemorySegment out,
            long o) {
        FloatVector a0 = zero();
        FloatVector a1 = zero();
        FloatVector a2 = zero();
        FloatVector a3 = zero();
        FloatVector b0 = zero();
        FloatVector b1 = zero();
        FloatVector b2 = zero();
        FloatVector b3 = zero();
        for (int p = 0; p < panels; p++) {
            for (int v = 0; v < Panels.LANES / COLUMNS; v++) {
                FloatVector near = load(x, at);
                FloatVector far = load(x, at + 8 * line);
                long e = d + v * COLUMNS * 4L;
                a0 = all(delta.get(FLOAT, e)).fma(near, a0);
                b0 = all(delta.get(FLOAT, e + 32)).fma(far, b0);
                a1 = all(delta.get(FLOAT, e + Panels.ROW_BYTES)).fma(near, a1);
                b1 = all(delta.get(FLOAT, e + Panels.ROW_BYTES + 32)).fma(far, b1);
                a2 = all(delta.get(FLOAT, e + 2 * Panels.ROW_BYTES)).fma(near, a2);
                b2 = all(delta.get(FLOAT, e + 2 * Panels.ROW_BYTES + 32)).fma(far, b2);
                a3 = all(delta.get(FLOAT, e + 3 * Panels.ROW_BYTES)).fma(near, a3);
                b3 = all(delta.get(FLOAT, e + 3 * Panels.ROW_BYTES + 32)).fma(far, b3);
                at += COLUMNS * line;
            }
            d += deltaPanel;
        }
        a0.add(b0).intoMemorySegment(out, o, ORDER);
        a1.add(b1).intoMemorySegment(out, o + BYTES, ORDER);
        a2.add(b2).intoMemorySegment(out, o + 2 * BYTES, ORDER);
        a3.add(b3).intoMemorySegment(out, o + 3 * BYTES, ORDER);
    }

    /** The rest of the tree over eight pairs. */
    private static FloatVector tree(MemorySegment partial, long at) {
        long step = OUTPUTS * BYTES;
        FloatVector s0 = load(partial, at).add(load(partial, at + 4 * step));
        FloatVector s1 = load(partial, at + step).add(load(partial, at + 5 * step));
        FloatVector s2 = load(partial, at + 2 * step).add(load(partial, at + 6 * step));
        FloatVector s3 = load(partial, at + 3 * step).add(load(partial, at + 7 * step));
        return s0.add(s2).add(s1.add(s3)).add(zero());
    }

    /** Whole registers are stored as they are; the last inputs of a row one by one, so as not to touch the next row. */
    private static void put(FloatVector sums, MemorySegment out, long offset, int lanes) {
        if (lanes == LENGTH) {
            sums.intoMemorySegment(out, offset, ORDER);
        } else {
            sums.intoMemorySegment(out, offset, ORDER, Lanes.FLOATS.indexInRange(0, lanes));
        }
    }
}
