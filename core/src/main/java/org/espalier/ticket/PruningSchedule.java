package org.espalier.ticket;

import java.util.List;

/**
 * How often and how much to prune.
 *
 * @param fractions (layer) fraction of the survivors to prune at each level, each in [0, 1]
 * @param levels prunings after the dense level 0, at least 0; 0 trains the dense network alone
 */
public record PruningSchedule(List<Double> fractions, int levels) {
    public PruningSchedule {
        fractions = List.copyOf(fractions);
        for (double fraction : fractions) {
            if (!(fraction >= 0 && fraction <= 1)) {
                throw new IllegalArgumentException("a fraction to prune must lie in 0 to 1, got " + fraction);
            }
        }
        if (levels < 0) {
            throw new IllegalArgumentException("the number of prunings must be at least 0, got " + levels);
        }
    }

    /** The paper's: 20 prunings of 20 % of each hidden layer and 10 % of the output layer. */
    public static PruningSchedule paper(int layers) {
        Double[] fractions = new Double[layers];
        java.util.Arrays.fill(fractions, 0.2);
        fractions[layers - 1] = 0.1;
        return new PruningSchedule(List.of(fractions), 20);
    }
}
