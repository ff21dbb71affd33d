package org.espalier.engine.kernel;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.jspecify.annotations.Nullable;

/**
 * The inner loops of convolutions, each written twice as the {@link Kernels} are, with the same bits. A convolution is a
 * product with a table of offsets: term k of an output reads the input {@code offsets[k]} bytes from the beginning of the
 * output's window. Forward products, and products with transposed weights for the input gradient (one call for each phase
 * of the stride), differ in their tables alone.
 *
 * <p>A map is native memory, per panel {@code [channel][row][column][lane]}, 64 lanes of float32 to a place, aligned to 64
 * bytes. Zero borders are part of the input map, so that windows are never clipped. Weights, biases and weight gradients
 * are arrays on the heap. Offsets and steps are in bytes. Products work on one panel, gradients on all.
 *
 * <p>The order of arithmetic is fixed. An output is one chain of fused multiply-adds with ascending k, started from its bias
 * (or 0) and ended by adding +0. A gradient is 16 chains (lane modulo 16), each over panels, rows, columns and groups of 16
 * lanes in that order, joined by {@link FixedOrderSum}'s tree and ended by adding +0. So a zero term changes no bit as long
 * as all values are finite. No method checks its arguments: those who build the tables do.
 */
public interface ConvKernels {
    /**
     * Where outputs stand and where each output's window begins, in one panel. Output (r, y, x) stands at
     * {@code out + r * outChannel + y * outRow + x * outColumn}; its window begins at {@code in + y * inRow + x * inColumn}.
     *
     * @param height rows of outputs
     * @param width outputs to a row
     * @param inRow from a row's windows to the next row's: stride times the pitch of the input's rows
     * @param inColumn from a window to the next: stride times {@link ActivationPanels#ROW_BYTES}
     */
    record Positions(int height, int width, int inRow, int inColumn, int outRow, int outColumn, long outChannel) {
        /** From the first output to an output of channel 0. */
        public long out(int y, int x) {
            return (long) y * outRow + (long) x * outColumn;
        }

        /** From the first window to the window of an output. */
        public long in(int y, int x) {
            return (long) y * inRow + (long) x * inColumn;
        }
    }

    /** Floats that {@link #pack} writes. */
    int packedSize(int rows, int depth);

    /**
     * Puts a matrix into the order in which {@link #dense} reads weights.
     *
     * @param rowMajor the matrix, {@code rows x depth}
     * @param packed receives it, from index 0
     */
    void pack(float[] rowMajor, int rows, int depth, float[] packed);

    /**
     * All weights: {@code out[r, y, x] = finish(bias[r] + sum_k weights[r, k] in[window(y, x) + offsets[k]])}.
     *
     * @param weights the matrix, as {@link #pack} writes it
     * @param rows output channels
     * @param depth terms of each output
     * @param offsets each term's place in a window; the first {@code depth} are read
     * @param biases one float to an output channel, or null
     * @param gate map of the output's layout for {@link Epilogue#GATE}: outputs are zero where it is not positive; any
     *     segment otherwise
     */
    void dense(
            float[] weights,
            int rows,
            int depth,
            int[] offsets,
            float @Nullable [] biases,
            MemorySegment in,
            long inOffset,
            MemorySegment out,
            long outOffset,
            Positions at,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset);

    /**
     * The same over surviving weights only.
     *
     * @param values surviving weights, row by row
     * @param starts row r's weights stand at {@code starts[r] .. starts[r + 1] - 1}; a row may have none
     * @param offsets each weight's place in a window
     */
    void sparse(
            float[] values,
            int[] starts,
            int[] offsets,
            int rows,
            float @Nullable [] biases,
            MemorySegment in,
            long inOffset,
            MemorySegment out,
            long outOffset,
            Positions at,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset);

    /**
     * Gradient of every weight: {@code out[r * depth + k]} is the sum over panels, places and lanes of
     * {@code delta[r, y, x] in[window(y, x) + offsets[k]]}.
     *
     * @param deltaPanel from one panel of delta to the next
     * @param inPanel from one panel of in to the next
     * @param at its steps of the output describe delta
     * @param out row-major
     */
    void denseGradient(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int rows,
            MemorySegment in,
            long inOffset,
            long inPanel,
            int[] offsets,
            int depth,
            Positions at,
            int panels,
            float[] out);

    /**
     * Gradient of each surviving weight: {@code out[j]} for {@code starts[0] <= j < starts[rows]}, starts and offsets as for
     * {@link #sparse}.
     */
    void sparseGradient(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int[] starts,
            int rows,
            MemorySegment in,
            long inOffset,
            long inPanel,
            int[] offsets,
            Positions at,
            int panels,
            float[] out);

    /** Gradient of each row's bias: the sum of delta over panels, places and lanes. */
    void biasGradient(
            MemorySegment delta, long deltaOffset, long deltaPanel, int rows, Positions at, int panels, float[] out);
}
