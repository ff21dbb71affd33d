package org.espalier.engine;

import java.util.BitSet;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;

/** Inputs that the first layer still reads. */
final class LiveInputs {
    private LiveInputs() {}

    /** Inputs with at least one surviving first-layer weight, ascending. */
    static int[] of(Mask mask) {
        Architecture architecture = mask.architecture();
        BitSet live = new BitSet(architecture.inputs());
        mask.survivors(0).stream().forEach(position -> live.set(position % architecture.inputs()));
        return live.stream().toArray();
    }
}
