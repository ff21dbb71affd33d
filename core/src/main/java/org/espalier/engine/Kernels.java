package org.espalier.engine;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops, each written twice: scalar ({@link ScalarKernels}, always there) and with vector registers.
 * Both give the same bits: every output is one chain of fused multiply-adds in index order, sums over a batch
 * are one fixed tree over 16 columns, and exp is ours.
 *
 * <p>All offsets are in bytes; rows of panels are {@link Panels#ROW_BYTES} apart.
 */
interface Kernels {
    /** What this machine runs. */
    Kernels CHOSEN = new ScalarKernels();

    void uniformNoise(
            int key0, int key1, int firstExample, MemorySegment clean, long cleanOffset,
            MemorySegment out, long outOffset, int[] features, float epsilon);

    void signStep(
            MemorySegment gradient, long offset, int[] features, int first, int count,
            MemorySegment clean, long cleanOffset, MemorySegment x, long xOffset, float step, float epsilon);

    boolean crossEntropyGradient(
            MemorySegment logits, long logitOffset, MemorySegment gradient, long gradientOffset, int classes,
            int[] labels, int firstLabel, int lanes, float smoothing, float scale);

    void loadImages(byte[] images, int features, int[] order, int first, int lanes, MemorySegment out, long outOffset);
}
