package org.espalier.cli.benchmark;

import java.time.Duration;
import org.espalier.cli.console.Console;
import org.espalier.cli.progress.Durations;
import org.espalier.lab.benchmark.BenchmarkObserver;
import org.espalier.lab.benchmark.BenchmarkRun;

/** A line for each run of a benchmark. */
final class BenchmarkProgress implements BenchmarkObserver {
    private final Console console;
    private final long started = System.nanoTime();
    private int number;
    private int runs;
    private int levels;

    BenchmarkProgress(Console console) {
        this.console = console;
    }

    @Override
    public void began(BenchmarkRun run, int number, int runs) {
        this.number = number;
        this.runs = runs;
        levels = 0;
    }

    @Override
    public void trained(BenchmarkRun run, int levels) {
        this.levels = levels;
    }

    @Override
    public void finished(BenchmarkRun run) {
        console.err()
                .println(number + " of " + runs + ": " + run.id() + ", " + levels
                        + (levels == 1 ? " level" : " levels") + " trained; "
                        + Durations.of(Duration.ofNanos(System.nanoTime() - started)) + " so far");
    }

    @Override
    public void said(BenchmarkRun run, String sentence) {
        console.complain(run.id() + ": " + sentence);
    }
}
