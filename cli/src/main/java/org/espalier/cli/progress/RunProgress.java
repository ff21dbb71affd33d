package org.espalier.cli.progress;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.espalier.cli.console.Console;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.runner.RunObserver;
import org.espalier.lab.runner.RunRequest;
import org.espalier.lab.store.Failure;
import org.espalier.report.status.Effort;
import org.jspecify.annotations.Nullable;

/** Writes a run's events to the board, and a line for each level that ends. */
public final class RunProgress implements RunObserver, AutoCloseable {
    private final Console console;
    private final RunRequest request;
    private final String split;
    private volatile @Nullable ProgressBoard board;
    private volatile @Nullable Progress progress;

    public RunProgress(Console console, RunRequest request) {
        this.console = console;
        this.request = request;
        // A person may stop a run because of these figures, so they are of the validation split, if measured.
        this.split = request.experiment().evaluation().splits().contains(Experiment.EvaluationSplit.VALIDATION)
                ? "validation"
                : "test";
    }

    /** Shows a line above the bars. */
    public void say(String line) {
        Progress showing = progress;
        if (showing == null) {
            console.err().println(line);
        } else {
            showing.say(line);
        }
    }

    @Override
    public void planned(int chains, List<Integer> all, List<Integer> waiting) {
        int levels = all.size();
        int levelsDone = levels - waiting.size();
        int jobs = Math.min(request.jobs(), Math.max(1, waiting.size()));
        console.err()
                .println(request.experiment().name() + ": "
                        + chains(chains, request.experiment().trials()) + ", " + count(levels, "level")
                        + " to train" + (levelsDone > 0 ? ", " + levelsDone + " there already" : "") + "; "
                        + count(jobs, "job")
                        + "; stored in " + request.directory());
        if (levelsDone == levels) {
            return;
        }
        double effort = effort(all);
        var shown = new ProgressBoard(levels, levelsDone, effort, effort - effort(waiting), System::nanoTime);
        board = shown;
        progress = console.terminal()
                ? LiveProgress.open(shown::snapshot).orElseGet(() -> new PlainProgress(console, shown::snapshot))
                : new PlainProgress(console, shown::snapshot);
    }

    /** Effort of these levels, by the densities of the pruned hidden layers. */
    private double effort(List<Integer> numbers) {
        Experiment experiment = request.experiment();
        IntToDoubleFunction densities = ExperimentTranslator.estimatedDensities(
                experiment, request.start().map(start -> start.network().mask().architecture()));
        return numbers.stream()
                .mapToDouble(number -> ExperimentTranslator.iterations(
                                experiment, number, experiment.pruning().levels())
                        * Effort.ofIteration(densities.applyAsDouble(number)))
                .sum();
    }

    @Override
    public void started(LevelInWork level, int iteration) {
        ProgressBoard shown = board;
        if (shown != null) {
            shown.started(
                    level.key(),
                    level.trial().toString(),
                    level.number(),
                    level.lastLevel(),
                    level.density(),
                    iteration,
                    level.iterations());
            if (iteration > 0) {
                say(level.trial() + ", level " + level.number() + " continues at iteration " + iteration);
            }
        }
    }

    @Override
    public void reached(LevelInWork level, int iteration) {
        ProgressBoard shown = board;
        if (shown != null) {
            shown.reached(level.key(), iteration);
        }
    }

    @Override
    public void measured(LevelInWork level, List<Measurement> measurements) {
        ProgressBoard shown = board;
        if (shown != null) {
            for (Measurement measurement : measurements) {
                if (measurement.split().equals(split)) {
                    shown.measured(level.key(), measurement.attack(), measurement.accuracy());
                }
            }
        }
    }

    @Override
    public void finished(LevelInWork level) {
        ProgressBoard shown = board;
        if (shown != null) {
            shown.ended(level.key()).ifPresent(bar -> say(ProgressText.summary(bar, split)));
        }
    }

    @Override
    public void failed(LevelInWork level, Failure failure) {
        ProgressBoard shown = board;
        if (shown != null) {
            shown.ended(level.key());
        }
        say(level.trial() + ", level " + level.number() + " diverged at iteration " + failure.iteration() + ": "
                + failure.reason());
    }

    @Override
    public void stopped(LevelInWork level, int iteration) {
        say(level.trial() + ", level " + level.number() + " stopped at iteration " + iteration);
    }

    @Override
    public void warned(String sentence) {
        say("espalier: " + sentence);
    }

    /** Ends the bars and prints the number of trained levels and the time. */
    public void done(int trained) {
        close();
        ProgressBoard shown = board;
        if (shown != null) {
            console.err()
                    .println(count(trained, "level") + " trained in "
                            + Durations.of(shown.snapshot().elapsed()));
        }
    }

    @Override
    public void close() {
        Progress showing = progress;
        if (showing != null) {
            showing.close();
        }
    }

    /** Number of chains in words; without strategies, objectives or data sets beside each other a chain is a trial. */
    public static String chains(int chains, int trials) {
        return chains == trials ? count(trials, "trial") : count(chains, "chain") + " (" + count(trials, "trial") + ")";
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
