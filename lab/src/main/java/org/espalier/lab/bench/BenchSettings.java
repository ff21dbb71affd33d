package org.espalier.lab.bench;

import java.util.List;

/**
 * What to measure, and for how long.
 *
 * @param seconds to spend on each figure, above 0
 * @param levels of the paper's schedule, each 0 (dense) to 20
 * @param jobs numbers of trials to run side by side; 1 is always measured
 * @param searchIterations iterations to a level of the search that the networks come from, at least 1
 */
public record BenchSettings(double seconds, List<Integer> levels, List<Integer> jobs, int searchIterations) {
    /** The last level of the paper's schedule. */
    public static final int LAST_LEVEL = 20;

    /** The levels that the paper's tables show, and the last one. */
    public static final List<Integer> LEVELS = List.of(0, 3, 8, 11, 15, 18, 20);

    public BenchSettings {
        levels = List.copyOf(levels);
        jobs = List.copyOf(jobs);
        if (!(seconds > 0) || searchIterations < 1) {
            throw new IllegalArgumentException("a figure needs time and a level iterations, got " + seconds
                    + " seconds and " + searchIterations + " iterations");
        }
        if (levels.isEmpty() || levels.stream().anyMatch(level -> level < 0 || level > LAST_LEVEL)) {
            throw new IllegalArgumentException("levels lie in 0 to " + LAST_LEVEL + ", got " + levels);
        }
        if (jobs.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException("jobs are at least 1, got " + jobs);
        }
    }

    /** Highest level to measure. The search for masks ends there. */
    int deepest() {
        return levels.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
}
