package org.espalier.engine.layer;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.NonZeroLanes;

/**
 * Whether leaving out zeros pays in one direction of a layer, panel by panel. It changes no bit; only what enters tells, so
 * it is looked at, and where that was in vain not again for some panels.
 */
public final class ZeroSkipPolicy {
    /** Never checks for zeros. */
    public static final ZeroSkipPolicy NEVER = new ZeroSkipPolicy(0);

    /** No network is so quiet that a lower share would ever be found; such layers have few weights. */
    private static final double LEAST = 0.1;

    /** Looking costs a hundredth of the largest products, so in vain at most a thousandth. */
    private static final int PAUSE = 15;

    private final double below;
    private int pause;

    /**
     * @param below share of rows and lanes below which it pays
     */
    public ZeroSkipPolicy(double below) {
        this.below = below;
    }

    /**
     * Checks a panel for zeros.
     *
     * @param rows the panel's rows
     * @param found receives where they are not zero, if true is returned
     */
    public boolean shouldSkipZeros(Kernels kernels, ActivationPanels x, int panel, int rows, NonZeroLanes found) {
        if (below < LEAST) {
            return false;
        }
        if (pause > 0) {
            pause--;
            return false;
        }
        kernels.findActive(x.memory(), x.row(panel, 0), rows, found);
        boolean skip = found.share(rows) < below;
        pause = skip ? 0 : PAUSE;
        return skip;
    }
}
