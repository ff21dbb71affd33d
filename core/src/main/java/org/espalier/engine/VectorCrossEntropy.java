package org.espalier.engine;

import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.INTS;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.all;
import static org.espalier.engine.Lanes.load;
import static org.espalier.engine.Lanes.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The softmax cross-entropy's gradient, one lane per example; the same operations as the scalar kernel. */
final class VectorCrossEntropy {
    private VectorCrossEntropy() {}

    static boolean gradient(
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
        boolean finite = true;
        for (int lane = 0; lane < Panels.LANES; lane += LENGTH) {
            int active = Math.clamp(lanes - lane, 0, LENGTH);
            finite &= register(
                    logits,
                    logitOffset + lane * 4L,
                    gradient,
                    gradientOffset + lane * 4L,
                    classes,
                    labels,
                    firstLabel + lane,
                    active,
                    smoothing,
                    scale);
        }
        return finite;
    }

    private static boolean register(
            MemorySegment logits,
            long from,
            MemorySegment gradient,
            long to,
            int classes,
            int[] labels,
            int firstLabel,
            int active,
            float smoothing,
            float scale) {
        VectorMask<Float> present = FLOATS.indexInRange(0, active);
        FloatVector max = load(logits, from);
        for (int c = 1; c < classes; c++) {
            max = Lanes.atLeast(max, load(logits, from + c * Panels.ROW_BYTES));
        }
        FloatVector sum = zero();
        for (int c = 0; c < classes; c++) {
            FloatVector e = exp(load(logits, from + c * Panels.ROW_BYTES).sub(max));
            e.intoMemorySegment(gradient, to + c * Panels.ROW_BYTES, ORDER);
            sum = sum.add(e);
        }
        IntVector own = IntVector.fromArray(INTS, labels, firstLabel, INTS.indexInRange(0, active));
        FloatVector rest = zero();
        float other = smoothing / classes;
        for (int c = 0; c < classes; c++) {
            FloatVector probability = load(gradient, to + c * Panels.ROW_BYTES).div(sum);
            VectorMask<Float> mine = own.compare(VectorOperators.EQ, c).cast(FLOATS);
            rest = rest.add(probability.blend(zero(), mine));
            store(probability.sub(other).mul(scale), present, gradient, to + c * Panels.ROW_BYTES);
        }
        FloatVector entry = all(smoothing - other).sub(rest).mul(scale);
        for (int c = 0; c < classes; c++) {
            VectorMask<Float> mine = own.compare(VectorOperators.EQ, c).cast(FLOATS);
            store(
                    load(gradient, to + c * Panels.ROW_BYTES).blend(entry, mine),
                    present,
                    gradient,
                    to + c * Panels.ROW_BYTES);
        }
        // sum - sum is 0 for a finite sum and NaN otherwise
        return sum.sub(sum).compare(VectorOperators.EQ, 0f).not().and(present).trueCount() == 0;
    }

    private static void store(FloatVector v, VectorMask<Float> present, MemorySegment out, long offset) {
        zero().blend(v, present).intoMemorySegment(out, offset, ORDER);
    }

    /** As {@link Exp#exp}, operation by operation. */
    private static FloatVector exp(FloatVector argument) {
        FloatVector x = Lanes.atLeast(argument, all(Exp.LOWEST));
        FloatVector shifted = x.fma(all(Exp.LOG2_E), all(Exp.MAGIC));
        FloatVector n = shifted.sub(Exp.MAGIC);
        FloatVector r = n.fma(all(-Exp.LN2_HIGH), x);
        r = n.fma(all(-Exp.LN2_LOW), r);
        FloatVector p = all(Exp.C0).fma(r, all(Exp.C1));
        p = p.fma(r, all(Exp.C2));
        p = p.fma(r, all(Exp.C3));
        p = p.fma(r, all(Exp.C4));
        p = p.fma(r, all(Exp.C5));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().sub(Exp.MAGIC_BITS).lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }
}
