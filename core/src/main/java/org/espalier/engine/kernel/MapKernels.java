package org.espalier.engine.kernel;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;

/**
 * The inner loops of layers without weights and of batch norm, each written twice as the {@link Kernels} are, with the same
 * bits. Maps lie as {@link ConvKernels} says; offsets are in bytes. Values are floats that lie one after the other, or places
 * of 64 lanes. No method checks its arguments: those who know the layouts do.
 *
 * <p>A window of a pool is {@code rows x columns} places, {@code pitch} bytes from a row to the next, columns side by side.
 * Pools take {@code count} windows in a row, {@code step} bytes apart, whose outputs lie side by side.
 *
 * <p>Sums of batch norm are 16 chains in double, lane modulo 16, over places and lanes in order; lanes from {@code lanes} on
 * count in none.
 */
public interface MapKernels {
    /** Chains of a sum. */
    int CHAINS = 16;

    /** Zeroes floats. */
    void clear(MemorySegment to, long toOffset, int floats);

    /** {@code x = max(0, x)}, in place. */
    void relu(MemorySegment x, long xOffset, int floats);

    /** {@code gradient = value > 0 ? gradient + 0 : 0}. */
    void gate(MemorySegment gradient, long gradientOffset, MemorySegment value, long valueOffset, int floats);

    /** {@code to += from}. */
    void add(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, int floats);

    /** {@code out = a + b}, through a ReLU if wanted, and + 0. */
    void sum(
            MemorySegment a,
            long aOffset,
            MemorySegment b,
            long bOffset,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu);

    /** {@code out = fma(scale, x, shift)}, through a ReLU if wanted, and + 0. */
    void affine(
            MemorySegment x,
            long xOffset,
            float scale,
            float shift,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu);

    /** {@code out = scale x + 0}, rounded twice. */
    void scale(MemorySegment x, long xOffset, float scale, MemorySegment out, long outOffset, int floats);

    /** {@code out = (x - mean) / deviation}. */
    void normalise(
            MemorySegment x, long xOffset, float mean, float deviation, MemorySegment out, long outOffset, int floats);

    /** The largest value of each window; of equal ones the first. */
    void maxPool(
            MemorySegment x,
            long xOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            MemorySegment out,
            long outOffset);

    /**
     * The gradient of each window to the first place that holds its maximum.
     *
     * @param gradient of the outputs
     * @param maximum the outputs
     * @param target gradient of x, in x's layout
     * @param add whether to add to what is there, as windows that overlap must; else the whole window is written
     */
    void maxPoolGradient(
            MemorySegment gradient,
            long gradientOffset,
            MemorySegment x,
            long xOffset,
            MemorySegment maximum,
            long maximumOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            MemorySegment target,
            long targetOffset,
            boolean add);

    /** {@code share} times the sum of each window, which is taken row by row from 0, and + 0. */
    void averagePool(
            MemorySegment x,
            long xOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            float share,
            MemorySegment out,
            long outOffset);

    /**
     * {@code share} times the gradient of each window to all its places.
     *
     * @param add as for {@link #maxPoolGradient}
     */
    void averagePoolGradient(
            MemorySegment gradient,
            long gradientOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            float share,
            MemorySegment target,
            long targetOffset,
            boolean add);

    /**
     * Adds values to chains.
     *
     * @param places places that lie side by side
     * @param lanes of each place that count, 0 to {@link ActivationPanels#LANES}
     */
    void sum(MemorySegment x, long xOffset, int places, int lanes, double[] chains);

    /** Adds squares of values less a mean to chains. */
    void squares(MemorySegment x, long xOffset, int places, int lanes, double mean, double[] chains);

    /** Adds gradients to chains, and gradients times {@code (x - mean) inverse} to others. */
    void gradientSums(
            MemorySegment x,
            long xOffset,
            MemorySegment gradient,
            long gradientOffset,
            int places,
            int lanes,
            double mean,
            double inverse,
            double[] gradients,
            double[] products);

    /**
     * Batch norm's input gradient, in double but for {@code x - mean}, then rounded:
     * {@code slope ((gradient - meanGradient) - (x - mean) inverse meanProduct)}; 0 in lanes that do not count.
     */
    void centre(
            MemorySegment x,
            long xOffset,
            MemorySegment gradient,
            long gradientOffset,
            int places,
            int lanes,
            float mean,
            double inverse,
            double slope,
            double meanGradient,
            double meanProduct,
            MemorySegment out,
            long outOffset);
}
