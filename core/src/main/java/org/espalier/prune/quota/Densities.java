package org.espalier.prune.quota;

import java.util.List;

/** Fractions to prune at each level, from densities after the last. */
final class Densities {
    private Densities() {}

    /**
     * {@code 1 - d^(1 / levels)} for each layer; StrictMath, as the fractions enter keys of stored levels.
     *
     * @param densities (layer) each in [0, 1]
     */
    static List<Double> fractions(List<Double> densities, int levels) {
        return densities.stream()
                .map(density -> levels == 1 ? 1 - density : 1 - StrictMath.pow(density, 1.0 / levels))
                .toList();
    }
}
