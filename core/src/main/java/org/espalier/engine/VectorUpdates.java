package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.all;
import static org.espalier.engine.Lanes.load;
import static org.espalier.engine.Lanes.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Optimizer updates over surviving weights. Bound by the dividers: one square root and one division per weight. */
final class VectorUpdates {
    private VectorUpdates() {}

    static void adam(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment first,
            MemorySegment second,
            int count,
            Update.Adam s) {
        FloatVector beta1 = all(s.beta1());
        FloatVector beta2 = all(s.beta2());
        FloatVector rest1 = all(1f - s.beta1());
        FloatVector rest2 = all(1f - s.beta2());
        FloatVector stepSize = all(s.stepSize());
        FloatVector epsilon = all(s.epsilon());
        boolean penalty = s.l1() != 0 || s.l2() != 0;
        for (long at = 0; at < count * 4L; at += BYTES) {
            FloatVector w = load(weights, at);
            FloatVector g = load(gradients, at);
            if (penalty) {
                g = penalised(g, w, s);
            }
            FloatVector m = flush(g.fma(rest1, beta1.mul(load(first, at))));
            FloatVector v = flush(g.mul(g).fma(rest2, beta2.mul(load(second, at))));
            m.intoMemorySegment(first, at, ORDER);
            v.intoMemorySegment(second, at, ORDER);
            w.sub(stepSize.mul(m).div(v.sqrt().add(epsilon))).intoMemorySegment(weights, at, ORDER);
        }
    }

    static void momentum(
            MemorySegment weights, MemorySegment gradients, MemorySegment velocity, int count, Update.Momentum s) {
        FloatVector momentum = all(s.momentum());
        FloatVector rate = all(s.rate());
        for (long at = 0; at < count * 4L; at += BYTES) {
            FloatVector w = load(weights, at);
            FloatVector g = penalised(load(gradients, at), w, s);
            FloatVector v = flush(momentum.fma(load(velocity, at), rate.mul(g).neg()));
            v.intoMemorySegment(velocity, at, ORDER);
            w.add(v).intoMemorySegment(weights, at, ORDER);
        }
    }

    private static FloatVector penalised(FloatVector g, FloatVector w, Update s) {
        FloatVector sign = zero().blend(all(s.l1()), w.compare(VectorOperators.GT, 0f))
                .blend(all(-s.l1()), w.compare(VectorOperators.LT, 0f));
        return all(s.l2()).fma(w, g.add(sign));
    }

    private static FloatVector flush(FloatVector moment) {
        return moment.blend(zero(), moment.abs().compare(VectorOperators.LT, ScalarKernels.SMALLEST_MOMENT));
    }
}
