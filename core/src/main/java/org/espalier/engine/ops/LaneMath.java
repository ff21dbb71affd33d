package org.espalier.engine.ops;

import java.util.Objects;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.scalar.LaneScalars;
import org.espalier.engine.simd.LaneVectors;

/**
 * The arithmetic of attacks on arrays on the heap that are laid out as {@link ActivationPanels} are, [row][64 lanes], with one number per
 * lane: steps, radii, factors. In vector registers where the machine has them and with the same bits where it has not.
 *
 * <p>Ranges are in elements, whole rows. C2 makes vector code of plain loops of this kind too, but not of any with a minimum or
 * a maximum: those run 15 times slower.
 */
public final class LaneMath {
    private static final boolean VECTORS = KernelChoice.chosen().bits() > 0;

    private LaneMath() {}

    /**
     * The signed step with momentum of auto-PGD, in an L-infinity ball cut with [0, 1]:
     * {@code z = P(x + step sign(g)); x, old = P(x + (z - x) a + (x - old) (1 - a)), x}.
     *
     * @param steps step of each lane, from index {@code lane}
     */
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
        check(from, to, clean, gradient, x, old);
        Objects.checkFromIndexSize(lane, ActivationPanels.LANES, steps.length);
        if (VECTORS) {
            LaneVectors.signWithMomentum(clean, gradient, x, old, from, to, steps, lane, epsilon, a);
        } else {
            LaneScalars.signWithMomentum(clean, gradient, x, old, from, to, steps, lane, epsilon, a);
        }
    }

    /** Into an L-infinity ball cut with [0, 1]: {@code x = clip(clip(x, clean - radius, clean + radius), 0, 1)}. */
    public static void clip(float[] clean, float[] x, int from, int to, float[] radii, int lane) {
        check(from, to, clean, x);
        Objects.checkFromIndexSize(lane, ActivationPanels.LANES, radii.length);
        if (VECTORS) {
            LaneVectors.clip(clean, x, from, to, radii, lane);
        } else {
            LaneScalars.clip(clean, x, from, to, radii, lane);
        }
    }

    /** Towards the clean input: {@code x = clip(clean + (x - clean) factor, 0, 1)}. */
    public static void scale(float[] clean, float[] x, int from, int to, float[] factors, int lane) {
        check(from, to, clean, x);
        Objects.checkFromIndexSize(lane, ActivationPanels.LANES, factors.length);
        if (VECTORS) {
            LaneVectors.scale(clean, x, from, to, factors, lane);
        } else {
            LaneScalars.scale(clean, x, from, to, factors, lane);
        }
    }

    /** Each difference shortened: {@code x = clip(clean + sign(d) max(|d| - cut, 0), 0, 1), d = x - clean}. */
    public static void cut(float[] clean, float[] x, int from, int to, float[] cuts, int lane) {
        check(from, to, clean, x);
        Objects.checkFromIndexSize(lane, ActivationPanels.LANES, cuts.length);
        if (VECTORS) {
            LaneVectors.cut(clean, x, from, to, cuts, lane);
        } else {
            LaneScalars.cut(clean, x, from, to, cuts, lane);
        }
    }

    /**
     * Sums over the rows of what {@link #cut} would leave of each difference:
     * {@code min(max(|d| - cut, 0), room)}, room being the way from the clean value to 0 or 1. Added with compensation (Kahan).
     *
     * @param sums receives the 64 sums
     */
    public static void lengthsAfterCut(
            float[] clean, float[] x, int from, int to, float[] cuts, int lane, float[] sums) {
        check(from, to, clean, x);
        Objects.checkFromIndexSize(lane, ActivationPanels.LANES, cuts.length);
        Objects.checkFromIndexSize(0, ActivationPanels.LANES, sums.length);
        if (VECTORS) {
            LaneVectors.lengthsAfterCut(clean, x, from, to, cuts, lane, sums);
        } else {
            LaneScalars.lengthsAfterCut(clean, x, from, to, cuts, lane, sums);
        }
    }

    /**
     * The largest |x - clean| of each lane.
     *
     * @param largest receives the 64 numbers
     */
    public static void largest(float[] clean, float[] x, int from, int to, float[] largest) {
        check(from, to, clean, x);
        Objects.checkFromIndexSize(0, ActivationPanels.LANES, largest.length);
        if (VECTORS) {
            LaneVectors.largest(clean, x, from, to, largest);
        } else {
            LaneScalars.largest(clean, x, from, to, largest);
        }
    }

    /** Registers are loaded without bounds checks, so what reaches them is checked here. */
    private static void check(int from, int to, float[]... arrays) {
        if (from % ActivationPanels.LANES != 0 || to % ActivationPanels.LANES != 0) {
            throw new IllegalArgumentException(
                    "whole rows of " + ActivationPanels.LANES + " are needed, got " + from + " to " + to);
        }
        for (float[] array : arrays) {
            Objects.checkFromToIndex(from, to, array.length);
        }
    }
}
