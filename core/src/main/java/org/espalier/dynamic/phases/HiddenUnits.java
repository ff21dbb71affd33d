package org.espalier.dynamic.phases;

import java.util.BitSet;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Units;

/** Counts the hidden units that can be taken out of a network. */
final class HiddenUnits {
    private final Architecture architecture;
    private final Units units;

    HiddenUnits(Architecture architecture) {
        this.architecture = architecture;
        units = new Units(architecture);
    }

    /** Units that a surviving weight feeds or reads. */
    int count(Mask mask) {
        BitSet[] survivors = new BitSet[architecture.layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            survivors[layer] = mask.survivors(layer);
        }
        int count = 0;
        for (int layer = 0; layer < survivors.length; layer++) {
            count += units.removable(layer) ? units.present(survivors, layer).cardinality() : 0;
        }
        return count;
    }

    /**
     * Refuses a network without such units.
     *
     * @throws IllegalArgumentException that says so, to follow the setting's name
     */
    static void check(Architecture architecture) {
        if (new HiddenUnits(architecture).count(Mask.dense(architecture)) == 0) {
            throw new IllegalArgumentException(
                    "takes out hidden units, and network " + architecture + " has none that can be taken out");
        }
    }
}
