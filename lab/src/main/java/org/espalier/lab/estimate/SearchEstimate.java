package org.espalier.lab.estimate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.data.DataSet;
import org.espalier.lab.cluster.Simulator;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.Task;
import org.espalier.lab.store.StoredTrial;

/**
 * What a search will take. Levels are counted exactly; times come from a short calibration on this machine. Attacks of an
 * experiment's {@code robustness} are not in it.
 *
 * @param chains one for each data set, objective, strategy and trial
 * @param levels levels of all chains
 * @param distinct levels to train: those that trials share are counted once
 * @param training seconds of one core for the updates
 * @param evaluation seconds of one core for the measurements
 * @param storeBytes size of the store, about
 * @param groups the levels of all trials for the {@link Simulator}
 * @param costs times by data set and objective, as "SET OBJECTIVE"
 * @param assumed objectives whose times are taken from another one, as there are too many to measure
 */
public record SearchEstimate(
        long chains,
        long levels,
        long distinct,
        double training,
        double evaluation,
        long storeBytes,
        List<Simulator.Group> groups,
        Map<String, Costs> costs,
        int assumed) {
    /** Most pairs of data set and objective that are measured. */
    private static final int MOST_MEASURED = 12;

    /** Time on so many cores, one worker each. */
    public Simulator.Outcome on(int cores) {
        return Simulator.run(groups, cores, Simulator.Conditions.IDEAL, 1);
    }

    /**
     * Estimates a search.
     *
     * @param first the experiment with one trial: no two trials share a level, so the others are like it
     * @param trials of the experiment
     * @param data by name
     * @param seconds to calibrate, about
     */
    public static SearchEstimate of(Experiment first, int trials, Map<String, DataSet> data, double seconds) {
        Plan plan = new Plan(first, data);
        Map<String, Calibration> calibrations = new LinkedHashMap<>();
        data.forEach((name, set) -> calibrations.put(name, new Calibration(first, plan, set)));
        int pairs = Math.min(MOST_MEASURED, data.size() * first.objectives().size());
        Map<String, Costs> costs = new LinkedHashMap<>();
        int assumed = 0;
        for (Experiment.DataSource source : first.data().sets()) {
            Calibration calibration = known(calibrations, source.name());
            List<Double> densities = calibration.densities();
            List<Double> measured = new ArrayList<>(new LinkedHashSet<>(
                    List.of(1.0, densities.get(densities.size() / 2), Math.max(1e-4, densities.getLast()))));
            for (Experiment.Objective objective : first.objectives()) {
                String pair = pair(source.name(), objective);
                if (costs.size() < pairs
                        || costs.keySet().stream().noneMatch(name -> name.startsWith(source.name() + " "))) {
                    costs.put(pair, calibration.of(objective, measured, seconds / pairs / measured.size()));
                } else {
                    assumed++;
                }
            }
        }
        Map<String, Double> levelSeconds = new HashMap<>(); // by key
        double training = 0;
        double evaluation = 0;
        long bytes = 0;
        for (Task task : plan.tasks()) {
            Calibration calibration = known(calibrations, task.trial().dataset());
            Costs cost = costs.get(pair(task.trial().dataset(), task.objective()));
            if (cost == null) {
                cost = costs.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(task.trial().dataset() + " "))
                        .findFirst()
                        .orElseThrow()
                        .getValue();
            }
            double density = calibration.densities().get(task.number());
            int iterations = ExperimentTranslator.iterations(first, task.number(), task.lastLevel());
            double train = iterations * cost.iteration(density);
            double measure = calibration.measurements(iterations) * cost.evaluation(density);
            training += train;
            evaluation += measure;
            levelSeconds.put(task.key(), train + measure);
            bytes += calibration.bytes(task.number() == 0 ? plan.rewinds().size() : 0, iterations);
        }
        List<Simulator.Group> one = groups(plan, levelSeconds);
        List<Simulator.Group> all = new ArrayList<>();
        for (int trial = 0; trial < trials; trial++) {
            all.addAll(one);
        }
        long levels =
                plan.trials().stream().mapToLong(trial -> trial.levels().size()).sum();
        return new SearchEstimate(
                (long) plan.trials().size() * trials,
                levels * trials,
                (long) plan.tasks().size() * trials,
                training * trials,
                evaluation * trials,
                bytes * trials,
                all,
                costs,
                assumed);
    }

    private static String pair(String set, Experiment.Objective objective) {
        return set + " " + objective.name();
    }

    private static Calibration known(Map<String, Calibration> calibrations, String name) {
        return Objects.requireNonNull(calibrations.get(name), name);
    }

    /** Trials by dense level. A level above it that trials share is part of the first one's chain. */
    private static List<Simulator.Group> groups(Plan plan, Map<String, Double> seconds) {
        Map<String, List<double[]>> chains = new LinkedHashMap<>();
        Map<String, Double> unseen = new HashMap<>(seconds);
        for (StoredTrial trial : plan.trials()) {
            List<double[]> group = chains.computeIfAbsent(trial.levels().getFirst(), _ -> new ArrayList<>());
            double[] chain = trial.levels().stream()
                    .skip(1)
                    .filter(unseen::containsKey)
                    .mapToDouble(key -> Objects.requireNonNull(unseen.remove(key)))
                    .toArray();
            if (chain.length > 0) {
                group.add(chain);
            }
        }
        List<Simulator.Group> groups = new ArrayList<>();
        chains.forEach(
                (dense, group) -> groups.add(new Simulator.Group(Objects.requireNonNull(seconds.get(dense)), group)));
        return groups;
    }
}
