package org.espalier.engine.simd.map;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.espalier.engine.kernel.MapKernels;

/** The kernels of layers without weights with vector registers. This class only joins them; each family has a file of its own. */
public final class VectorMapKernels implements MapKernels {
    @Override
    public void clear(MemorySegment to, long toOffset, int floats) {
        ElementMaps.clear(to.address() + toOffset, floats);
        keep(to, to, to);
    }

    @Override
    public void relu(MemorySegment x, long xOffset, int floats) {
        ElementMaps.relu(x.address() + xOffset, floats);
        keep(x, x, x);
    }

    @Override
    public void gate(MemorySegment gradient, long gradientOffset, MemorySegment value, long valueOffset, int floats) {
        ElementMaps.gate(gradient.address() + gradientOffset, value.address() + valueOffset, floats);
        keep(gradient, value, value);
    }

    @Override
    public void add(MemorySegment from, long fromOffset, MemorySegment to, long toOffset, int floats) {
        ElementMaps.add(from.address() + fromOffset, to.address() + toOffset, floats);
        keep(from, to, to);
    }

    @Override
    public void sum(
            MemorySegment a,
            long aOffset,
            MemorySegment b,
            long bOffset,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu) {
        long to = out.address() + outOffset;
        if (relu) {
            ElementMaps.sumRelu(a.address() + aOffset, b.address() + bOffset, to, floats);
        } else {
            ElementMaps.sum(a.address() + aOffset, b.address() + bOffset, to, floats);
        }
        keep(a, b, out);
    }

    @Override
    public void affine(
            MemorySegment x,
            long xOffset,
            float scale,
            float shift,
            MemorySegment out,
            long outOffset,
            int floats,
            boolean relu) {
        if (relu) {
            ElementMaps.affineRelu(x.address() + xOffset, scale, shift, out.address() + outOffset, floats);
        } else {
            ElementMaps.affine(x.address() + xOffset, scale, shift, out.address() + outOffset, floats);
        }
        keep(x, out, out);
    }

    @Override
    public void scale(MemorySegment x, long xOffset, float scale, MemorySegment out, long outOffset, int floats) {
        ElementMaps.scale(x.address() + xOffset, scale, out.address() + outOffset, floats);
        keep(x, out, out);
    }

    @Override
    public void normalise(
            MemorySegment x, long xOffset, float mean, float deviation, MemorySegment out, long outOffset, int floats) {
        ElementMaps.normalise(x.address() + xOffset, mean, deviation, out.address() + outOffset, floats);
        keep(x, out, out);
    }

    @Override
    public void maxPool(
            MemorySegment x,
            long xOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            MemorySegment out,
            long outOffset) {
        Pools.max(x.address() + xOffset, rows, columns, pitch, step, count, out.address() + outOffset);
        keep(x, out, out);
    }

    @Override
    public void maxPoolGradient(
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
            boolean add) {
        Pools.maxGradient(
                gradient.address() + gradientOffset,
                x.address() + xOffset,
                maximum.address() + maximumOffset,
                rows,
                columns,
                pitch,
                step,
                count,
                target.address() + targetOffset,
                add);
        keep(gradient, x, maximum);
        Reference.reachabilityFence(target);
    }

    @Override
    public void averagePool(
            MemorySegment x,
            long xOffset,
            int rows,
            int columns,
            int pitch,
            int step,
            int count,
            float share,
            MemorySegment out,
            long outOffset) {
        Pools.average(x.address() + xOffset, rows, columns, pitch, step, count, share, out.address() + outOffset);
        keep(x, out, out);
    }

    @Override
    public void averagePoolGradient(
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
            boolean add) {
        Pools.averageGradient(
                gradient.address() + gradientOffset,
                rows,
                columns,
                pitch,
                step,
                count,
                share,
                target.address() + targetOffset,
                add);
        keep(gradient, target, target);
    }

    @Override
    public void sum(MemorySegment x, long xOffset, int places, int lanes, double[] chains) {
        BatchSums.values(x.address() + xOffset, places, lanes, chains);
        keep(x, x, x);
    }

    @Override
    public void squares(MemorySegment x, long xOffset, int places, int lanes, double mean, double[] chains) {
        BatchSums.squares(x.address() + xOffset, places, lanes, mean, chains);
        keep(x, x, x);
    }

    @Override
    public void gradientSums(
            MemorySegment x,
            long xOffset,
            MemorySegment gradient,
            long gradientOffset,
            int places,
            int lanes,
            double mean,
            double inverse,
            double[] gradients,
            double[] products) {
        BatchSums.gradients(
                x.address() + xOffset,
                gradient.address() + gradientOffset,
                places,
                lanes,
                mean,
                inverse,
                gradients,
                products);
        keep(x, gradient, gradient);
    }

    @Override
    public void centre(
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
            long outOffset) {
        BatchSums.centre(
                x.address() + xOffset,
                gradient.address() + gradientOffset,
                places,
                lanes,
                mean,
                inverse,
                slope,
                meanGradient,
                meanProduct,
                out.address() + outOffset);
        keep(x, gradient, out);
    }

    /** Addresses do not keep memory alive; its owners must be reachable until the kernel has run. */
    private static void keep(MemorySegment a, MemorySegment b, MemorySegment c) {
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }
}
