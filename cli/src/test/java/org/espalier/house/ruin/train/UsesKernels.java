package org.espalier.house.ruin.train;

import org.espalier.house.ruin.engine.kernel.HiddenKernel;

/** Calls a kernel past the engine's interface. */
final class UsesKernels {
    int call() {
        return HiddenKernel.run();
    }
}
