package org.espalier.report.result;

import java.util.Comparator;

/**
 * The order in which restart strategies are shown where tables and figures of several stand below each other: the tickets
 * first.
 */
public final class StrategyOrder {
    private StrategyOrder() {}

    /** By what a reader asks for first, else by name. */
    public static Comparator<String> natural() {
        return Comparator.comparingInt(StrategyOrder::rank).thenComparing(Comparator.naturalOrder());
    }

    private static int rank(String strategy) {
        return switch (strategy) {
            case "original" -> 0;
            case "as-published" -> 1;
            case "random" -> 3;
            case "continued" -> 4;
            default -> strategy.startsWith("rewind-") ? 2 : 5;
        };
    }
}
