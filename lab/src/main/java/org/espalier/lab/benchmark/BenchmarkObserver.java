package org.espalier.lab.benchmark;

/** Receives the progress of a benchmark; changes no result. */
public interface BenchmarkObserver {
    /**
     * A run begins.
     *
     * @param number of the run, from 1
     * @param runs of the benchmark
     */
    default void began(BenchmarkRun run, int number, int runs) {}

    /** All levels of a run are trained. */
    default void trained(BenchmarkRun run, int levels) {}

    /** A run's networks are evaluated. */
    default void finished(BenchmarkRun run) {}

    /** A warning or a note in one sentence; several threads call it. */
    default void said(BenchmarkRun run, String sentence) {}
}
