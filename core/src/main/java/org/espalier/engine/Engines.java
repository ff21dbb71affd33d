package org.espalier.engine;

import org.espalier.network.Architecture;

/** Makes engines. */
public final class Engines {
    private Engines() {}

    /** The fastest engine for this machine, float32. */
    public static Engine create(Architecture architecture) {
        return new VectorEngine(architecture, Kernels.chosen(), KernelPolicy.above(0.5));
    }

    /** What {@link #create} uses on this machine, in words; it changes no bit of any result. */
    public static String describe() {
        int bits = Kernels.chosen().bits();
        return bits == 0 ? "scalar code" : "vectors of " + bits + " bits";
    }
}
