package org.espalier.lab.tickets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.espalier.UserException;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;

/**
 * Which levels of a search to evaluate.
 *
 * @param dataset name of the data set, if only one of several
 * @param objective name of the training objective, if only one
 * @param strategy name of the restart strategy, if only one
 * @param trial number of the trial, from 1, if only one
 * @param level number of the level, if only one
 * @param all whether to take all levels that match the other options
 * @param weights which weights of each level
 */
public record TicketChoice(
        Optional<String> dataset,
        Optional<String> objective,
        Optional<String> strategy,
        Optional<Integer> trial,
        Optional<Integer> level,
        boolean all,
        WeightChoice weights) {
    /** End of the message on several levels; a command of one ticket leaves it out. */
    public static final String OR_ALL = ", or take them all with --all-levels";

    /** Every level of every trial. */
    public static TicketChoice everything(WeightChoice weights) {
        return unnamed(true, weights);
    }

    /** The level that a path names by itself. */
    public static TicketChoice none(WeightChoice weights) {
        return unnamed(false, weights);
    }

    private static TicketChoice unnamed(boolean all, WeightChoice weights) {
        return new TicketChoice(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), all, weights);
    }

    /** Whether nothing is chosen. */
    public boolean none() {
        return dataset.isEmpty()
                && objective.isEmpty()
                && strategy.isEmpty()
                && trial.isEmpty()
                && level.isEmpty()
                && !all;
    }

    /** A level of a trial. */
    record Chosen(TrialId trial, int level, String key) {}

    /**
     * The levels chosen, each once: one that trials share counts for the first of them.
     *
     * @throws UserException if there is none, or if several match and {@code all} is false
     */
    List<Chosen> of(Store store) {
        List<StoredTrial> trials = store.trials();
        trials = only(store, trials, "--data-set", dataset, TrialId::dataset);
        trials = only(store, trials, "--objective", objective, TrialId::objective);
        trials = only(store, trials, "--strategy", strategy, TrialId::strategy);
        trials = only(store, trials, "--trial", trial.map(String::valueOf), id -> Integer.toString(id.trial()));
        Map<String, Chosen> chosen = new LinkedHashMap<>();
        int most = 0;
        for (StoredTrial each : trials) {
            most = Math.max(most, each.levels().size() - 1);
            for (int number = 0; number < each.levels().size(); number++) {
                String key = each.levels().get(number);
                if (level.isEmpty() || level.get() == number) {
                    chosen.putIfAbsent(key, new Chosen(each.id(), number, key));
                }
            }
        }
        if (chosen.isEmpty()) {
            throw new UserException("--level is " + level.orElse(0) + ", expected 0 to " + most + ", the levels of "
                    + store.directory());
        } else if (chosen.size() > 1 && !all) {
            throw new UserException(store.directory() + " has " + chosen.size() + " such levels; choose one with "
                    + String.join(", ", missing(trials)) + OR_ALL);
        }
        return List.copyOf(chosen.values());
    }

    private static List<StoredTrial> only(
            Store store,
            List<StoredTrial> trials,
            String option,
            Optional<String> wanted,
            Function<TrialId, String> property) {
        if (wanted.isEmpty()) {
            return trials;
        }
        List<StoredTrial> left = trials.stream()
                .filter(trial -> property.apply(trial.id()).equals(wanted.get()))
                .toList();
        if (left.isEmpty()) {
            List<String> known = values(trials, property);
            throw new UserException(option + " is " + wanted.get() + ", which " + store.directory() + " has not; "
                    + Names.nearest(wanted.get(), known)
                            .map(near -> "did you mean " + near + "?")
                            .orElse("it has " + String.join(", ", known)));
        }
        return left;
    }

    private static List<String> values(List<StoredTrial> trials, Function<TrialId, String> property) {
        return trials.stream()
                .map(trial -> property.apply(trial.id()))
                .distinct()
                .toList();
    }

    /** Options that would reduce the number of levels. */
    private List<String> missing(List<StoredTrial> trials) {
        List<String> options = new ArrayList<>();
        if (values(trials, TrialId::dataset).size() > 1) {
            options.add(option("--data-set", values(trials, TrialId::dataset)));
        }
        if (values(trials, TrialId::objective).size() > 1) {
            options.add(option("--objective", values(trials, TrialId::objective)));
        }
        if (values(trials, TrialId::strategy).size() > 1) {
            options.add(option("--strategy", values(trials, TrialId::strategy)));
        }
        if (values(trials, id -> Integer.toString(id.trial())).size() > 1) {
            options.add(option("--trial", values(trials, id -> Integer.toString(id.trial()))));
        }
        if (level.isEmpty()) {
            int last = trials.stream()
                            .mapToInt(trial -> trial.levels().size())
                            .max()
                            .orElse(1)
                    - 1;
            options.add("--level (0 to " + last + ")");
        }
        return options;
    }

    private static String option(String name, List<String> values) {
        return name + " (" + String.join(", ", values) + ")";
    }
}
