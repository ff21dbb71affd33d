package org.espalier.engine;

import org.espalier.network.Architecture;

/** Makes engines. */
public final class Engines {
    private Engines() {}

    /** The fastest engine for this machine, float32. */
    public static Engine create(Architecture architecture) {
        return new VectorEngine(architecture, Kernels.chosen(), KernelPolicy.above(0.5));
    }
}
