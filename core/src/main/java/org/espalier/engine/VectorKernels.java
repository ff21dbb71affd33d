package org.espalier.engine;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The kernels with vector registers, at the width given by {@link Lanes}. This class only joins them; each
 * family has a file of its own, kept in small methods because C2 stops inlining, and then boxes every vector,
 * in methods of more than very roughly 50 to 70 vector calls.
 */
final class VectorKernels implements Kernels {
    private VectorKernels() {}

    /** Only to be called when the module jdk.incubator.vector is there. */
    static Kernels create() {
        return new VectorKernels();
    }

    @Override
    public int bits() {
        return Lanes.FLOATS.vectorBitSize();
    }

    @Override
    public void dense(
            MemorySegment weights,
            int[] rowIndex,
            int first,
            int rows,
            long rowStride,
            long depthStride,
            int depth,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Finish finish,
            MemorySegment gate,
            long gateOffset) {
        DenseProduct.run(
                weights, rowIndex, first, rows, rowStride, depthStride, depth, biases, x, xOffset, out, outOffset);
        Finishing.run(out, outOffset, rows, finish, gate, gateOffset);
    }

    @Override
    public void sparse(
            MemorySegment values,
            int[] starts,
            int[] columns,
            int first,
            int rows,
            float @Nullable [] biases,
            MemorySegment x,
            long xOffset,
            MemorySegment out,
            long outOffset,
            Finish finish,
            MemorySegment gate,
            long gateOffset) {
        SparseProduct.run(
                values, starts, columns, first, rows, biases, x, xOffset, out, outOffset, finish, gate, gateOffset);
    }

    @Override
    public void denseGradient(
            MemorySegment delta,
            long deltaOffset,
            int outputs,
            MemorySegment x,
            long xOffset,
            int inputs,
            int panels,
            MemorySegment out,
            MemorySegment scratch) {
        DenseGradient.run(delta, deltaOffset, outputs, x, xOffset, inputs, panels, out, scratch);
    }

    @Override
    public void sparseGradient(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int[] deltas,
            MemorySegment x,
            long xOffset,
            long xPanel,
            int[] columns,
            int panels,
            MemorySegment out,
            int count) {
        SparseGradient.run(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, out, count);
    }

    @Override
    public void adam(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment first,
            MemorySegment second,
            int count,
            Update.Adam settings) {
        VectorUpdates.adam(weights, gradients, first, second, count, settings);
    }

    @Override
    public void momentum(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment velocity,
            int count,
            Update.Momentum settings) {
        VectorUpdates.momentum(weights, gradients, velocity, count, settings);
    }

    @Override
    public void uniformNoise(
            int key0,
            int key1,
            int firstExample,
            MemorySegment clean,
            long cleanOffset,
            MemorySegment out,
            long outOffset,
            int[] features,
            float epsilon) {
        VectorNoise.uniform(key0, key1, firstExample, clean, cleanOffset, out, outOffset, features, epsilon);
    }

    @Override
    public void signStep(
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
            float epsilon) {
        VectorSteps.sign(gradient, offset, features, first, count, clean, cleanOffset, x, xOffset, step, epsilon);
    }

    @Override
    public boolean crossEntropyGradient(
            MemorySegment logits,
            long logitOffset,
            MemorySegment gradient,
            long gradientOffset,
            int classes,
            int[] labels,
            int firstLabel,
            int lanes,
            float smoothing,
            float scale) {
        return VectorCrossEntropy.gradient(
                logits, logitOffset, gradient, gradientOffset, classes, labels, firstLabel, lanes, smoothing, scale);
    }

    @Override
    public void loadImages(
            byte[] images, int features, int[] order, int first, int lanes, MemorySegment out, long outOffset) {
        VectorImages.load(images, features, order, first, lanes, out, outOffset);
    }
}
