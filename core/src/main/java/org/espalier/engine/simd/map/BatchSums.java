package org.espalier.engine.simd.map;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.MapKernels;

/**
 * Sums over a batch in double, and the input gradient of batch norm. Half a register of floats becomes a register of doubles, a
 * part of the 16 chains; two parts are taken at a time. A chain that begins at 0 is never -0, so adding 0 for lanes that do not
 * count would change nothing; they are masked because they may hold anything. Offsets are addresses in
 * {@link org.espalier.engine.simd.Lanes#MEMORY}.
 */
final class BatchSums {
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, FLOATS.vectorShape());
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    /** Lanes to a part. */
    private static final int PART = DOUBLES.length();

    private static final int ROW = (int) ActivationPanels.ROW_BYTES;
    private static final int LANES = ActivationPanels.LANES;
    private static final int CHAINS = MapKernels.CHAINS;
    private static final int GROUP = CHAINS * 4;

    private BatchSums() {}

    static void values(long x, int places, int lanes, double[] chains) {
        int whole = lanes / CHAINS * GROUP;
        for (int part = 0; part < CHAINS; part += 2 * PART) {
            VectorMask<Double> first = DOUBLES.indexInRange(0, Math.max(0, lanes % CHAINS - part));
            VectorMask<Double> second = DOUBLES.indexInRange(0, Math.max(0, lanes % CHAINS - part - PART));
            boolean more = lanes % CHAINS > part;
            DoubleVector a = DoubleVector.fromArray(DOUBLES, chains, part);
            DoubleVector b = DoubleVector.fromArray(DOUBLES, chains, part + PART);
            for (int n = 0; n < places; n++) {
                long from = x + (long) n * ROW + part * 4L;
                for (int at = 0; at < whole; at += GROUP) {
                    a = a.add(FloatVector.fromMemorySegment(HALF, MEMORY, from + at, ORDER)
                            .castShape(DOUBLES, 0));
                    b = b.add(FloatVector.fromMemorySegment(HALF, MEMORY, from + at + PART * 4, ORDER)
                            .castShape(DOUBLES, 0));
                }
                if (more) {
                    a = a.add(
                            FloatVector.fromMemorySegment(HALF, MEMORY, from + whole, ORDER)
                                    .castShape(DOUBLES, 0),
                            first);
                    b = b.add(
                            FloatVector.fromMemorySegment(HALF, MEMORY, from + whole + PART * 4, ORDER)
                                    .castShape(DOUBLES, 0),
                            second);
                }
            }
            a.intoArray(chains, part);
            b.intoArray(chains, part + PART);
        }
    }

    static void squares(long x, int places, int lanes, double mean, double[] chains) {
        int whole = lanes / CHAINS * GROUP;
        DoubleVector centre = DoubleVector.broadcast(DOUBLES, mean);
        for (int part = 0; part < CHAINS; part += 2 * PART) {
            VectorMask<Double> first = DOUBLES.indexInRange(0, Math.max(0, lanes % CHAINS - part));
            VectorMask<Double> second = DOUBLES.indexInRange(0, Math.max(0, lanes % CHAINS - part - PART));
            boolean more = lanes % CHAINS > part;
            DoubleVector a = DoubleVector.fromArray(DOUBLES, chains, part);
            DoubleVector b = DoubleVector.fromArray(DOUBLES, chains, part + PART);
            for (int n = 0; n < places; n++) {
                long from = x + (long) n * ROW + part * 4L;
                for (int at = 0; at < whole; at += GROUP) {
                    DoubleVector v = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, from + at, ORDER)
                            .castShape(DOUBLES, 0);
                    v = v.sub(centre);
                    a = a.add(v.mul(v));
                    v = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, from + at + PART * 4, ORDER)
                            .castShape(DOUBLES, 0);
                    v = v.sub(centre);
                    b = b.add(v.mul(v));
                }
                if (more) {
                    DoubleVector v = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, from + whole, ORDER)
                            .castShape(DOUBLES, 0);
                    v = v.sub(centre);
                    a = a.add(v.mul(v), first);
                    v = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, from + whole + PART * 4, ORDER)
                            .castShape(DOUBLES, 0);
                    v = v.sub(centre);
                    b = b.add(v.mul(v), second);
                }
            }
            a.intoArray(chains, part);
            b.intoArray(chains, part + PART);
        }
    }

    static void gradients(
            long x,
            long gradient,
            int places,
            int lanes,
            double mean,
            double inverse,
            double[] gradients,
            double[] products) {
        int whole = lanes / CHAINS * GROUP;
        DoubleVector centre = DoubleVector.broadcast(DOUBLES, mean);
        DoubleVector factor = DoubleVector.broadcast(DOUBLES, inverse);
        for (int part = 0; part < CHAINS; part += PART) {
            VectorMask<Double> rest = DOUBLES.indexInRange(0, Math.max(0, lanes % CHAINS - part));
            boolean more = lanes % CHAINS > part;
            DoubleVector a = DoubleVector.fromArray(DOUBLES, gradients, part);
            DoubleVector b = DoubleVector.fromArray(DOUBLES, products, part);
            for (int n = 0; n < places; n++) {
                long from = (long) n * ROW + part * 4L;
                for (int at = 0; at < whole; at += GROUP) {
                    DoubleVector v = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, x + from + at, ORDER)
                            .castShape(DOUBLES, 0);
                    DoubleVector d =
                            (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, gradient + from + at, ORDER)
                                    .castShape(DOUBLES, 0);
                    a = a.add(d);
                    b = b.add(d.mul(v.sub(centre).mul(factor)));
                }
                if (more) {
                    DoubleVector v = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, x + from + whole, ORDER)
                            .castShape(DOUBLES, 0);
                    DoubleVector d =
                            (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, gradient + from + whole, ORDER)
                                    .castShape(DOUBLES, 0);
                    a = a.add(d, rest);
                    b = b.add(d.mul(v.sub(centre).mul(factor)), rest);
                }
            }
            a.intoArray(gradients, part);
            b.intoArray(products, part);
        }
    }

    static void centre(
            long x,
            long gradient,
            int places,
            int lanes,
            float mean,
            double inverse,
            double slope,
            double meanGradient,
            double meanProduct,
            long out) {
        FloatVector centre = FloatVector.broadcast(HALF, mean);
        DoubleVector factor = DoubleVector.broadcast(DOUBLES, inverse);
        DoubleVector gradients = DoubleVector.broadcast(DOUBLES, meanGradient);
        DoubleVector products = DoubleVector.broadcast(DOUBLES, meanProduct);
        DoubleVector scale = DoubleVector.broadcast(DOUBLES, slope);
        int whole = lanes / PART * PART * 4;
        for (int n = 0; n < places; n++) {
            long from = (long) n * ROW;
            for (int at = 0; at < whole; at += PART * 4) {
                DoubleVector v = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, x + from + at, ORDER)
                        .sub(centre)
                        .castShape(DOUBLES, 0);
                DoubleVector d = (DoubleVector) FloatVector.fromMemorySegment(HALF, MEMORY, gradient + from + at, ORDER)
                        .castShape(DOUBLES, 0);
                v = v.mul(factor).mul(products);
                FloatVector result =
                        (FloatVector) d.sub(gradients).sub(v).mul(scale).castShape(HALF, 0);
                result.intoMemorySegment(MEMORY, out + from + at, ORDER);
            }
            if (lanes < LANES) {
                edge(
                        x + from + whole,
                        gradient + from + whole,
                        lanes % PART,
                        mean,
                        inverse,
                        slope,
                        meanGradient,
                        meanProduct,
                        out + from + whole);
                zero(out + from + whole + PART * 4, out + from + ROW);
            }
        }
    }

    /** One part, some of whose lanes count. */
    private static void edge(
            long x,
            long gradient,
            int lanes,
            float mean,
            double inverse,
            double slope,
            double meanGradient,
            double meanProduct,
            long out) {
        DoubleVector v = (DoubleVector)
                FloatVector.fromMemorySegment(HALF, MEMORY, x, ORDER).sub(mean).castShape(DOUBLES, 0);
        DoubleVector d = (DoubleVector)
                FloatVector.fromMemorySegment(HALF, MEMORY, gradient, ORDER).castShape(DOUBLES, 0);
        v = v.mul(inverse).mul(meanProduct);
        d = d.sub(meanGradient).sub(v).mul(slope);
        d = DoubleVector.zero(DOUBLES).blend(d, DOUBLES.indexInRange(0, lanes));
        ((FloatVector) d.castShape(HALF, 0)).intoMemorySegment(MEMORY, out, ORDER);
    }

    private static void zero(long from, long end) {
        FloatVector zero = FloatVector.zero(HALF);
        for (long at = from; at < end; at += PART * 4L) {
            zero.intoMemorySegment(MEMORY, at, ORDER);
        }
    }
}
