package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.GROUP_BYTES;
import static org.espalier.engine.simd.Lanes.WIDE;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.jspecify.annotations.Nullable;

/**
 * All weights times a panel's windows: blocks of some output channels at one position, whose inputs then serve the next
 * channels' block too; few channels are taken at several positions together, so that as many chains are in flight. Offsets
 * are addresses in {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class DenseConv {
    private DenseConv() {}

    /** See {@link ConvKernels#pack}: a block's channels side by side, term by term, one block after the other. */
    static void pack(float[] rowMajor, int rows, int depth, float[] packed) {
        int to = 0;
        for (int r = 0; r < rows; ) {
            int block = Cuts.channels(rows - r);
            for (int k = 0; k < depth; k++) {
                for (int i = 0; i < block; i++) {
                    packed[to++] = rowMajor[(r + i) * depth + k];
                }
            }
            r += block;
        }
    }

    /** See {@link ConvKernels#dense}. */
    static void run(
            float[] weights,
            int rows,
            int depth,
            int[] offsets,
            float @Nullable [] biases,
            long in,
            long out,
            Positions at,
            Epilogue finish,
            long gate) {
        ConvScratch scratch = ConvScratch.own();
        int count = scratch.list(at);
        float[] starts = scratch.starts(biases, rows);
        float below = finish == Epilogue.RELU ? 0f : Float.NEGATIVE_INFINITY;
        boolean gated = finish == Epilogue.GATE;
        long channel = at.outChannel();
        int few = few(rows);
        int r = 0;
        for (; r < few; ) {
            int block = Cuts.channels(rows - r);
            long shift = r * channel;
            few(
                    weights,
                    r * depth,
                    block,
                    depth,
                    offsets,
                    starts,
                    r,
                    in,
                    out + shift,
                    channel,
                    below,
                    gated,
                    gate + shift,
                    count,
                    scratch);
            r += block;
        }
        if (r == rows) {
            return;
        }
        long terms = WIDE ? 0 : scratch.terms(weights, r, rows, depth, offsets);
        for (int n = 0; n < count; n++) {
            long window = in + scratch.windows[n];
            long place = out + scratch.places[n];
            if (WIDE) {
                wide(weights, r, rows, depth, offsets, starts, window, place, channel, below);
            } else {
                narrow(terms, r, rows, depth, starts, window, place, channel, below);
            }
            if (gated) {
                for (int c = r; c < rows; c++) {
                    Gate.run(place + c * channel, gate + scratch.places[n] + c * channel);
                }
            }
        }
    }

    /** Channels, at the beginning, whose blocks take several positions. */
    private static int few(int rows) {
        int r = 0;
        while (r < rows && Cuts.channels(rows - r) <= (WIDE ? 3 : 1)) {
            r += Cuts.channels(rows - r);
        }
        return r;
    }

    private static void wide(
            float[] weights,
            int first,
            int rows,
            int depth,
            int[] offsets,
            float[] starts,
            long window,
            long place,
            long channel,
            float below) {
        for (int r = first; r < rows; ) {
            long to = place + r * channel;
            if (Cuts.channels(rows - r) == 6) {
                DenseBlocks512.six(weights, r * depth, depth, offsets, window, to, channel, starts, r, below);
                r += 6;
            } else {
                DenseBlocks512.four(weights, r * depth, depth, offsets, window, to, channel, starts, r, below);
                r += 4;
            }
        }
    }

    /** Parts of the terms one after the other, so that their activations stay in the nearest cache for all blocks of channels. */
    private static void narrow(
            long terms,
            int first,
            int rows,
            int depth,
            float[] starts,
            long window,
            long place,
            long channel,
            float below) {
        for (int r = first; r < rows; r++) {
            DenseBlocks256.start(place + r * channel, starts[r]);
        }
        for (long part = 0; part < ActivationPanels.ROW_BYTES; part += GROUP_BYTES) {
            long at = terms;
            for (int from = 0; from < depth; from += ConvScratch.PART) {
                int bytes = Math.min(ConvScratch.PART, depth - from) * DenseBlocks256.TERM;
                for (int r = first; r < rows; at += bytes) {
                    long to = place + part + r * channel;
                    if (Cuts.channels(rows - r) == 3) {
                        DenseBlocks256.three(at, bytes, window + part, to, channel);
                        r += 3;
                    } else {
                        DenseBlocks256.two(at, bytes, window + part, to, channel);
                        r += 2;
                    }
                }
            }
        }
        for (int r = first; r < rows; r++) {
            DenseBlocks256.finish(place + r * channel, below);
        }
    }

    /** A block of one, or at most three, channels at all positions. */
    private static void few(
            float[] weights,
            int first,
            int block,
            int depth,
            int[] offsets,
            float[] starts,
            int row,
            long in,
            long out,
            long channel,
            float below,
            boolean gated,
            long gate,
            int count,
            ConvScratch scratch) {
        if (block == 1) {
            scratch.whole[1] = depth;
            for (int n = 0; n < count; ) {
                n += SparseConv.tile(
                        weights,
                        first,
                        scratch.whole,
                        offsets,
                        1,
                        starts,
                        row,
                        n,
                        count,
                        in,
                        out,
                        channel,
                        below,
                        gated,
                        gate,
                        scratch);
            }
            return;
        }
        long[] windows = scratch.windows;
        long[] places = scratch.places;
        for (int n = 0; n < count; ) {
            long x = in + windows[n];
            long o = out + places[n];
            int taken = 1;
            if (block == 3 && n + 2 <= count) {
                taken = 2;
                long x1 = in + windows[n + 1];
                long o1 = out + places[n + 1];
                DenseBlocks512.three(weights, first, depth, offsets, x, x1, o, o1, channel, starts, row, below);
            } else if (block == 3) {
                DenseBlocks512.three(weights, first, depth, offsets, x, o, channel, starts, row, below);
            } else if (n + 3 <= count) {
                taken = 3;
                long x1 = in + windows[n + 1];
                long x2 = in + windows[n + 2];
                long o1 = out + places[n + 1];
                long o2 = out + places[n + 2];
                DenseBlocks512.two(weights, first, depth, offsets, x, x1, x2, o, o1, o2, channel, starts, row, below);
            } else {
                DenseBlocks512.two(weights, first, depth, offsets, x, o, channel, starts, row, below);
            }
            if (gated) {
                for (int c = 0; c < block; c++) {
                    Gate.run(out + c * channel, gate + c * channel, places, n, taken);
                }
            }
            n += taken;
        }
    }
}
