package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.MEMORY;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.WIDE;

import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients of all weights of a dense layer. With every weight wanted, lanes run over inputs instead of examples:
 * panels are turned once ({@link PanelTurn}), and each of {@link BatchSum}'s 16 columns is a chain of multiply-adds
 * by one delta, so that the tree is plain additions without a shuffle. A block is 4 outputs x 2 registers of inputs.
 * Offsets are addresses in {@link Lanes#MEMORY}.
 */
final class DenseGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int OUTPUTS = 4;
    private static final int COLUMNS = BatchSum.COLUMNS;
    /** Bytes of inputs to one delta. */
    private static final long STEP = PanelTurn.ROW / OUTPUTS;
    /** Bytes of a block's sums. */
    private static final long BLOCK = OUTPUTS * 2 * BYTES;

    private DenseGradient() {}

    static void run(long delta, int outputs, long x, int inputs, int panels, float[] out, GradientScratch scratch) {
        if (outputs < OUTPUTS) {
            oneByOne(delta, outputs, x, inputs, panels, out);
            return;
        }
        int lanes = Panels.LANES * panels;
        long turned = scratch.memory().address();
        long partials = turned + GradientScratch.turned(inputs, panels);
        PanelTurn.run(x, inputs, panels, turned, partials + GradientScratch.PARTIALS);
        float[] deltas = scratch.deltas();
        int blocks = (outputs + OUTPUTS - 1) / OUTPUTS;
        for (int b = 0; b < blocks; b++) {
            gather(delta, first(b, outputs), outputs, panels, deltas, b * lanes * OUTPUTS);
        }
        for (int i = 0; i < inputs; i += 2 * LENGTH) {
            long at = turned + i / (2 * LENGTH) * PanelTurn.block(panels);
            for (int b = 0; b < blocks; b++) {
                int from = b * lanes * OUTPUTS;
                int to = first(b, outputs) * inputs + i;
                if (WIDE) {
                    pairs(deltas, from, lanes * OUTPUTS / (COLUMNS / 2), at - from * STEP, partials);
                } else {
                    columns(deltas, from, lanes * OUTPUTS / COLUMNS, at - from * STEP, partials + BLOCK, partials);
                }
                for (int r = 0; r < OUTPUTS; r++) {
                    for (int v = 0; v < 2 && i + v * LENGTH < inputs; v++) {
                        long sums = partials + (2 * r + v) * BYTES;
                        int at0 = to + r * inputs + v * LENGTH;
                        if (WIDE) {
                            tree(sums, out, at0, inputs - i - v * LENGTH);
                        } else {
                            put(sums, out, at0, inputs - i - v * LENGTH);
                        }
                    }
                }
            }
        }
    }

    /** First output of a block; the last block may overlap the one before, and repeats the same values. */
    private static int first(int block, int outputs) {
        return Math.min(block * OUTPUTS, outputs - OUTPUTS);
    }

    /**
     * Four outputs' deltas to [place of lane][output], as {@link PanelTurn} places them, on the heap: they are broadcast
     * one by one, which is one load from an array but not from native memory.
     */
    private static void gather(long delta, int output, int outputs, int panels, float[] deltas, int to) {
        for (int lane = 0; lane < panels * Panels.LANES; lane++) {
            long from = delta
                    + ((long) lane / Panels.LANES * outputs + output) * Panels.ROW_BYTES
                    + lane % Panels.LANES * 4;
            int at = to + PanelTurn.place(lane, panels) * OUTPUTS;
            deltas[at] = MEMORY.get(FLOAT, from);
            deltas[at + 1] = MEMORY.get(FLOAT, from + Panels.ROW_BYTES);
            deltas[at + 2] = MEMORY.get(FLOAT, from + 2 * Panels.ROW_BYTES);
            deltas[at + 3] = MEMORY.get(FLOAT, from + 3 * Panels.ROW_BYTES);
        }
    }

    /** Layers of fewer outputs than a block. */
    private static void oneByOne(long delta, int outputs, long x, int inputs, int panels, float[] out) {
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                out[o * inputs + i] = BatchSum.dot(
                        MEMORY,
                        delta + o * Panels.ROW_BYTES,
                        outputs * Panels.ROW_BYTES,
                        MEMORY,
                        x + i * Panels.ROW_BYTES,
                        inputs * Panels.ROW_BYTES,
                        panels);
            }
        }
    }

    /**
     * The eight sums of columns c and c + 8, c from 0, of four outputs and two registers of inputs: sixteen chains each.
     * One method, because a call for each c costs as much as its sums.
     *
     * @param length deltas to a c
     * @param x where the inputs would stand if the deltas began at 0
     */
    private static void pairs(float[] deltas, int d, int length, long x, long o) {
        for (int end = d + COLUMNS / 2 * length; d < end; d += length, o += OUTPUTS * 2 * BYTES) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector b2 = a0;
            FloatVector b3 = a0;
            FloatVector e0 = a0;
            FloatVector e1 = a0;
            FloatVector e2 = a0;
            FloatVector e3 = a0;
            FloatVector f0 = a0;
            FloatVector f1 = a0;
            FloatVector f2 = a0;
            FloatVector f3 = a0;
            for (int k = d; k < d + length; k += 2 * OUTPUTS) {
                long from = x + k * STEP;
                FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from, ORDER);
                FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + BYTES, ORDER);
                FloatVector delta = FloatVector.broadcast(FLOATS, deltas[k]);
                a0 = delta.fma(x0, a0);
                b0 = delta.fma(x1, b0);
                delta = FloatVector.broadcast(FLOATS, deltas[k + 1]);
                a1 = delta.fma(x0, a1);
                b1 = delta.fma(x1, b1);
                delta = FloatVector.broadcast(FLOATS, deltas[k + 2]);
                a2 = delta.fma(x0, a2);
                b2 = delta.fma(x1, b2);
                delta = FloatVector.broadcast(FLOATS, deltas[k + 3]);
                a3 = delta.fma(x0, a3);
                b3 = delta.fma(x1, b3);
                x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + PanelTurn.ROW, ORDER);
                x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + PanelTurn.ROW + BYTES, ORDER);
                delta = FloatVector.broadcast(FLOATS, deltas[k + 4]);
                e0 = delta.fma(x0, e0);
                f0 = delta.fma(x1, f0);
                delta = FloatVector.broadcast(FLOATS, deltas[k + 5]);
                e1 = delta.fma(x0, e1);
                f1 = delta.fma(x1, f1);
                delta = FloatVector.broadcast(FLOATS, deltas[k + 6]);
                e2 = delta.fma(x0, e2);
                f2 = delta.fma(x1, f2);
                delta = FloatVector.broadcast(FLOATS, deltas[k + 7]);
                e3 = delta.fma(x0, e3);
                f3 = delta.fma(x1, f3);
            }
            a0.add(e0).intoMemorySegment(MEMORY, o, ORDER);
            b0.add(f0).intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a1.add(e1).intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            b1.add(f1).intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            a2.add(e2).intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
            b2.add(f2).intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
            a3.add(e3).intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
            b3.add(f3).intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
        }
    }

    /**
     * The same for machines of 16 registers, tree and all: eight chains, of four outputs and two registers of inputs, leave
     * room for what they read. Columns come in bit-reversed order, so that the tree's halves are finished one after the
     * other: after column q (in that order) as many halves wait as q has ones, and it joins as many as end it.
     *
     * <p>What holds this back is how many instructions a core starts in a cycle (six on Zen 3), not its multiply-adds. So all
     * columns are one loop, whose bounds are checked once, and a column's end is a branch in it; and a turn is one term, for C2
     * gathers the loads of several, lacks registers and keeps deltas in memory.
     *
     * @param waiting room for the halves that wait
     * @param out receives the sums of output r, register v of inputs at {@code (2 r + v)} registers
     */
    private static void columns(float[] deltas, int d, int length, long x, long waiting, long out) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero;
        FloatVector b0 = zero;
        FloatVector a1 = zero;
        FloatVector b1 = zero;
        FloatVector a2 = zero;
        FloatVector b2 = zero;
        FloatVector a3 = zero;
        FloatVector b3 = zero;
        long top = waiting;
        int q = 0;
        int last = d + length - OUTPUTS;
        for (int k = d; k < d + COLUMNS * length; k += OUTPUTS) {
            long from = x + k * STEP;
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + BYTES, ORDER);
            FloatVector delta = FloatVector.broadcast(FLOATS, deltas[k]);
            a0 = delta.fma(x0, a0);
            b0 = delta.fma(x1, b0);
            delta = FloatVector.broadcast(FLOATS, deltas[k + 1]);
            a1 = delta.fma(x0, a1);
            b1 = delta.fma(x1, b1);
            delta = FloatVector.broadcast(FLOATS, deltas[k + 2]);
            a2 = delta.fma(x0, a2);
            b2 = delta.fma(x1, b2);
            delta = FloatVector.broadcast(FLOATS, deltas[k + 3]);
            a3 = delta.fma(x0, a3);
            b3 = delta.fma(x1, b3);
            if (k == last) {
                last += length;
                for (int ends = q; (ends & 1) != 0; ends >>= 1) {
                    top -= BLOCK;
                    a0 = a0.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top, ORDER));
                    b0 = b0.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top + BYTES, ORDER));
                    a1 = a1.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top + 2 * BYTES, ORDER));
                    b1 = b1.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top + 3 * BYTES, ORDER));
                    a2 = a2.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top + 4 * BYTES, ORDER));
                    b2 = b2.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top + 5 * BYTES, ORDER));
                    a3 = a3.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top + 6 * BYTES, ORDER));
                    b3 = b3.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, top + 7 * BYTES, ORDER));
                }
                if (q == COLUMNS - 1) {
                    top = out;
                }
                a0.intoMemorySegment(MEMORY, top, ORDER);
                b0.intoMemorySegment(MEMORY, top + BYTES, ORDER);
                a1.intoMemorySegment(MEMORY, top + 2 * BYTES, ORDER);
                b1.intoMemorySegment(MEMORY, top + 3 * BYTES, ORDER);
                a2.intoMemorySegment(MEMORY, top + 4 * BYTES, ORDER);
                b2.intoMemorySegment(MEMORY, top + 5 * BYTES, ORDER);
                a3.intoMemorySegment(MEMORY, top + 6 * BYTES, ORDER);
                b3.intoMemorySegment(MEMORY, top + 7 * BYTES, ORDER);
                top += BLOCK;
                q++;
                a0 = zero;
                b0 = zero;
                a1 = zero;
                b1 = zero;
                a2 = zero;
                b2 = zero;
                a3 = zero;
                b3 = zero;
            }
        }
    }

    /** One register of finished sums. The last inputs of a row are masked, so as not to touch the next row. */
    private static void put(long at, float[] out, int to, int lanes) {
        FloatVector sums =
                FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER).add(FloatVector.zero(FLOATS));
        if (lanes >= LENGTH) {
            sums.intoArray(out, to);
        } else {
            sums.intoArray(out, to, FLOATS.indexInRange(0, lanes));
        }
    }

    /** The rest of the tree over eight pairs. The last inputs of a row are masked, so as not to touch the next row. */
    private static void tree(long at, float[] out, int to, int lanes) {
        long step = OUTPUTS * 2 * BYTES;
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * step, ORDER));
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + step, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * step, ORDER));
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * step, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * step, ORDER));
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * step, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * step, ORDER));
        FloatVector sums = s0.add(s2).add(s1.add(s3)).add(FloatVector.zero(FLOATS));
        if (lanes >= LENGTH) {
            sums.intoArray(out, to);
        } else {
            sums.intoArray(out, to, FLOATS.indexInRange(0, lanes));
        }
    }
}
