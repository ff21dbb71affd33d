package org.espalier.engine.ops;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.BoundKernels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.MapKernels;
import org.espalier.engine.kernel.NonZeroLanes;
import org.espalier.engine.scalar.ScalarScores;
import org.espalier.engine.simd.EpilogueVectors;
import org.espalier.engine.simd.Lanes;
import org.espalier.engine.simd.VectorBounds;
import org.espalier.engine.simd.VectorCrossEntropy;
import org.espalier.engine.simd.VectorImages;
import org.espalier.engine.simd.VectorNoise;
import org.espalier.engine.simd.VectorScores;
import org.espalier.engine.simd.VectorSteps;
import org.espalier.engine.simd.VectorUpdates;
import org.espalier.engine.simd.conv.VectorConvKernels;
import org.espalier.engine.simd.dense.DenseGradient;
import org.espalier.engine.simd.dense.DenseMatmul256;
import org.espalier.engine.simd.dense.DenseMatmul512;
import org.espalier.engine.simd.dense.NonZeroMatmul;
import org.espalier.engine.simd.map.VectorMapKernels;
import org.espalier.engine.simd.sparse.SparseGradient;
import org.espalier.engine.simd.sparse.SparseMatmul;
import org.espalier.engine.simd.sparse.SparseMatmul256;
import org.espalier.engine.simd.sparse.SparseMatmul512;
import org.jspecify.annotations.Nullable;

/**
 * The kernels with vector registers, at the width given by {@link Lanes}. This class only joins them; each
 * family has a file of its own, kept in small methods because C2 stops inlining, and then boxes every vector,
 * in methods of more than very roughly 50 to 70 vector calls.
 */
public final class VectorKernels implements Kernels {
    private final BoundKernels bounds = new VectorBounds();
    private final ConvKernels convolutions = new VectorConvKernels();
    private final MapKernels maps = new VectorMapKernels();

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
    public BoundKernels bounds() {
        return bounds;
    }

    @Override
    public ConvKernels convolutions() {
        return convolutions;
    }

    @Override
    public MapKernels maps() {
        return maps;
    }

    @Override
    public boolean groups() {
        return !Lanes.WIDE;
    }

    @Override
    public void dense(
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
            long gateOffset) {
        EpilogueVectors.start(biases, rowIndex, first, rows, out.address() + outOffset);
        if (groups()) {
            DenseMatmul256.run(
                    weights,
                    weights.length / Math.max(1, depth),
                    rowIndex,
                    first,
                    rows,
                    depth,
                    x.address() + xOffset,
                    out.address() + outOffset);
        } else {
            DenseMatmul512.run(weights, rowIndex, first, rows, depth, x.address() + xOffset, out.address() + outOffset);
        }
        EpilogueVectors.run(out.address() + outOffset, rows, finish, gate.address() + gateOffset);
        keep(x, out, gate);
    }

    @Override
    public void sparse(
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
            long gateOffset) {
        if (Lanes.LENGTH == 8) {
            SparseMatmul256.run(
                    values,
                    cuts,
                    columns,
                    first,
                    rows,
                    biases,
                    x.address() + xOffset,
                    out.address() + outOffset,
                    finish,
                    gate.address() + gateOffset);
        } else if (Lanes.LENGTH == 16) {
            SparseMatmul512.run(
                    values,
                    cuts,
                    columns,
                    first,
                    rows,
                    biases,
                    x.address() + xOffset,
                    out.address() + outOffset,
                    finish,
                    gate.address() + gateOffset);
        } else {
            SparseMatmul.run(
                    values,
                    cuts,
                    columns,
                    first,
                    rows,
                    biases,
                    x.address() + xOffset,
                    out.address() + outOffset,
                    finish,
                    gate.address() + gateOffset);
        }
        keep(x, out, gate);
    }

    @Override
    public int activeGroups() {
        return NonZeroMatmul.GROUPS;
    }

    @Override
    public void findActive(MemorySegment x, long xOffset, int rows, NonZeroLanes into) {
        NonZeroMatmul.find(x.address() + xOffset, rows, into);
        Reference.reachabilityFence(x);
    }

    @Override
    public void active(
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
            long gateOffset) {
        EpilogueVectors.start(biases, rowIndex, first, rows, out.address() + outOffset);
        NonZeroMatmul.run(weights, active, first, rows, depth, x.address() + xOffset, out.address() + outOffset);
        EpilogueVectors.run(out.address() + outOffset, rows, finish, gate.address() + gateOffset);
        keep(x, out, gate);
        Reference.reachabilityFence(active);
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
            boolean skip,
            float[] out,
            GradientScratch scratch) {
        DenseGradient.run(
                delta.address() + deltaOffset, outputs, x.address() + xOffset, inputs, panels, skip, out, scratch);
        keep(delta, x, scratch.memory());
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
            float[] out,
            int count,
            GradientScratch scratch) {
        SparseGradient.run(
                delta.address() + deltaOffset,
                deltaPanel,
                deltas,
                x.address() + xOffset,
                xPanel,
                columns,
                panels,
                out,
                count,
                scratch.memory().address());
        keep(delta, x, scratch.memory());
    }

    @Override
    public void adam(
            float[] weights, float[] gradients, float[] first, float[] second, int count, Update.Adam settings) {
        VectorUpdates.adam(weights, gradients, first, second, count, settings);
    }

    @Override
    public void nesterov(float[] weights, float[] gradients, float[] velocity, int count, Update.Nesterov settings) {
        VectorUpdates.nesterov(weights, gradients, velocity, count, settings);
    }

    @Override
    public void momentum(float[] weights, float[] gradients, float[] velocity, int count, Update.Momentum settings) {
        VectorUpdates.momentum(weights, gradients, velocity, count, settings);
    }

    @Override
    public void learnScores(
            float[] scores,
            float[] velocity,
            float[] weights,
            float[] gradient,
            float rate,
            float momentum,
            float decay) {
        int rest = VectorScores.learn(scores, velocity, weights, gradient, rate, momentum, decay);
        ScalarScores.learn(scores, velocity, weights, gradient, rest, rate, momentum, decay);
    }

    @Override
    public void keepScored(float[] scores, int cut, float[] weights, float[] into) {
        ScalarScores.keep(scores, cut, weights, into, VectorScores.keep(scores, cut, weights, into));
    }

    @Override
    public long surveyScores(float[] scores, int low, int width, int[] band) {
        // Few registers have keys in the band. Their positions stand in the same room: a key takes the place of one or
        // more.
        long counted = VectorScores.survey(scores, low, width, band);
        int blocks = (int) counted;
        int room = band.length - blocks;
        System.arraycopy(band, 0, band, room, blocks);
        int found = 0;
        for (int block = 0; block < blocks; block++) {
            int at = band[room + block];
            found = (int) ScalarScores.survey(scores, low, width, band, at, at + Lanes.LENGTH, found);
        }
        int rest = scores.length / Lanes.LENGTH * Lanes.LENGTH;
        return (counted & -1L << 32) + ScalarScores.survey(scores, low, width, band, rest, scores.length, found);
    }

    @Override
    public void uniformNoise(
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
            MemorySegment scratch) {
        VectorNoise.uniform(
                key0,
                key1,
                examples,
                firstExample,
                clean.address() + cleanOffset,
                out.address() + outOffset,
                features,
                epsilon,
                scratch.address());
        keep(clean, out, scratch);
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
        VectorSteps.sign(
                gradient.address() + offset,
                features,
                first,
                count,
                clean.address() + cleanOffset,
                x.address() + xOffset,
                step,
                epsilon);
        keep(gradient, clean, x);
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
            float scale,
            MemorySegment scratch) {
        boolean finite = VectorCrossEntropy.gradient(
                logits.address() + logitOffset,
                gradient.address() + gradientOffset,
                classes,
                labels,
                firstLabel,
                lanes,
                smoothing,
                scale,
                scratch.address());
        keep(logits, gradient, scratch);
        return finite;
    }

    @Override
    public void loadImages(byte[] images, int[] order, int first, int lanes, ActivationPanels out, int panel) {
        VectorImages.load(images, order, first, lanes, out, panel);
    }

    /** Addresses do not keep memory alive; its owners must be reachable until the kernel has run. */
    private static void keep(MemorySegment a, MemorySegment b, MemorySegment c) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }
}
