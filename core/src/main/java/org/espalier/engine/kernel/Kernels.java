package org.espalier.engine.kernel;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Update;
import org.jspecify.annotations.Nullable;

/**
 * The inner loops, each written twice: scalar ({@code ScalarKernels}, always there) and with vector registers
 * ({@code VectorKernels}). Both give the same bits, at every register width.
 *
 * <p>The order of arithmetic is fixed: an output is one chain of fused multiply-adds in index order, started
 * from its bias (or 0) and ended by adding +0, so that a pruned weight's zero term changes nothing, not even the
 * sign of a zero. Sums over a batch are 16 such chains (lane modulo 16) joined by one fixed tree.
 *
 * <p>Weights, gradients and moments are arrays on the heap (a broadcast of an array element is one load, of a
 * segment's element two moves more); activations are native panels. Panel offsets are in bytes; rows of panels are {@link ActivationPanels#ROW_BYTES} apart; kernels that take panels work
 * on one panel.
 */
public interface Kernels {
    /** How an output is finished: as it is, through ReLU, or zeroed where the gate's activation is not positive. */
    enum Epilogue {
        LINEAR,
        RELU,
        GATE
    }

    /** Register width in bits, or 0 for scalar code. */
    int bits();

    /** The kernels of bounds, at the same width. */
    BoundKernels bounds();

    /** The kernels of convolutions, at the same width. */
    ConvKernels convolutions();

    /** The kernels of layers without weights, at the same width. */
    MapKernels maps();

    /** Whether {@link #dense} takes its weights as {@code InterleavedRows}, rather than row-major. */
    boolean groups();

    /**
     * Dense matrix times panel: {@code out[r] = finish(bias[row] + sum_k w[row, k] x[k])}, row = {@code rowIndex[r]}.
     *
     * @param weights the matrix, {@code depth} columns, in the order of {@link #groups}
     * @param rowIndex each output's row of weights, ascending
     * @param first first output row to compute, an index into {@code rowIndex}
     * @param rows number of output rows, written one after the other from {@code outOffset}
     * @param depth number of terms
     * @param biases one float per weight row, or null
     * @param gate activations for {@link Epilogue#GATE}, rows aligned with the output's
     */
    void dense(
            float[] weights,
            int[] rowIndex,
            int first,
            int rows,
            int depth,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset);

    /**
     * Sparse matrix times panel, as {@link #dense} but over surviving weights only.
     *
     * @param values surviving weights, as the cuts say
     * @param cuts where each row's weights stand
     * @param columns byte offset in x of each weight's input row
     */
    void sparse(
            float[] values,
            BlockedCsr cuts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset);

    /** Groups of lanes to a panel that {@link #active} looks at. */
    int activeGroups();

    /** Finds where a panel's rows hold anything but zeros. */
    void findActive(MemorySegment x, long xOffset, int rows, NonZeroLanes into);

    /**
     * Dense matrix times panel, as {@link #dense}, leaving out groups of lanes that are zero.
     *
     * @param weights the matrix as {@link PackedRows6}
     * @param active where x is not zero, from {@link #findActive} of this x and depth
     * @param rowIndex whose bias each output has; rows of weights are taken as they come, unlike there
     * @param first first row of weights to take, and index of its bias into {@code rowIndex}
     */
    void active(
            float[] weights,
            NonZeroLanes active,
            int[] rowIndex,
            int first,
            int rows,
            int depth,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset);

    /**
     * Gradient of every weight of a dense layer: {@code out[o * inputs + i] = sum over lanes of delta[o] x[i]}.
     *
     * @param skip whether to look for deltas that are zero and leave them out
     * @param scratch with room for these panels
     */
    void denseGradient(
            MemorySegment delta,
            long deltaOffset,
            int outputs,
            MemorySegment x,
            long xOffset,
            int inputs,
            int panels,
            boolean skip,
            float[] out,
            GradientScratch scratch);

    /**
     * Gradient of each surviving weight: {@code out[k] = sum over lanes of delta[deltas[k]] x[columns[k]]}.
     *
     * @param deltas byte offset of each weight's row in delta; both padded to a multiple of 16 by repeating
     * @param columns byte offset of each weight's row in x
     * @param deltaPanel bytes from one panel of delta to the next
     * @param xPanel bytes from one panel of x to the next
     * @param out has room for {@code count} rounded up to a multiple of 16, and is written that far
     * @param scratch any
     */
    void sparseGradient(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int[] deltas,
            MemorySegment x,
            long xOffset,
            long xPanel,
            int[] columns,
            int panels,
            float[] out,
            int count,
            GradientScratch scratch);

    /** One Adam update of {@code count} weights (a multiple of 16); see {@link Update.Adam}. */
    void adam(float[] weights, float[] gradients, float[] first, float[] second, int count, Update.Adam settings);

    /** One momentum update of {@code count} weights (a multiple of 16); see {@link Update.Momentum}. */
    void momentum(float[] weights, float[] gradients, float[] velocity, int count, Update.Momentum settings);

    /** One update of {@code count} weights (a multiple of 16) with Nesterov's momentum; see {@link Update.Nesterov}. */
    void nesterov(float[] weights, float[] gradients, float[] velocity, int count, Update.Nesterov settings);

    /** See {@code ScoreOps.learn}. */
    void learnScores(
            float[] scores,
            float[] velocity,
            float[] weights,
            float[] gradient,
            float rate,
            float momentum,
            float decay);

    /** See {@code ScoreOps.keep}. */
    void keepScored(float[] scores, int cut, float[] weights, float[] into);

    /** See {@code ScoreOps.survey}. */
    long surveyScores(float[] scores, int low, int width, int[] band);

    /**
     * See {@code EngineOps.uniformNoise}.
     *
     * @param examples counter of each lane's example, from {@code firstExample} on
     * @param scratch at least two rows
     */
    void uniformNoise(
            int key0,
            int key1,
            int[] examples,
            int firstExample,
            MemorySegment clean,
            long cleanOffset,
            MemorySegment out,
            long outOffset,
            int[] features,
            float epsilon,
            MemorySegment scratch);

    /** See {@code EngineOps.signStep}. */
    void signStep(
            MemorySegment gradient,
            long offset,
            int[] features,
            int first,
            int count,
            MemorySegment clean,
            long cleanOffset,
            MemorySegment x,
            long xOffset,
            float step,
            float epsilon);

    /** See {@code EngineOps.crossEntropyGradient}; {@code scratch} holds at least two rows. */
    boolean crossEntropyGradient(
            MemorySegment logits,
            long logitOffset,
            MemorySegment gradient,
            long gradientOffset,
            int classes,
            int[] labels,
            int firstLabel,
            int lanes,
            float smoothing,
            float scale,
            MemorySegment scratch);

    /** See {@code EngineOps.loadImages}. */
    void loadImages(byte[] images, int[] order, int first, int lanes, ActivationPanels out, int panel);
}
