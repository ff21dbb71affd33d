package org.espalier.report.status;

/** How long levels take beside each other, for estimates of the time left. */
public final class Effort {
    private Effort() {}

    /**
     * Time of an iteration at a density, that of the dense network being 1. Measured with the sparse kernels: about a third
     * at 17 %, a seventh at 4 %, a fourteenth at 1 %.
     */
    public static double ofIteration(double density) {
        return StrictMath.pow(density, 0.6);
    }
}
