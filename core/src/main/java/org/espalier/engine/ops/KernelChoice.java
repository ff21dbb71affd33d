package org.espalier.engine.ops;

import org.espalier.JavaOptions;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.engine.simd.Lanes;

/**
 * Chooses the kernels once per process: the widest registers that the machine has, or scalar code with one line
 * in the log when the Vector API's module is missing. The system property {@value Lanes#PROPERTY} forces 128, 256, 512
 * or scalar; results are the same bits whatever is chosen.
 */
public final class KernelChoice {
    /** System property that forces the width of registers; read when the kernels are chosen, once per process. */
    public static final String PROPERTY = Lanes.PROPERTY;

    private static final Kernels KERNELS = choose(System.getProperty(Lanes.PROPERTY, "widest"));

    private KernelChoice() {}

    /** The kernels that this process runs, the same for its whole life. */
    public static Kernels chosen() {
        return KERNELS;
    }

    private static Kernels choose(String wanted) {
        if (wanted.equals("scalar")) {
            return new ScalarKernels();
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            System.getLogger(KernelChoice.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "The module jdk.incubator.vector is not loaded: running scalar code, many times slower. "
                                    + "Start Java with --add-modules jdk.incubator.vector.");
            return new ScalarKernels();
        }
        if (!JavaOptions.present()) {
            System.getLogger(KernelChoice.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "Java runs without the options that fast kernels need: training is up to a half slower,"
                                    + " with the same results. Start Java through org.espalier.Launch, or with "
                                    + String.join(" ", JavaOptions.list()));
        }
        return VectorKernels.create();
    }
}
