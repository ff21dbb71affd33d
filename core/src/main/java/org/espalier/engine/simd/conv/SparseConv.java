package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.GROUP_BYTES;
import static org.espalier.engine.simd.Lanes.WIDE;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.jspecify.annotations.Nullable;

/**
 * Surviving weights times a panel's windows: a tile of positions outside and all output channels inside, so that the
 * tile's inputs stay in the nearest caches. Offsets are addresses in {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class SparseConv {
    private SparseConv() {}

    /** See {@link ConvKernels#sparse}. */
    static void run(
            float[] values,
            int[] starts,
            int[] offsets,
            int rows,
            float @Nullable [] biases,
            long in,
            long out,
            Positions at,
            Epilogue finish,
            long gate) {
        ConvScratch scratch = ConvScratch.own();
        int count = scratch.list(at);
        float[] chains = scratch.starts(biases, rows);
        float below = finish == Epilogue.RELU ? 0f : Float.NEGATIVE_INFINITY;
        boolean gated = finish == Epilogue.GATE;
        for (int n = 0; n < count; ) {
            n += tile(
                    values,
                    0,
                    starts,
                    offsets,
                    rows,
                    chains,
                    0,
                    n,
                    count,
                    in,
                    out,
                    at.outChannel(),
                    below,
                    gated,
                    gate,
                    scratch);
        }
    }

    /**
     * All channels at some positions from {@code n} on; gives how many.
     *
     * @param shift added to a weight's index in starts and offsets to get that of its value
     * @param biases what chains start from, from index {@code row} on
     */
    static int tile(
            float[] values,
            int shift,
            int[] starts,
            int[] offsets,
            int rows,
            float[] biases,
            int row,
            int n,
            int count,
            long in,
            long out,
            long channel,
            float below,
            boolean gated,
            long gate,
            ConvScratch scratch) {
        long[] windows = scratch.windows;
        long[] places = scratch.places;
        int taken = Cuts.positions(count - n);
        if (WIDE) {
            switch (taken) {
                case 6 ->
                    RowTiles512.six(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, in, out, channel,
                            below, gated, gate);
                case 4 ->
                    RowTiles512.four(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, in, out, channel,
                            below, gated, gate);
                case 3 ->
                    RowTiles512.three(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, in, out, channel,
                            below, gated, gate);
                case 2 ->
                    RowTiles512.two(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, in, out, channel,
                            below, gated, gate);
                default ->
                    RowTiles512.one(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, in, out, channel,
                            below, gated, gate);
            }
            return taken;
        }
        for (long part = 0; part < ActivationPanels.ROW_BYTES; part += GROUP_BYTES) {
            long x = in + part;
            long to = out + part;
            switch (taken) {
                case 3 ->
                    RowTiles256.three(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, x, to, channel,
                            below);
                case 2 ->
                    RowTiles256.two(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, x, to, channel,
                            below);
                default ->
                    RowTiles256.one(
                            values, shift, starts, offsets, rows, biases, row, windows, places, n, x, to, channel,
                            below);
            }
        }
        if (gated) {
            for (int r = 0; r < rows; r++) {
                Gate.run(out + r * channel, gate + r * channel, places, n, taken);
            }
        }
        return taken;
    }
}
