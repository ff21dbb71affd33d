package org.espalier.engine.simd;

import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.Update;

/**
 * Optimizer updates over surviving weights. Bound by the dividers: one square root and one division per weight.
 */
public final class VectorUpdates {
    private VectorUpdates() {}

    public static void adam(
            float[] weights, float[] gradients, float[] first, float[] second, int count, Update.Adam s) {
        if (s.l1() != 0 || s.l2() != 0) {
            penalise(weights, gradients, count, s);
        }
        decay(weights, count, s);
        FloatVector beta1 = FloatVector.broadcast(FLOATS, s.beta1());
        FloatVector beta2 = FloatVector.broadcast(FLOATS, s.beta2());
        FloatVector rest1 = FloatVector.broadcast(FLOATS, 1f - s.beta1());
        FloatVector rest2 = FloatVector.broadcast(FLOATS, 1f - s.beta2());
        FloatVector stepSize = FloatVector.broadcast(FLOATS, s.stepSize());
        FloatVector epsilon = FloatVector.broadcast(FLOATS, s.epsilon());
        FloatVector smallest = FloatVector.broadcast(FLOATS, Update.SMALLEST_MOMENT);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int at = 0; at < count; at += LENGTH) {
            FloatVector g = FloatVector.fromArray(FLOATS, gradients, at);
            FloatVector m = g.fma(rest1, beta1.mul(FloatVector.fromArray(FLOATS, first, at)));
            FloatVector v = g.mul(g).fma(rest2, beta2.mul(FloatVector.fromArray(FLOATS, second, at)));
            m = m.blend(zero, m.abs().compare(VectorOperators.LT, smallest));
            v = v.blend(zero, v.compare(VectorOperators.LT, smallest)); // never negative
            m.intoArray(first, at);
            v.intoArray(second, at);
            FloatVector.fromArray(FLOATS, weights, at)
                    .sub(stepSize.mul(m).div(v.sqrt().add(epsilon)))
                    .intoArray(weights, at);
        }
    }

    public static void momentum(float[] weights, float[] gradients, float[] velocity, int count, Update.Momentum s) {
        penalise(weights, gradients, count, s);
        decay(weights, count, s);
        FloatVector momentum = FloatVector.broadcast(FLOATS, s.momentum());
        FloatVector rate = FloatVector.broadcast(FLOATS, s.rate());
        FloatVector smallest = FloatVector.broadcast(FLOATS, Update.SMALLEST_MOMENT);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int at = 0; at < count; at += LENGTH) {
            FloatVector g = FloatVector.fromArray(FLOATS, gradients, at);
            FloatVector v = momentum.fma(
                    FloatVector.fromArray(FLOATS, velocity, at), rate.mul(g).neg());
            v = v.blend(zero, v.abs().compare(VectorOperators.LT, smallest));
            v.intoArray(velocity, at);
            FloatVector.fromArray(FLOATS, weights, at).add(v).intoArray(weights, at);
        }
    }

    public static void nesterov(float[] weights, float[] gradients, float[] velocity, int count, Update.Nesterov s) {
        penalise(weights, gradients, count, s);
        decay(weights, count, s);
        FloatVector momentum = FloatVector.broadcast(FLOATS, s.momentum());
        FloatVector rate = FloatVector.broadcast(FLOATS, s.rate());
        FloatVector smallest = FloatVector.broadcast(FLOATS, Update.SMALLEST_MOMENT);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int at = 0; at < count; at += LENGTH) {
            FloatVector g = FloatVector.fromArray(FLOATS, gradients, at);
            FloatVector v = momentum.fma(FloatVector.fromArray(FLOATS, velocity, at), g);
            v = v.blend(zero, v.abs().compare(VectorOperators.LT, smallest));
            v.intoArray(velocity, at);
            FloatVector.fromArray(FLOATS, weights, at)
                    .sub(rate.mul(momentum.fma(v, g)))
                    .intoArray(weights, at);
        }
    }

    /** Decays weights in place. Adding zero keeps them from becoming -0. */
    private static void decay(float[] weights, int count, Update s) {
        if (s.decay() == 0) {
            return;
        }
        FloatVector rest = FloatVector.broadcast(FLOATS, 1f - s.decay());
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int at = 0; at < count; at += LENGTH) {
            FloatVector.fromArray(FLOATS, weights, at).mul(rest).add(zero).intoArray(weights, at);
        }
    }

    /** Adds the penalties' gradients to the gradients in place. */
    private static void penalise(float[] weights, float[] gradients, int count, Update s) {
        FloatVector l2 = FloatVector.broadcast(FLOATS, s.l2());
        FloatVector up = FloatVector.broadcast(FLOATS, s.l1());
        FloatVector down = FloatVector.broadcast(FLOATS, -s.l1());
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int at = 0; at < count; at += LENGTH) {
            FloatVector w = FloatVector.fromArray(FLOATS, weights, at);
            FloatVector sign = zero.blend(up, w.compare(VectorOperators.GT, zero))
                    .blend(down, w.compare(VectorOperators.LT, zero));
            l2.fma(w, FloatVector.fromArray(FLOATS, gradients, at).add(sign)).intoArray(gradients, at);
        }
    }
}
