package org.espalier.engine.ops;

import jdk.incubator.vector.FloatVector;
import org.espalier.engine.simd.Lanes;

/**
 * The most float32 multiply-adds that one core can do: twelve independent chains that never leave the registers.
 * Every other rate is a share of it. Each chain adds to itself: chains that multiply themselves cost C2 a move between
 * registers for each multiply-add, and some cores a third of the rate. Scalar code has its own, lower one.
 */
public final class FmaPeak {
    private static final boolean SCALAR = KernelChoice.chosen().bits() == 0;
    private static final int CHAINS = 12;
    private static final int TURNS = 100_000;
    private static float result; // kept, or the compiler would drop the loop

    private FmaPeak() {}

    /** Floating-point operations of one {@link #run}; a multiply-add counts as two. */
    public static double operations() {
        return SCALAR ? 2.0 * CHAINS * TURNS : 2.0 * CHAINS * Lanes.LENGTH * TURNS;
    }

    /** Makes those operations. */
    public static void run() {
        if (SCALAR) {
            scalar();
        } else {
            vectors();
        }
    }

    private static void scalar() {
        float[] sums = new float[CHAINS];
        for (int i = 0; i < TURNS; i++) {
            for (int c = 0; c < CHAINS; c++) {
                sums[c] = Math.fma(0.999f, sums[c], 0.001f);
            }
        }
        result += sums[0];
    }

    private static void vectors() {
        FloatVector w = FloatVector.broadcast(Lanes.FLOATS, 0.999f);
        FloatVector c = FloatVector.broadcast(Lanes.FLOATS, 0.001f);
        FloatVector a0 = c;
        FloatVector a1 = c;
        FloatVector a2 = c;
        FloatVector a3 = c;
        FloatVector a4 = c;
        FloatVector a5 = c;
        FloatVector a6 = c;
        FloatVector a7 = c;
        FloatVector a8 = c;
        FloatVector a9 = c;
        FloatVector a10 = c;
        FloatVector a11 = c;
        for (int i = 0; i < TURNS; i++) {
            a0 = w.fma(c, a0);
            a1 = w.fma(c, a1);
            a2 = w.fma(c, a2);
            a3 = w.fma(c, a3);
            a4 = w.fma(c, a4);
            a5 = w.fma(c, a5);
            a6 = w.fma(c, a6);
            a7 = w.fma(c, a7);
            a8 = w.fma(c, a8);
            a9 = w.fma(c, a9);
            a10 = w.fma(c, a10);
            a11 = w.fma(c, a11);
        }
        result += a0.add(a1)
                .add(a2)
                .add(a3)
                .add(a4)
                .add(a5)
                .add(a6)
                .add(a7)
                .add(a8)
                .add(a9)
                .add(a10)
                .add(a11)
                .lane(0);
    }
}
