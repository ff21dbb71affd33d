package org.espalier.engine.vector;

/**
 * The one clock that core reads: it times kernels that give the same bits, to run the faster one. No result depends
 * on it.
 */
final class KernelClock {
    private KernelClock() {}

    static long nanoTime() {
        return System.nanoTime();
    }
}
