package org.espalier.cli.progress;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.espalier.report.status.Effort;
import org.jspecify.annotations.Nullable;

/**
 * State of a run for display: the levels in training, their rates and the remaining work. The threads that train write
 * it, the thread that draws reads it.
 *
 * <p>A level's rate is that of the last {@value #WINDOW_SECONDS} seconds, evaluation included. The whole run is counted
 * in effort: an iteration of the dense level is 1, an iteration of a sparse level less. The time left is an estimate
 * from the rate of the last {@value #LONG_WINDOW_SECONDS} seconds, because the first seconds of a run, before its code
 * is compiled, are many times slower. It is not shown in the first {@value #SETTLING_SECONDS} seconds of training, also
 * of a run that continues: the time before the first level starts, in which data and checkpoints are read, is no measure.
 */
final class ProgressBoard {
    private static final int WINDOW_SECONDS = 20;
    private static final int LONG_WINDOW_SECONDS = 120;
    private static final int SETTLING_SECONDS = 10;
    private static final int MARKS_IN_WINDOW = 100;
    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;
    private final long began;
    private final int levels;
    private final double effort;
    private @Nullable Pace pace; // from the start of the first level
    private final Map<String, Entry> running = new LinkedHashMap<>();
    private int levelsDone;
    private double effortDone;
    private double effortNow; // made since the start

    /**
     * A board for a run.
     *
     * @param levels levels of the whole search, each shared one counted once
     * @param levelsDone how many of them were there before
     * @param effort of the whole search, see {@link Effort}
     * @param effortDone how much of it was made before
     * @param nanoTime a clock, as {@link System#nanoTime}
     */
    ProgressBoard(int levels, int levelsDone, double effort, double effortDone, LongSupplier nanoTime) {
        this.levels = levels;
        this.levelsDone = levelsDone;
        this.effort = effort;
        this.effortDone = effortDone;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    /**
     * One level in work.
     *
     * @param name data set, objective, strategy and trial
     * @param density fraction of weights remaining
     * @param iteration updates made, of {@code iterations}
     * @param rate updates per second; 0 before there is one
     * @param accuracies last measured on one split, in per cent, by attack; natural first
     * @param spent time since it was begun or taken up again
     * @param left time left for it, if known
     */
    record Bar(
            String name,
            int level,
            int lastLevel,
            double density,
            int iteration,
            int iterations,
            double rate,
            Map<String, Double> accuracies,
            Duration spent,
            Optional<Duration> left) {}

    /**
     * The whole run at one moment.
     *
     * @param fraction share of all effort made, 0 to 1
     */
    record Snapshot(
            List<Bar> bars, int levelsDone, int levels, double fraction, Duration elapsed, Optional<Duration> left) {}

    /** Iterations or effort per second over the last seconds. */
    private final class Pace {
        private record Mark(long nanos, double made) {}

        private final long began = nanoTime.getAsLong();
        private final long window;
        private final ArrayDeque<Mark> marks = new ArrayDeque<>();

        Pace(int seconds, double made) {
            window = (long) (seconds * NANOS);
            marks.add(new Mark(began, made));
        }

        void advance(double made) {
            long now = nanoTime.getAsLong();
            if (now - marks.getLast().nanos() >= window / MARKS_IN_WINDOW) {
                marks.add(new Mark(now, made));
            }
            while (marks.size() > 2 && now - marks.getFirst().nanos() > window) {
                marks.removeFirst();
            }
        }

        /** Time that the rest takes; empty as long as the rate says little. */
        Optional<Duration> left(double made, double rest) {
            double rate = rate(made);
            return rate > 0 && nanoTime.getAsLong() - began >= SETTLING_SECONDS * NANOS
                    ? Optional.of(seconds(rest / rate))
                    : Optional.empty();
        }

        double rate(double made) {
            long nanos = nanoTime.getAsLong() - marks.getFirst().nanos();
            return nanos <= 0 ? 0 : (made - marks.getFirst().made()) * NANOS / nanos;
        }
    }

    private final class Entry {
        final String name;
        final int level;
        final int lastLevel;
        final double density;
        final int iterations;
        final long began = nanoTime.getAsLong();
        final Pace pace;
        final Map<String, Double> accuracies = new LinkedHashMap<>();
        int iteration;

        Entry(String name, int level, int lastLevel, double density, int iteration, int iterations) {
            this.name = name;
            this.level = level;
            this.lastLevel = lastLevel;
            this.density = density;
            this.iteration = iteration;
            this.iterations = iterations;
            this.pace = new Pace(WINDOW_SECONDS, iteration);
        }

        void advance(int reached) {
            iteration = reached;
            pace.advance(reached);
        }

        Bar bar() {
            return new Bar(
                    name,
                    level,
                    lastLevel,
                    density,
                    iteration,
                    iterations,
                    pace.rate(iteration),
                    java.util.Collections.unmodifiableMap(new LinkedHashMap<>(accuracies)),
                    seconds((nanoTime.getAsLong() - began) / NANOS),
                    pace.left(iteration, iterations - iteration));
        }
    }

    /** A level starts, or continues at an iteration. The key identifies the level. */
    synchronized void started(
            String key, String name, int level, int lastLevel, double density, int iteration, int of) {
        if (pace == null) {
            pace = new Pace(LONG_WINDOW_SECONDS, effortNow);
        }
        running.put(key, new Entry(name, level, lastLevel, density, iteration, of));
        effortDone += iteration * Effort.ofIteration(density);
    }

    /** A level reached an iteration. */
    synchronized void reached(String key, int iteration) {
        Entry entry = running.get(key);
        if (entry != null) {
            double made = (iteration - entry.iteration) * Effort.ofIteration(entry.density);
            effortDone += made;
            effortNow += made;
            entry.advance(iteration);
            Objects.requireNonNull(pace).advance(effortNow);
        }
    }

    /** An accuracy, 0 to 1, was measured. */
    synchronized void measured(String key, String attack, double accuracy) {
        Entry entry = running.get(key);
        if (entry != null) {
            entry.accuracies.put(attack, accuracy * 100);
        }
    }

    /** A level ended, with or without success; its last state. */
    synchronized Optional<Bar> ended(String key) {
        Entry entry = running.remove(key);
        levelsDone++;
        return entry == null ? Optional.empty() : Optional.of(entry.bar());
    }

    synchronized Snapshot snapshot() {
        List<Bar> bars = new ArrayList<>();
        running.values().forEach(entry -> bars.add(entry.bar()));
        double elapsed = (nanoTime.getAsLong() - began) / NANOS;
        Pace known = pace;
        double left = Math.max(0, effort - effortDone);
        return new Snapshot(
                List.copyOf(bars),
                levelsDone,
                levels,
                effort == 0 ? 1 : Math.min(1, effortDone / effort),
                seconds(elapsed),
                known == null ? Optional.empty() : known.left(effortNow, left));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
