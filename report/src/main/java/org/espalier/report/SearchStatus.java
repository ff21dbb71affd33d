package org.espalier.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.Timing;
import org.espalier.lab.store.TrialId;

/**
 * How far a search is. Levels that trials share are counted once, and levels behind a diverged one are not waited for.
 *
 * @param trials one for each trial, in the experiment's order
 * @param done levels trained to the end
 * @param begun levels with some training done, in work now if {@code process} is present
 * @param waiting levels not begun
 * @param diverged levels whose loss was not a number
 * @param dropped levels that will not be trained because one before them diverged
 * @param process number of the process that works on the search now
 * @param spent time that training and evaluation took so far, added over threads
 * @param left estimated time that the rest will take, added over threads; empty before there is anything to judge by
 */
public record SearchStatus(
        List<TrialStatus> trials,
        int done,
        int begun,
        int waiting,
        int diverged,
        int dropped,
        Optional<Long> process,
        Duration spent,
        Optional<Duration> left) {
    /**
     * One trial.
     *
     * @param done levels trained to the end, of {@code levels}
     * @param iteration updates made of the level that is next
     * @param iterations updates of each level
     */
    public record TrialStatus(TrialId id, int done, int levels, LevelState next, int iteration, int iterations) {}

    /** Iterations made and the seconds they took. */
    private static final class Pace {
        private long iterations;
        private double seconds;
    }

    /** Reads the status of a search, which may be running. */
    public static SearchStatus of(Store store) {
        Optional<Long> process = store.running();
        int iterations = store.experiment().training().iterations();
        double kept = 1 - store.experiment().pruning().hidden();

        var reached = new HashMap<String, Integer>();
        var paces = new HashMap<String, Pace>();
        double spent = 0;
        for (Timing timing : store.timings()) {
            Integer before = reached.put(timing.level(), timing.iteration());
            double seconds = timing.trainingSeconds() + timing.evaluationSeconds();
            spent += seconds;
            if (before != null && timing.iteration() > before) {
                Pace pace = paces.computeIfAbsent(timing.level(), _ -> new Pace());
                pace.iterations += timing.iteration() - before;
                pace.seconds += seconds;
            }
        }

        // (key) what is to be done for a level, each key once
        record Work(int number, LevelState state, boolean dropped) {}

        var levels = new LinkedHashMap<String, Work>();
        var trials = new ArrayList<TrialStatus>();
        for (StoredTrial trial : store.trials()) {
            boolean dropped = false;
            int done = 0;
            LevelState next = LevelState.DONE;
            int iteration = 0;
            for (int number = 0; number < trial.levels().size(); number++) {
                StoredLevel level = store.level(trial.levels().get(number));
                LevelState state = level.state();
                levels.merge(level.key(), new Work(number, state, dropped), (a, b) -> a.dropped() ? b : a);
                if (state == LevelState.DONE) {
                    done++;
                } else if (next == LevelState.DONE) {
                    next = state;
                    iteration = state == LevelState.BEGUN ? reached.getOrDefault(level.key(), 0) : 0;
                }
                dropped |= state == LevelState.FAILED;
            }
            trials.add(new TrialStatus(trial.id(), done, trial.levels().size(), next, iteration, iterations));
        }

        var byNumber = new TreeMap<Integer, Pace>();
        levels.forEach((key, work) -> {
            Pace pace = paces.get(key);
            if (pace != null) {
                Pace sum = byNumber.computeIfAbsent(work.number(), _ -> new Pace());
                sum.iterations += pace.iterations;
                sum.seconds += pace.seconds;
            }
        });
        double left = 0;
        boolean known = true;
        int[] counts = new int[LevelState.values().length];
        int dropped = 0;
        for (Map.Entry<String, Work> level : levels.entrySet()) {
            Work work = level.getValue();
            if (work.dropped() && work.state() == LevelState.WAITING) {
                dropped++;
                continue;
            }
            counts[work.state().ordinal()]++;
            if (work.state() == LevelState.BEGUN || work.state() == LevelState.WAITING) {
                int rest = iterations - Math.min(iterations, reached.getOrDefault(level.getKey(), 0));
                OptionalDouble pace = secondsPerIteration(byNumber, work.number(), kept);
                known &= pace.isPresent();
                left += rest * pace.orElse(0);
            }
        }
        return new SearchStatus(
                List.copyOf(trials),
                counts[LevelState.DONE.ordinal()],
                counts[LevelState.BEGUN.ordinal()],
                counts[LevelState.WAITING.ordinal()],
                counts[LevelState.FAILED.ordinal()],
                dropped,
                process,
                seconds(spent),
                known ? Optional.of(seconds(left)) : Optional.empty());
    }

    /** A level is judged by the nearest level number that was timed, and by how much sparser it is. */
    private static OptionalDouble secondsPerIteration(TreeMap<Integer, Pace> paces, int number, double kept) {
        return paces.entrySet().stream()
                .min(Comparator.comparingInt(e -> Math.abs(e.getKey() - number)))
                .map(e -> OptionalDouble.of(e.getValue().seconds
                        / e.getValue().iterations
                        * Effort.ofIteration(StrictMath.pow(kept, number - e.getKey()))))
                .orElse(OptionalDouble.empty());
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
