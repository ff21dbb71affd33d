package org.espalier.engine;

import jdk.incubator.vector.FloatVector;

/**
 * The most float32 multiply-adds that one core can do: twelve independent chains that never leave the registers.
 * Every other rate is a share of it. Scalar code has its own, lower one.
 */
public final class FmaPeak {
    private static final boolean SCALAR = Kernels.chosen().bits() == 0;
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
            a0 = w.fma(a0, c);
            a1 = w.fma(a1, c);
            a2 = w.fma(a2, c);
            a3 = w.fma(a3, c);
            a4 = w.fma(a4, c);
            a5 = w.fma(a5, c);
            a6 = w.fma(a6, c);
            a7 = w.fma(a7, c);
            a8 = w.fma(a8, c);
            a9 = w.fma(a9, c);
            a10 = w.fma(a10, c);
            a11 = w.fma(a11, c);
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
