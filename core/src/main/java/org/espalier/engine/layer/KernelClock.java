package org.espalier.engine.layer;

/**
 * The one clock that core reads: it times kernels that give the same bits, to run the faster one. No result depends
 * on it.
 */
public final class KernelClock {
    private KernelClock() {}

    /** As {@link System#nanoTime}. */
    public static long nanoTime() {
        return System.nanoTime();
    }
}
