package org.espalier.engine.simd.conv;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;
import static org.espalier.engine.simd.Lanes.WIDE;

import jdk.incubator.vector.FloatVector;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.simd.sparse.ReductionTree;

/**
 * Gradients of a convolution's weights and biases. Each weight has 16 chains, 64 bytes of scratch, which continue from one run
 * of positions to the next; runs are short, so that the inputs of some weights stay in the nearest cache for all channels.
 * {@link ReductionTree} joins the chains at the end. Weights are taken in parts whose chains stay in the second cache.
 * Offsets are addresses in {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class ConvGradient {
    /** Bytes of one weight's chains. */
    private static final long CHAINS = 64;
    /** Bytes of the chains of the weights that are taken at a time. */
    private static final long PART = 256 << 10;
    /** Channels to a block of the dense gradient. */
    private static final int CHANNELS = 4;
    /** Positions that a block of the dense gradient takes at a time, at most. */
    private static final int RUN = 12;
    /** Weights that the tree joins at a time. */
    private static final int JOINED = 16;

    private ConvGradient() {}

    /** See {@link ConvKernels#denseGradient}. */
    static void dense(
            long delta,
            long deltaPanel,
            int rows,
            long in,
            long inPanel,
            int[] offsets,
            int depth,
            Positions at,
            int panels,
            float[] out) {
        ConvScratch scratch = ConvScratch.own();
        int length = Cuts.weights(depth);
        int[] padded = scratch.padded(offsets, depth, length);
        int high = (rows + CHANNELS - 1) / CHANNELS * CHANNELS;
        int most = (int) Math.max(PART / (CHAINS * high), 1);
        for (int k = 0; k < length; ) {
            int end = k;
            do {
                end += Cuts.weightsNext(length - end);
            } while (end < length && end - k < most);
            part(delta, deltaPanel, rows, high, in, inPanel, padded, k, end, depth, at, panels, out, scratch);
            k = end;
        }
    }

    /** The weights {@code first .. end - 1} of every channel. */
    private static void part(
            long delta,
            long deltaPanel,
            int rows,
            int high,
            long in,
            long inPanel,
            int[] offsets,
            int first,
            int end,
            int depth,
            Positions at,
            int panels,
            float[] out,
            ConvScratch scratch) {
        int length = end - first;
        long row = length * CHAINS;
        long sums = scratch.sums(high * row + JOINED * CHAINS);
        clear(sums, high * row);
        int runs = (at.width() + RUN - 1) / RUN;
        int run = runs == 0 ? 0 : (at.width() + runs - 1) / runs;
        for (int p = 0; p < panels; p++) {
            for (int y = 0; y < at.height(); y++) {
                for (int x = 0; x < at.width(); x += run) {
                    run(
                            delta + p * deltaPanel + at.out(y, x),
                            rows,
                            in + p * inPanel + at.in(y, x),
                            offsets,
                            first,
                            end,
                            at,
                            Math.min(run, at.width() - x),
                            sums,
                            row);
                }
            }
        }
        int kept = Math.min(end, depth) - first;
        for (int r = rows - 1; r >= 0; r--) { // the tree writes over the beginning of the next channel's chains
            join(sums + r * row, kept, out, r * depth + first, scratch.joined);
        }
    }

    /** Some positions of one row: every block of weights by every block of channels. */
    private static void run(
            long delta,
            int rows,
            long in,
            int[] offsets,
            int first,
            int end,
            Positions at,
            int positions,
            long sums,
            long row) {
        int deltaStep = at.outColumn() - (int) ActivationPanels.ROW_BYTES;
        int inStep = at.inColumn() - (int) ActivationPanels.ROW_BYTES;
        for (int k = first; k < end; ) {
            int block = Cuts.weightsNext(end - k);
            for (int r = 0; r < rows; r += CHANNELS) {
                long d = delta + r * at.outChannel();
                long to = sums + (k - first) * CHAINS + r * row;
                int last = Math.min(CHANNELS, rows - r) - 1;
                for (long part = 0; part < CHAINS; part += BYTES) {
                    block(
                            block,
                            d + part,
                            at.outChannel(),
                            last,
                            deltaStep,
                            in + part,
                            inStep,
                            offsets,
                            k,
                            positions,
                            to + part,
                            row);
                }
            }
            k += block;
        }
    }

    private static void block(
            int block,
            long d,
            long channel,
            int last,
            int deltaStep,
            long in,
            int inStep,
            int[] offsets,
            int k,
            int positions,
            long sums,
            long row) {
        switch (block) {
            case 6 -> GradientBlocks.bySix(d, channel, last, deltaStep, in, inStep, offsets, k, positions, sums, row);
            case 4 -> GradientBlocks.byFour(d, channel, last, deltaStep, in, inStep, offsets, k, positions, sums, row);
            default -> GradientBlocks.byTwo(d, channel, last, deltaStep, in, inStep, offsets, k, positions, sums, row);
        }
    }

    /** See {@link ConvKernels#sparseGradient}. */
    static void sparse(
            long delta,
            long deltaPanel,
            int[] starts,
            int rows,
            long in,
            long inPanel,
            int[] offsets,
            Positions at,
            int panels,
            float[] out) {
        ConvScratch scratch = ConvScratch.own();
        int count = scratch.list(at);
        for (int r = 0; r < rows; ) {
            int end = r + 1;
            while (end < rows && (starts[end + 1] - starts[r]) * CHAINS <= PART) {
                end++;
            }
            int weights = starts[end] - starts[r];
            long sums = scratch.sums((weights + JOINED) * CHAINS);
            clear(sums, weights * CHAINS);
            for (int p = 0; p < panels; p++) {
                tiles(delta + p * deltaPanel, starts, r, end, in + p * inPanel, offsets, at, count, sums, scratch);
            }
            join(sums, weights, out, starts[r], scratch.joined);
            r = end;
        }
    }

    /** One panel: a tile of positions outside, channels inside. */
    private static void tiles(
            long delta,
            int[] starts,
            int first,
            int end,
            long in,
            int[] offsets,
            Positions at,
            int count,
            long sums,
            ConvScratch scratch) {
        long[] windows = scratch.windows;
        long[] places = scratch.places;
        for (int n = 0; n < count; ) {
            int taken = WIDE && n + 6 <= count ? 6 : Math.min(2, count - n);
            for (int r = first; r < end; r++) {
                long d = delta + r * at.outChannel();
                long to = sums + (starts[r] - starts[first]) * CHAINS;
                for (long part = 0; part < CHAINS; part += BYTES) {
                    switch (taken) {
                        case 6 ->
                            GradientTiles.six(
                                    d + part,
                                    in + part,
                                    offsets,
                                    starts[r],
                                    starts[r + 1],
                                    windows,
                                    places,
                                    n,
                                    to + part);
                        case 2 ->
                            GradientTiles.two(
                                    d + part,
                                    in + part,
                                    offsets,
                                    starts[r],
                                    starts[r + 1],
                                    windows,
                                    places,
                                    n,
                                    to + part);
                        default ->
                            GradientTiles.one(
                                    d + part,
                                    in + part,
                                    offsets,
                                    starts[r],
                                    starts[r + 1],
                                    windows,
                                    places,
                                    n,
                                    to + part);
                    }
                }
            }
            n += taken;
        }
    }

    /** See {@link ConvKernels#biasGradient}. */
    static void biases(long delta, long deltaPanel, int rows, Positions at, int panels, float[] out) {
        ConvScratch scratch = ConvScratch.own();
        int count = scratch.list(at);
        long sums = scratch.sums((rows + JOINED) * CHAINS);
        for (int r = 0; r < rows; r++) {
            for (long part = 0; part < CHAINS; part += BYTES) {
                chains(
                        delta + r * at.outChannel() + part,
                        deltaPanel,
                        scratch.places,
                        count,
                        panels,
                        sums + r * CHAINS + part);
            }
        }
        join(sums, rows, out, 0, scratch.joined);
    }

    private static void chains(long delta, long deltaPanel, long[] places, int count, int panels, long to) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int p = 0; p < panels; p++) {
            for (int n = 0; n < count; n++) {
                long at = delta + p * deltaPanel + places[n];
                sum = sum.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER));
                sum = sum.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + CHAINS, ORDER));
                sum = sum.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 2 * CHAINS, ORDER));
                sum = sum.add(FloatVector.fromMemorySegment(FLOATS, MEMORY, at + 3 * CHAINS, ORDER));
            }
        }
        sum.intoMemorySegment(MEMORY, to, ORDER);
    }

    private static void clear(long from, long bytes) {
        FloatVector zero = FloatVector.zero(FLOATS);
        int step = (int) BYTES;
        for (int at = 0; at < bytes; at += step) {
            zero.intoMemorySegment(MEMORY, from + at, ORDER);
        }
    }

    /**
     * From chains to sums. The tree takes 16 weights at a time and writes as many, so the last ones go through a small array.
     */
    private static void join(long sums, int count, float[] out, int to, float[] joined) {
        int n = 0;
        for (; n + JOINED <= count; n += JOINED) {
            ReductionTree.sum(sums + n * CHAINS, out, to + n);
        }
        if (n < count) {
            ReductionTree.sum(sums + n * CHAINS, joined, 0);
            System.arraycopy(joined, 0, out, to + n, count - n);
        }
    }
}
