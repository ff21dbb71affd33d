package org.espalier.prune;

import java.util.List;
import org.espalier.network.Architecture;

/** How much of each layer is pruned: the density by layer. {@link QuotaKind} makes one of an experiment's settings. */
public interface Quota {
    /**
     * Fractions to prune at each level, if every level prunes the same fraction of the survivors. A schedule distributes
     * them over the levels.
     *
     * @param architecture the dense network
     * @param levels prunings after the dense level, at least 1
     * @return (layer) fraction of the survivors, each in [0, 1]; the same bits on every machine, as keys of stored levels
     *     contain them
     */
    List<Double> fractions(Architecture architecture, int levels);

    /**
     * The fractions of a quota that says densities: {@code 1 - d^(1 / levels)} for each layer. StrictMath, as keys contain them.
     *
     * @param densities (layer) after the last level, each in [0, 1]
     * @param levels prunings after the dense level, at least 1
     */
    static List<Double> ofDensities(List<Double> densities, int levels) {
        return densities.stream()
                .map(density -> 1 - StrictMath.pow(density, 1.0 / levels))
                .toList();
    }
}
