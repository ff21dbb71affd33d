package org.espalier.report.status;

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
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;
import org.espalier.network.Architecture;

/**
 * How far a search is. Levels that trials share are counted once, and levels behind a diverged one are not waited for.
 *
 * @param trials one for each trial, in the experiment's order
 * @param done levels trained to the end
 * @param begun levels with some training done, and those in work
 * @param waiting levels not begun
 * @param diverged levels whose loss was not a number
 * @param dropped levels that will not be trained because one before them diverged
 * @param inWork levels that {@code process}, or workers of a shared directory, are at work on now
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
        int inWork,
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

    /** Reads the status of a search, which may be running. */
    public static SearchStatus of(Store store) {
        Optional<Long> process = store.running();
        var spent = new TimeSpent();
        store.timings().forEach(spent::add);
        return of(
                store.experiment(),
                store.trials(),
                key -> store.level(key).state(),
                spent,
                new AtWork(process, AtWork.leased(store)),
                densities(store));
    }

    /**
     * About how dense each level of a search is, see {@link ExperimentTranslator#estimatedDensities}. The network of
     * {@code network.from} is taken from the search's own levels: its file may be elsewhere by now.
     */
    public static IntToDoubleFunction densities(Store store) {
        Optional<Architecture> known = store.experiment().network().from().isEmpty()
                ? Optional.empty()
                : store.trials().stream()
                        .map(trial -> trial.levels().getFirst())
                        .distinct()
                        .flatMap(key -> store.level(key).architecture().stream())
                        .findFirst();
        return ExperimentTranslator.estimatedDensities(store.experiment(), known);
    }

    /**
     * The status of a search of which somebody keeps account.
     *
     * @param states how far the level of a key is, by what is stored of it
     * @param densities of the levels, see {@link #densities}
     */
    public static SearchStatus of(
            Experiment experiment,
            List<StoredTrial> stored,
            Function<String, LevelState> states,
            TimeSpent spent,
            AtWork atWork,
            IntToDoubleFunction densities) {

        // (key) what is to be done for a level, each key once
        record Work(String objective, int number, int iterations, LevelState state, boolean dropped) {}

        var levels = new LinkedHashMap<String, Work>();
        var trials = new ArrayList<TrialStatus>();
        for (StoredTrial trial : stored) {
            boolean dropped = false;
            int done = 0;
            LevelState next = LevelState.DONE;
            int iteration = 0;
            int last = trial.levels().size() - 1;
            int iterations = experiment.training().iterations(); // of the level to be trained next
            for (int number = 0; number < trial.levels().size(); number++) {
                String key = trial.levels().get(number);
                LevelState state = atWork.state(key, states.apply(key));
                int length = ExperimentTranslator.iterations(experiment, number, last);
                levels.merge(
                        key,
                        new Work(trial.id().objective(), number, length, state, dropped),
                        (a, b) -> a.dropped() ? b : a);
                if (state == LevelState.DONE) {
                    done++;
                } else if (next == LevelState.DONE) {
                    next = state;
                    iterations = length;
                    iteration = state == LevelState.BEGUN ? spent.reached(key) : 0;
                }
                dropped |= state == LevelState.FAILED;
            }
            trials.add(new TrialStatus(trial.id(), done, trial.levels().size(), next, iteration, iterations));
        }

        // Objectives take very different times; of one that was not timed yet the others have to tell.
        var byNumber = new TreeMap<Integer, TimeSpent.Pace>();
        var byObjective = new HashMap<String, TreeMap<Integer, TimeSpent.Pace>>();
        levels.forEach((key, work) -> spent.pace(key).ifPresent(pace -> {
            byNumber.merge(work.number(), pace, TimeSpent.Pace::plus);
            byObjective
                    .computeIfAbsent(work.objective(), _ -> new TreeMap<>())
                    .merge(work.number(), pace, TimeSpent.Pace::plus);
        }));
        double left = 0;
        boolean known = true;
        int[] counts = new int[LevelState.values().length];
        int dropped = 0;
        int inWork = 0;
        for (Map.Entry<String, Work> level : levels.entrySet()) {
            Work work = level.getValue();
            if (work.dropped() && work.state() == LevelState.WAITING) {
                dropped++;
                continue;
            }
            counts[work.state().ordinal()]++;
            if (atWork.inWork(level.getKey(), work.state(), spent)) {
                inWork++;
            }
            if (work.state() == LevelState.BEGUN || work.state() == LevelState.WAITING) {
                int rest = work.iterations() - Math.min(work.iterations(), spent.reached(level.getKey()));
                OptionalDouble pace = secondsPerIteration(
                        byObjective.getOrDefault(work.objective(), byNumber), work.number(), densities);
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
                inWork,
                atWork.process(),
                spent.total(),
                known ? Optional.of(TimeSpent.duration(left)) : Optional.empty());
    }

    /** Whether anybody works on it. */
    public boolean running() {
        return process.isPresent() || inWork > 0;
    }

    /** Time that the rest takes on the clock: with as many jobs as are at work now, one if none is. */
    public Optional<Duration> leftOnTheClock() {
        return left.map(work -> work.dividedBy(Math.max(1, inWork)));
    }

    /** A level is judged by the nearest level number that was timed, and by how much sparser it is. */
    private static OptionalDouble secondsPerIteration(
            TreeMap<Integer, TimeSpent.Pace> paces, int number, IntToDoubleFunction densities) {
        return paces.entrySet().stream()
                .min(Comparator.comparingInt(e -> Math.abs(e.getKey() - number)))
                .map(e -> OptionalDouble.of(e.getValue().seconds()
                        / e.getValue().iterations()
                        * Effort.ofIteration(
                                ratio(densities.applyAsDouble(number), densities.applyAsDouble(e.getKey())))))
                .orElse(OptionalDouble.empty());
    }

    /** The quotient of two densities; 1 where both are 0. */
    private static double ratio(double density, double other) {
        return density == other ? 1 : density / other;
    }
}
