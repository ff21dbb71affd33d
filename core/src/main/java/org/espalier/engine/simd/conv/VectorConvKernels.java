package org.espalier.engine.simd.conv;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.jspecify.annotations.Nullable;

/** The kernels of convolutions with vector registers. This class only joins them; each family has files of its own. */
public final class VectorConvKernels implements ConvKernels {
    @Override
    public int packedSize(int rows, int depth) {
        return Math.multiplyExact(rows, depth);
    }

    @Override
    public void pack(float[] rowMajor, int rows, int depth, float[] packed) {
        DenseConv.pack(rowMajor, rows, depth, packed);
    }

    @Override
    public void dense(
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
            long gateOffset) {
        DenseConv.run(
                weights,
                rows,
                depth,
                offsets,
                biases,
                in.address() + inOffset,
                out.address() + outOffset,
                at,
                finish,
                gate.address() + gateOffset);
        keep(in, out, gate);
    }

    @Override
    public void sparse(
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
            long gateOffset) {
        SparseConv.run(
                values,
                starts,
                offsets,
                rows,
                biases,
                in.address() + inOffset,
                out.address() + outOffset,
                at,
                finish,
                gate.address() + gateOffset);
        keep(in, out, gate);
    }

    @Override
    public void denseGradient(
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
            float[] out) {
        ConvGradient.dense(
                delta.address() + deltaOffset,
                deltaPanel,
                rows,
                in.address() + inOffset,
                inPanel,
                offsets,
                depth,
                at,
                panels,
                out);
        keep(delta, in, in);
    }

    @Override
    public void sparseGradient(
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
            float[] out) {
        ConvGradient.sparse(
                delta.address() + deltaOffset,
                deltaPanel,
                starts,
                rows,
                in.address() + inOffset,
                inPanel,
                offsets,
                at,
                panels,
                out);
        keep(delta, in, in);
    }

    @Override
    public void biasGradient(
            MemorySegment delta, long deltaOffset, long deltaPanel, int rows, Positions at, int panels, float[] out) {
        ConvGradient.biases(delta.address() + deltaOffset, deltaPanel, rows, at, panels, out);
        keep(delta, delta, delta);
    }

    /** Addresses do not keep memory alive; its owners must be reachable until the kernel has run. */
    private static void keep(MemorySegment a, MemorySegment b, MemorySegment c) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }
}
