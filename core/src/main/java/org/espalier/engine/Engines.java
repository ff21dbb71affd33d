package org.espalier.engine;

import java.util.List;
import java.util.Locale;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.vector.Calibration;
import org.espalier.engine.vector.DenseOrSparsePolicy;
import org.espalier.engine.vector.VectorEngine;
import org.espalier.network.Architecture;

/** Makes engines. */
public final class Engines {
    private Engines() {}

    /** The fastest engine for this machine, float32. */
    public static Engine create(Architecture architecture) {
        return create(architecture, KernelMode.AUTO);
    }

    /** A float32 engine with its kernels forced, to compare them. */
    public static Engine create(Architecture architecture, KernelMode mode) {
        DenseOrSparsePolicy policy = switch (mode) {
            case AUTO -> Calibration.PROCESS;
            case DENSE -> DenseOrSparsePolicy.DENSE;
            case SPARSE -> DenseOrSparsePolicy.SPARSE;
        };
        return new VectorEngine(architecture, Kernels.chosen(), policy);
    }

    /**
     * Where {@link KernelMode#AUTO} changes over from sparse to dense kernels, in words, by shape of layer; of the shapes
     * measured so far.
     */
    public static List<String> crossovers() {
        return Calibration.PROCESS.describe();
    }

    /** What {@link #create} uses on this machine, in words; it changes no bit of any result. */
    public static String describe() {
        int bits = Kernels.chosen().bits();
        return bits == 0 ? "scalar code" : "vectors of " + bits + " bits";
    }

    /** What {@link #create(Architecture, KernelMode)} uses on this machine, in words. */
    public static String describe(KernelMode mode) {
        return describe() + ", " + mode.name().toLowerCase(Locale.ROOT) + " kernels";
    }
}
