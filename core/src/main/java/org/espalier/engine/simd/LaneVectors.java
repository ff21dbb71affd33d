package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;

/** {@code LaneMath} in vector registers. Clipping compares and blends, as in {@link VectorSteps}. */
public final class LaneVectors {
    private static final int LANES = ActivationPanels.LANES;

    private LaneVectors() {}

    public static void signWithMomentum(
            float[] clean,
            float[] gradient,
            float[] x,
            float[] old,
            int from,
            int to,
            float[] steps,
            int lane,
            float epsilon,
            float a) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector centre = FloatVector.fromArray(FLOATS, clean, i);
            FloatVector low = centre.sub(epsilon);
            low = low.blend(zero, low.compare(VectorOperators.LT, zero));
            FloatVector high = centre.add(epsilon);
            high = high.blend(one, high.compare(VectorOperators.GT, one));
            FloatVector here = FloatVector.fromArray(FLOATS, x, i);
            FloatVector step = FloatVector.fromArray(FLOATS, steps, lane + (i & (LANES - 1)));
            FloatVector g = FloatVector.fromArray(FLOATS, gradient, i);
            FloatVector moved = here.blend(here.add(step), g.compare(VectorOperators.GT, zero))
                    .blend(here.sub(step), g.compare(VectorOperators.LT, zero));
            moved = moved.blend(low, moved.compare(VectorOperators.LT, low));
            moved = moved.blend(high, moved.compare(VectorOperators.GT, high));
            FloatVector momentum =
                    here.sub(FloatVector.fromArray(FLOATS, old, i)).mul(1 - a);
            FloatVector next = here.add(moved.sub(here).mul(a)).add(momentum);
            here.intoArray(old, i);
            next = next.blend(low, next.compare(VectorOperators.LT, low));
            next.blend(high, next.compare(VectorOperators.GT, high)).intoArray(x, i);
        }
    }

    public static void clip(float[] clean, float[] x, int from, int to, float[] radii, int lane) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector radius = FloatVector.fromArray(FLOATS, radii, lane + (i & (LANES - 1)));
            FloatVector centre = FloatVector.fromArray(FLOATS, clean, i);
            FloatVector low = centre.sub(radius);
            low = low.blend(zero, low.compare(VectorOperators.LT, zero));
            FloatVector high = centre.add(radius);
            high = high.blend(one, high.compare(VectorOperators.GT, one));
            FloatVector value = FloatVector.fromArray(FLOATS, x, i);
            value = value.blend(low, value.compare(VectorOperators.LT, low));
            value.blend(high, value.compare(VectorOperators.GT, high)).intoArray(x, i);
        }
    }

    public static void scale(float[] clean, float[] x, int from, int to, float[] factors, int lane) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector centre = FloatVector.fromArray(FLOATS, clean, i);
            FloatVector factor = FloatVector.fromArray(FLOATS, factors, lane + (i & (LANES - 1)));
            FloatVector value =
                    centre.add(FloatVector.fromArray(FLOATS, x, i).sub(centre).mul(factor));
            value = value.blend(zero, value.compare(VectorOperators.LT, zero));
            value.blend(one, value.compare(VectorOperators.GT, one)).intoArray(x, i);
        }
    }

    public static void cut(float[] clean, float[] x, int from, int to, float[] cuts, int lane) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector centre = FloatVector.fromArray(FLOATS, clean, i);
            FloatVector d = FloatVector.fromArray(FLOATS, x, i).sub(centre);
            FloatVector left = d.abs().sub(FloatVector.fromArray(FLOATS, cuts, lane + (i & (LANES - 1))));
            left = left.blend(zero, left.compare(VectorOperators.LT, zero));
            FloatVector value = centre.add(left).blend(centre.sub(left), d.compare(VectorOperators.LT, zero));
            value = value.blend(zero, value.compare(VectorOperators.LT, zero));
            value.blend(one, value.compare(VectorOperators.GT, one)).intoArray(x, i);
        }
    }

    public static void lengthsAfterCut(
            float[] clean, float[] x, int from, int to, float[] cuts, int lane, float[] sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int l = 0; l < LANES; l += LENGTH) {
            FloatVector cut = FloatVector.fromArray(FLOATS, cuts, lane + l);
            FloatVector sum = zero;
            FloatVector lost = zero;
            for (int i = from + l; i < to; i += LANES) {
                FloatVector centre = FloatVector.fromArray(FLOATS, clean, i);
                FloatVector d = FloatVector.fromArray(FLOATS, x, i).sub(centre);
                FloatVector room = one.sub(centre).blend(centre, d.compare(VectorOperators.LT, zero));
                FloatVector left = d.abs().sub(cut);
                left = left.blend(zero, left.compare(VectorOperators.LT, zero));
                left = left.blend(room, left.compare(VectorOperators.GT, room));
                FloatVector term = left.sub(lost);
                FloatVector next = sum.add(term);
                lost = next.sub(sum).sub(term);
                sum = next;
            }
            sum.intoArray(sums, l);
        }
    }

    public static void largest(float[] clean, float[] x, int from, int to, float[] largest) {
        for (int l = 0; l < LANES; l += LENGTH) {
            FloatVector most = FloatVector.zero(FLOATS);
            for (int i = from + l; i < to; i += LANES) {
                FloatVector size = FloatVector.fromArray(FLOATS, x, i)
                        .sub(FloatVector.fromArray(FLOATS, clean, i))
                        .abs();
                most = most.blend(size, most.compare(VectorOperators.LT, size));
            }
            most.intoArray(largest, l);
        }
    }
}
