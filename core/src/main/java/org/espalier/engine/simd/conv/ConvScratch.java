package org.espalier.engine.simd.conv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.jspecify.annotations.Nullable;

/** Working memory of a thread's convolutions; grows to what the largest layer needs and stays. */
final class ConvScratch {
    private static final ThreadLocal<ConvScratch> OWN = ThreadLocal.withInitial(ConvScratch::new);

    /** Terms whose activations, 128 bytes of a panel's row each, take half of a nearest cache of 32 KiB. */
    static final int PART = 128;

    /** From the first window to each output's, row by row. */
    long[] windows = new long[0];
    /** From the first output to each, row by row. */
    long[] places = new long[0];
    /** The list of a row that has all weights: its beginning and its end. */
    final int[] whole = new int[2];

    /** Sums of the last weights of an array, which the tree writes sixteen at a time. */
    final float[] joined = new float[16];

    private int[] padded = new int[0];
    private float[] zeros = new float[0];
    private MemorySegment terms = MemorySegment.NULL;
    private MemorySegment sums = MemorySegment.NULL;

    private ConvScratch() {}

    static ConvScratch own() {
        return OWN.get();
    }

    /** Fills {@link #windows} and {@link #places}; gives the number of positions. */
    int list(Positions at) {
        int count = Math.multiplyExact(at.height(), at.width());
        if (windows.length < count) {
            windows = new long[count];
            places = new long[count];
        }
        int n = 0;
        for (int y = 0; y < at.height(); y++) {
            long window = at.in(y, 0);
            long place = at.out(y, 0);
            for (int x = 0; x < at.width(); x++, n++) {
                windows[n] = window;
                places[n] = place;
                window += at.inColumn();
                place += at.outColumn();
            }
        }
        return count;
    }

    /** A table of offsets, with its last one repeated to a length. */
    int[] padded(int[] offsets, int depth, int length) {
        if (padded.length < length) {
            padded = new int[length];
        }
        for (int k = 0; k < length; k++) {
            padded[k] = offsets[Math.min(k, depth - 1)];
        }
        return padded;
    }

    /**
     * Terms of {@link DenseBlocks256}: for each part of the depth, and for each block of channels, the part's offsets with the
     * weights beside them.
     *
     * @param packed weights of all rows, as {@link DenseConv#pack} gives them
     * @param first the first row of a block of two or three
     * @return the address of the first
     */
    long terms(float[] packed, int first, int rows, int depth, int[] offsets) {
        long bytes = (rows - first + 1) / 2 * (long) depth * DenseBlocks256.TERM;
        if (terms.byteSize() < bytes) {
            terms = Arena.ofAuto().allocate(bytes, 64);
        }
        long at = 0;
        for (int from = 0; from < depth; from += PART) {
            int end = Math.min(from + PART, depth);
            for (int r = first; r < rows; ) {
                int block = Cuts.channels(rows - r);
                int weight = r * depth + from * block;
                for (int k = from; k < end; k++, at += DenseBlocks256.TERM) {
                    terms.set(ValueLayout.JAVA_INT, at, offsets[k]);
                    for (int c = 0; c < block; c++) {
                        terms.set(ValueLayout.JAVA_FLOAT, at + 4 + c * 4L, packed[weight++]);
                    }
                }
                r += block;
            }
        }
        return terms.address();
    }

    /** What chains start from: the biases, or zeros. */
    float[] starts(float @Nullable [] biases, int rows) {
        if (biases != null) {
            return biases;
        }
        if (zeros.length < rows) {
            zeros = new float[rows];
        }
        return zeros;
    }

    /** Address of memory of a size, aligned to 64, with any content. */
    long sums(long bytes) {
        if (sums.byteSize() < bytes) {
            sums = Arena.ofAuto().allocate(bytes, 64);
        }
        return sums.address();
    }
}
