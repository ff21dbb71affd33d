package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.INTS;
import static org.espalier.engine.simd.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Whole registers of learnt scores; what is left at the end is the caller's. All methods return the first position left. */
public final class VectorScores {
    private VectorScores() {}

    /** See {@code Kernels.learnScores}. */
    public static int learn(
            float[] scores,
            float[] velocity,
            float[] weights,
            float[] gradient,
            float rate,
            float momentum,
            float decay) {
        FloatVector rates = FloatVector.broadcast(FLOATS, rate);
        FloatVector past = FloatVector.broadcast(FLOATS, momentum);
        FloatVector decays = FloatVector.broadcast(FLOATS, decay);
        IntVector signBit = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        int end = FLOATS.loopBound(scores.length);
        for (int at = 0; at < end; at += LENGTH) {
            FloatVector s = FloatVector.fromArray(FLOATS, scores, at);
            FloatVector slope =
                    FloatVector.fromArray(FLOATS, weights, at).mul(FloatVector.fromArray(FLOATS, gradient, at));
            FloatVector signed = slope.reinterpretAsInts()
                    .lanewise(VectorOperators.XOR, s.reinterpretAsInts().and(signBit))
                    .reinterpretAsFloats();
            FloatVector v =
                    past.mul(FloatVector.fromArray(FLOATS, velocity, at)).add(signed.add(decays.mul(s)));
            v.intoArray(velocity, at);
            s.sub(rates.mul(v)).intoArray(scores, at);
        }
        return end;
    }

    /** See {@code Kernels.keepScored}. */
    public static int keep(float[] scores, int cut, float[] weights, float[] into) {
        IntVector size = IntVector.broadcast(INTS, Integer.MAX_VALUE);
        IntVector least = IntVector.broadcast(INTS, cut);
        FloatVector zero = FloatVector.zero(FLOATS);
        int end = FLOATS.loopBound(scores.length);
        for (int at = 0; at < end; at += LENGTH) {
            IntVector key = FloatVector.fromArray(FLOATS, scores, at)
                    .reinterpretAsInts()
                    .and(size);
            zero.blend(
                            FloatVector.fromArray(FLOATS, weights, at),
                            key.compare(VectorOperators.GE, least).cast(FLOATS))
                    .intoArray(into, at);
        }
        return end;
    }

    /**
     * See {@code Kernels.surveyScores}. Counts only: keys in the band are the caller's to collect.
     *
     * @param blocks receives the first positions of the registers that have keys in the band; room for all
     * @return the number below in the upper 32 bits, and the number of such registers in the lower
     */
    public static long survey(float[] scores, int low, int width, int[] blocks) {
        IntVector size = IntVector.broadcast(INTS, Integer.MAX_VALUE);
        IntVector first = IntVector.broadcast(INTS, low);
        IntVector one = IntVector.broadcast(INTS, 1);
        IntVector zero = IntVector.zero(INTS);
        IntVector below = zero;
        int found = 0;
        int last = low + (width - 1);
        int end = FLOATS.loopBound(scores.length);
        for (int at = 0; at < end; at += LENGTH) {
            IntVector key = FloatVector.fromArray(FLOATS, scores, at)
                    .reinterpretAsInts()
                    .and(size);
            var smaller = key.compare(VectorOperators.LT, first);
            below = below.add(zero.blend(one, smaller));
            if (key.compare(VectorOperators.LE, last).andNot(smaller).anyTrue()) {
                blocks[found++] = at;
            }
        }
        return (long) below.reduceLanes(VectorOperators.ADD) << 32 | found;
    }
}
