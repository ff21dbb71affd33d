package org.espalier.ticket;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.prune.LayerFractions;
import org.espalier.prune.Pruner;
import org.espalier.prune.Quota;

/**
 * How often and how much to prune.
 *
 * @param prunings (level - 1, layer) fraction of the survivors to prune at each level after the dense level 0, each in
 *     [0, 1]; none trains the dense network alone
 */
public record PruningSchedule(List<List<Double>> prunings) {
    public PruningSchedule {
        prunings = prunings.stream().map(List::copyOf).toList();
        for (List<Double> fractions : prunings) {
            for (double fraction : fractions) {
                if (!(fraction >= 0 && fraction <= 1)) {
                    throw new IllegalArgumentException("a fraction to prune must lie in 0 to 1, got " + fraction);
                }
            }
        }
    }

    /**
     * The same fractions at every level.
     *
     * @param fractions (layer) fraction of the survivors to prune
     * @param levels prunings, at least 0
     */
    public PruningSchedule(List<Double> fractions, int levels) {
        this(Collections.nCopies(checked(levels), fractions));
    }

    /**
     * The fractions that a quota and a schedule give together.
     *
     * @param levels prunings, at least 0
     */
    public static PruningSchedule of(Quota quota, Schedule schedule, Architecture architecture, int levels) {
        List<Double> constant = checked(levels) == 0 ? List.of() : quota.fractions(architecture, levels);
        return new PruningSchedule(IntStream.rangeClosed(1, levels)
                .mapToObj(level -> constant.stream()
                        .map(fraction -> schedule.fraction(fraction, level, levels))
                        .toList())
                .toList());
    }

    /** The paper's: 20 prunings of 20 % of each hidden layer and 10 % of the output layer. */
    public static PruningSchedule paper(Architecture architecture, int levels) {
        return of(new LayerFractions(0.2, 0.1), new Geometric(), architecture, levels);
    }

    private static int checked(int levels) {
        if (levels < 0) {
            throw new IllegalArgumentException("the number of prunings must be at least 0, got " + levels);
        }
        return levels;
    }

    /** Prunings after the dense level 0. */
    public int levels() {
        return prunings.size();
    }

    /**
     * The fractions of one level.
     *
     * @param level from 1 to {@link #levels}
     * @return (layer) fraction of the survivors to prune
     */
    public List<Double> fractions(int level) {
        return prunings.get(level - 1);
    }

    /**
     * Number of surviving weights at each level, which does not depend on their values. Ends at the last level that
     * prunes a weight, because all later masks would be the same.
     *
     * @param pruner of every level
     * @return (level) surviving weights of the whole network, from the dense level 0 on
     */
    public List<Integer> survivors(Architecture architecture, Pruner pruner) {
        return upToTheLast(pruner.survivors(architecture, prunings));
    }

    /**
     * The same from a network that is sparse before its first pruning.
     *
     * @param start mask of level 0
     * @throws IllegalArgumentException if the pruner prunes units or outputs and the mask is not dense
     */
    public List<Integer> survivors(Mask start, Pruner pruner) {
        return upToTheLast(pruner.survivors(start, prunings));
    }

    private static List<Integer> upToTheLast(int[] survivors) {
        int last = 0;
        for (int level = 1; level < survivors.length; level++) {
            last = survivors[level] < survivors[level - 1] ? level : last;
        }
        return IntStream.rangeClosed(0, last)
                .mapToObj(level -> survivors[level])
                .toList();
    }
}
