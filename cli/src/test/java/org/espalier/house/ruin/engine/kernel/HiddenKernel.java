package org.espalier.house.ruin.engine.kernel;

/** A kernel, for the engine only. */
public final class HiddenKernel {
    /** Something to call. */
    public static int run() {
        return 1;
    }
}
