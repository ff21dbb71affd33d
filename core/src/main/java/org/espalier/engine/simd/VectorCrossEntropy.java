package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.INTS;
import static org.espalier.engine.simd.Lanes.LENGTH;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.math.PortableMath;

/**
 * The softmax cross-entropy's gradient, one lane per example; the same operations as the scalar kernel. Offsets are
 * addresses in {@link Lanes#MEMORY}.
 */
public final class VectorCrossEntropy {
    private static final long ROW = ActivationPanels.ROW_BYTES;

    private VectorCrossEntropy() {}

    public static boolean gradient(
            long logits,
            long gradient,
            int classes,
            int[] labels,
            int firstLabel,
            int lanes,
            float smoothing,
            float scale,
            long scratch) {
        boolean finite = true;
        for (int lane = 0; lane < ActivationPanels.LANES; lane += LENGTH) {
            long at = lane * 4L;
            int active = Math.clamp(lanes - lane, 0, LENGTH);
            exponentials(logits + at, gradient + at, classes, scratch);
            finite &= finite(scratch, active);
            probabilities(
                    gradient + at, classes, labels, firstLabel + lane, active, smoothing / classes, scale, scratch);
            own(gradient + at, classes, labels, firstLabel + lane, active, smoothing, scale, scratch);
        }
        return finite;
    }

    /** e = exp(z - max z) to the gradient's rows, operation by operation as {@link PortableMath#exp}; their sum to scratch. */
    private static void exponentials(long logits, long gradient, int classes, long scratch) {
        FloatVector max = FloatVector.fromMemorySegment(FLOATS, MEMORY, logits, ORDER);
        for (int c = 1; c < classes; c++) {
            FloatVector z = FloatVector.fromMemorySegment(FLOATS, MEMORY, logits + c * ROW, ORDER);
            max = max.blend(z, z.compare(VectorOperators.GT, max));
        }
        FloatVector lowest = FloatVector.broadcast(FLOATS, PortableMath.LOWEST);
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int c = 0; c < classes; c++) {
            FloatVector x = FloatVector.fromMemorySegment(FLOATS, MEMORY, logits + c * ROW, ORDER)
                    .sub(max);
            x = x.blend(lowest, x.compare(VectorOperators.LT, lowest));
            FloatVector shifted = x.fma(
                    FloatVector.broadcast(FLOATS, PortableMath.LOG2_E),
                    FloatVector.broadcast(FLOATS, PortableMath.MAGIC));
            FloatVector n = shifted.sub(PortableMath.MAGIC);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -PortableMath.LN2_HIGH), x);
            r = n.fma(FloatVector.broadcast(FLOATS, -PortableMath.LN2_LOW), r);
            FloatVector p = FloatVector.broadcast(FLOATS, PortableMath.C0)
                    .fma(r, FloatVector.broadcast(FLOATS, PortableMath.C1));
            p = p.fma(r, FloatVector.broadcast(FLOATS, PortableMath.C2));
            p = p.fma(r, FloatVector.broadcast(FLOATS, PortableMath.C3));
            p = p.fma(r, FloatVector.broadcast(FLOATS, PortableMath.C4));
            p = p.fma(r, FloatVector.broadcast(FLOATS, PortableMath.C5));
            p = p.fma(r.mul(r), r).add(1f);
            IntVector exponent =
                    shifted.reinterpretAsInts().sub(PortableMath.MAGIC_BITS).lanewise(VectorOperators.LSHL, 23);
            FloatVector e = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
            e.intoMemorySegment(MEMORY, gradient + c * ROW, ORDER);
            sum = sum.add(e);
        }
        sum.intoMemorySegment(MEMORY, scratch, ORDER);
    }

    /** Whether the active lanes' sums are finite: then sum - sum is 0. */
    private static boolean finite(long scratch, int active) {
        FloatVector sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, scratch, ORDER);
        VectorMask<Float> good = sum.sub(sum).compare(VectorOperators.EQ, 0f);
        return good.not().and(FLOATS.indexInRange(0, active)).trueCount() == 0;
    }

    /** scale (p - other) to every active lane's entries, 0 to the others; the sum of the wrong classes' p to scratch. */
    private static void probabilities(
            long gradient,
            int classes,
            int[] labels,
            int firstLabel,
            int active,
            float other,
            float scale,
            long scratch) {
        VectorMask<Float> present = FLOATS.indexInRange(0, active);
        IntVector own = IntVector.fromArray(INTS, labels, firstLabel, INTS.indexInRange(0, active));
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector sum = FloatVector.fromMemorySegment(FLOATS, MEMORY, scratch, ORDER);
        FloatVector rest = zero;
        for (int c = 0; c < classes; c++) {
            FloatVector p = FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient + c * ROW, ORDER)
                    .div(sum);
            rest = rest.add(p.blend(zero, own.compare(VectorOperators.EQ, c).cast(FLOATS)));
            zero.blend(p.sub(other).mul(scale), present).intoMemorySegment(MEMORY, gradient + c * ROW, ORDER);
        }
        rest.intoMemorySegment(MEMORY, scratch + BYTES, ORDER);
    }

    /** The true class's entry: minus the sum of the others, which keeps digits that p - 1 would lose. */
    private static void own(
            long gradient,
            int classes,
            int[] labels,
            int firstLabel,
            int active,
            float smoothing,
            float scale,
            long scratch) {
        VectorMask<Float> present = FLOATS.indexInRange(0, active);
        IntVector own = IntVector.fromArray(INTS, labels, firstLabel, INTS.indexInRange(0, active));
        FloatVector rest = FloatVector.fromMemorySegment(FLOATS, MEMORY, scratch + BYTES, ORDER);
        FloatVector entry = FloatVector.broadcast(FLOATS, smoothing - smoothing / classes)
                .sub(rest)
                .mul(scale);
        for (int c = 0; c < classes; c++) {
            VectorMask<Float> mine =
                    own.compare(VectorOperators.EQ, c).cast(FLOATS).and(present);
            FloatVector.fromMemorySegment(FLOATS, MEMORY, gradient + c * ROW, ORDER)
                    .blend(entry, mine)
                    .intoMemorySegment(MEMORY, gradient + c * ROW, ORDER);
        }
    }
}
