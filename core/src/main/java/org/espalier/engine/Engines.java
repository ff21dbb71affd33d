package org.espalier.engine;

import org.espalier.network.Architecture;

/** Makes engines. */
public final class Engines {
    /** Above this density dense kernels are faster at the paper's shapes; {@code benchmarks/rates} shows it. */
    private static final double CROSSOVER = 0.5;

    private Engines() {}

    /** The fastest engine for this machine, float32. */
    public static Engine create(Architecture architecture) {
        return create(architecture, KernelMode.CHOSEN);
    }

    /** A float32 engine with its kernels forced, to compare them. */
    public static Engine create(Architecture architecture, KernelMode mode) {
        KernelPolicy policy = switch (mode) {
            case CHOSEN -> KernelPolicy.above(CROSSOVER);
            case DENSE -> KernelPolicy.DENSE;
            case SPARSE -> KernelPolicy.SPARSE;
        };
        return new VectorEngine(architecture, Kernels.chosen(), policy);
    }

    /** What {@link #create} uses on this machine, in words; it changes no bit of any result. */
    public static String describe() {
        int bits = Kernels.chosen().bits();
        return bits == 0 ? "scalar code" : "vectors of " + bits + " bits";
    }
}
