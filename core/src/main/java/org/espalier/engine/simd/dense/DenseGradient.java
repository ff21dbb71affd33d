package org.espalier.engine.simd.dense;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;
import static org.espalier.engine.simd.Lanes.WIDE;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.simd.Lanes;

/**
 * Gradients of all weights of a dense layer. With every weight wanted, lanes run over inputs instead of examples:
 * panels are transposed once ({@link PanelTranspose}), and each of {@link FixedOrderSum}'s 16 columns is a chain of multiply-adds
 * by one delta, so that the tree is plain additions without a shuffle. A block is 4 outputs x 2 registers of inputs.
 * Offsets are addresses in {@link Lanes#MEMORY}.
 */
public final class DenseGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    /** Outputs to a block. */
    static final int OUTPUTS = GradientScratch.OUTPUTS;

    private static final int COLUMNS = FixedOrderSum.COLUMNS;
    /** Bytes of inputs to one delta. */
    private static final long STEP = PanelTranspose.ROW / OUTPUTS;
    /** Bytes of a block's sums. */
    private static final long BLOCK = OUTPUTS * 2 * BYTES;

    private DenseGradient() {}

    /**
     * See {@link Kernels#denseGradient}.
     *
     * @param skip whether to leave out deltas that are zero
     */
    public static void run(
            long delta,
            int outputs,
            long x,
            int inputs,
            int panels,
            boolean skip,
            float[] out,
            GradientScratch scratch) {
        if (outputs < OUTPUTS) {
            oneByOne(delta, outputs, x, inputs, panels, out);
            return;
        }
        int lanes = ActivationPanels.LANES * panels;
        long transposed = scratch.memory().address();
        long partials = transposed + GradientScratch.transposed(inputs, panels);
        PanelTranspose.run(x, inputs, panels, transposed, partials + GradientScratch.PARTIALS);
        boolean quiet = skip && NonZeroGradient.quiet(delta, outputs, panels, scratch.counts());
        int taken = quiet
                ? NonZeroGradient.order(outputs, lanes, scratch)
                : NonZeroGradient.inOrder(outputs, scratch.outputs());
        for (int n = taken; n < outputs; n++) {
            int silent = scratch.outputs()[n];
            Arrays.fill(out, silent * inputs, (silent + 1) * inputs, 0f);
        }
        int blocks = (taken + OUTPUTS - 1) / OUTPUTS;
        for (int b = 0; b < blocks; b++) {
            gather(delta, scratch.outputs(), first(b, taken), outputs, panels, scratch.deltas(), b * lanes * OUTPUTS);
        }
        boolean listed = quiet && !WIDE;
        if (listed) {
            NonZeroGradient.find(scratch, blocks, lanes);
        }
        for (int i = 0; i < inputs; i += 2 * LENGTH) {
            long at = transposed + i / (2 * LENGTH) * PanelTranspose.block(panels);
            for (int b = 0; b < blocks; b++) {
                block(scratch, b, lanes, listed, at, partials);
                finish(scratch.outputs(), first(b, taken), partials, out, inputs, i);
            }
        }
    }

    /** From a block's sums to the gradients of two registers of inputs. */
    private static void finish(int[] outputs, int first, long partials, float[] out, int inputs, int input) {
        int lanes = inputs - input;
        for (int r = 0; r < OUTPUTS; r++) {
            long sums = partials + 2 * r * BYTES;
            int to = outputs[first + r] * inputs + input;
            put(sums, out, to, lanes);
            if (lanes > LENGTH) {
                put(sums + BYTES, out, to + LENGTH, lanes - LENGTH);
            }
        }
    }

    /** One register of gradients. The last inputs of a row are masked, so as not to touch the next row. */
    private static void put(long sums, float[] out, int to, int lanes) {
        if (WIDE) {
            tree(sums, out, to, lanes);
        } else {
            halves(sums, out, to, lanes);
        }
    }

    /** Sums of one block of outputs and two registers of inputs. */
    private static void block(GradientScratch scratch, int block, int lanes, boolean listed, long x, long partials) {
        float[] deltas = scratch.deltas();
        int from = block * lanes * OUTPUTS;
        long at = x - from * STEP;
        if (WIDE) {
            pairs(deltas, from, lanes * OUTPUTS / (COLUMNS / 2), at, partials);
            return;
        }
        if (listed && scratch.ends()[(block + 1) * COLUMNS - 1] >= 0) {
            terms(deltas, scratch.terms(), scratch.ends(), block, block * lanes, at, partials);
        } else {
            columns(deltas, from, lanes * OUTPUTS / COLUMNS, at, partials);
        }
    }

    /** First output of a block; the last block may overlap the one before, and repeats the same values. */
    private static int first(int block, int outputs) {
        return Math.min(block * OUTPUTS, outputs - OUTPUTS);
    }

    /**
     * Four outputs' deltas to [place of lane][output], as {@link PanelTranspose} places them, on the heap: they are broadcast
     * one by one, which is one load from an array but not from native memory.
     */
    private static void gather(long delta, int[] order, int first, int outputs, int panels, float[] deltas, int to) {
        long row0 = order[first] * ActivationPanels.ROW_BYTES;
        long row1 = order[first + 1] * ActivationPanels.ROW_BYTES;
        long row2 = order[first + 2] * ActivationPanels.ROW_BYTES;
        long row3 = order[first + 3] * ActivationPanels.ROW_BYTES;
        for (int lane = 0; lane < panels * ActivationPanels.LANES; lane++) {
            long from = delta
                    + (long) lane / ActivationPanels.LANES * outputs * ActivationPanels.ROW_BYTES
                    + lane % ActivationPanels.LANES * 4;
            int at = to + PanelTranspose.place(lane, panels) * OUTPUTS;
            deltas[at] = MEMORY.get(FLOAT, from + row0);
            deltas[at + 1] = MEMORY.get(FLOAT, from + row1);
            deltas[at + 2] = MEMORY.get(FLOAT, from + row2);
            deltas[at + 3] = MEMORY.get(FLOAT, from + row3);
        }
    }

    /** Layers of fewer outputs than a block. */
    private static void oneByOne(long delta, int outputs, long x, int inputs, int panels, float[] out) {
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                out[o * inputs + i] = FixedOrderSum.dot(
                        MEMORY,
                        delta + o * ActivationPanels.ROW_BYTES,
                        outputs * ActivationPanels.ROW_BYTES,
                        MEMORY,
                        x + i * ActivationPanels.ROW_BYTES,
                        inputs * ActivationPanels.ROW_BYTES,
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
                x0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + PanelTranspose.ROW, ORDER);
                x1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, from + PanelTranspose.ROW + BYTES, ORDER);
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
     * The same for machines of 16 registers: eight chains, of four outputs and two registers of inputs, leave room for what
     * they read. Columns come in bit-reversed order, so that the tree of {@link #halves} joins neighbours.
     *
     * <p>What holds this back is how many instructions a core starts in a cycle (six on Zen 3), not its multiply-adds. So all
     * columns are one loop, whose bounds are checked once, and a column's end is a branch in it; and a turn is one term, for C2
     * gathers the loads of several, lacks registers and keeps deltas in memory. The tree is a method of its own: with it
     * in this one, C2 found it too large in some launches, and boxed.
     *
     * @param out receives column q's sums of output r, register v of inputs at {@code (8 q + 2 r + v)} registers
     */
    private static void columns(float[] deltas, int d, int length, long x, long out) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector a0 = zero;
        FloatVector b0 = zero;
        FloatVector a1 = zero;
        FloatVector b1 = zero;
        FloatVector a2 = zero;
        FloatVector b2 = zero;
        FloatVector a3 = zero;
        FloatVector b3 = zero;
        long o = out;
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
                a0.intoMemorySegment(MEMORY, o, ORDER);
                b0.intoMemorySegment(MEMORY, o + BYTES, ORDER);
                a1.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
                b1.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
                a2.intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
                b2.intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
                a3.intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
                b3.intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
                o += BLOCK;
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

    /**
     * The same over {@link NonZeroGradient#find}'s list: terms of four zero deltas are left out, which changes no bit. All columns'
     * sums are stored as there.
     *
     * @param block the block's number
     * @param first where its list begins
     */
    private static void terms(float[] deltas, int[] list, int[] ends, int block, int first, long x, long out) {
        int n = first;
        long o = out;
        for (int column = block * COLUMNS; column < (block + 1) * COLUMNS; column++, o += BLOCK) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector b0 = a0;
            FloatVector a1 = a0;
            FloatVector b1 = a0;
            FloatVector a2 = a0;
            FloatVector b2 = a0;
            FloatVector a3 = a0;
            FloatVector b3 = a0;
            for (int end = ends[column]; n < end; n++) {
                int k = list[n];
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
            }
            a0.intoMemorySegment(MEMORY, o, ORDER);
            b0.intoMemorySegment(MEMORY, o + BYTES, ORDER);
            a1.intoMemorySegment(MEMORY, o + 2 * BYTES, ORDER);
            b1.intoMemorySegment(MEMORY, o + 3 * BYTES, ORDER);
            a2.intoMemorySegment(MEMORY, o + 4 * BYTES, ORDER);
            b2.intoMemorySegment(MEMORY, o + 5 * BYTES, ORDER);
            a3.intoMemorySegment(MEMORY, o + 6 * BYTES, ORDER);
            b3.intoMemorySegment(MEMORY, o + 7 * BYTES, ORDER);
        }
    }

    /** The tree over 16 columns in bit-reversed order. */
    private static void halves(long at, float[] out, int to, int lanes) {
        FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + BLOCK, ORDER))
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * BLOCK, ORDER)
                        .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * BLOCK, ORDER)));
        FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 4 * BLOCK, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 5 * BLOCK, ORDER))
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 6 * BLOCK, ORDER)
                        .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 7 * BLOCK, ORDER)));
        FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 8 * BLOCK, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 9 * BLOCK, ORDER))
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 10 * BLOCK, ORDER)
                        .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 11 * BLOCK, ORDER)));
        FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 12 * BLOCK, ORDER)
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 13 * BLOCK, ORDER))
                .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 14 * BLOCK, ORDER)
                        .add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 15 * BLOCK, ORDER)));
        FloatVector sums = s0.add(s1).add(s2.add(s3)).add(FloatVector.zero(FLOATS));
        if (lanes >= LENGTH) {
            sums.intoArray(out, to);
        } else {
            sums.intoArray(out, to, FLOATS.indexInRange(0, lanes));
        }
    }

    /** The rest of the tree over eight pairs. */
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
