package org.espalier.lab.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.espalier.UserException;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Strategy;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/**
 * The file {@code index.json}: all trials of a search and the keys of their levels.
 *
 * @param trials in the experiment's order
 * @param lastLevels last level of a data set's trials where they end before {@code pruning.levels}, as no further level would
 *     prune anything
 */
record Index(List<StoredTrial> trials, Map<String, Integer> lastLevels) {
    private static final String LAST_LEVELS = "last-levels";

    /** The file's bytes. */
    static byte[] encode(Experiment experiment, List<StoredTrial> trials) {
        Map<String, Object> ends = new TreeMap<>();
        for (StoredTrial trial : trials) {
            if (trial.levels().size() < mostLevels(experiment, trial.id())) {
                ends.put(trial.id().dataset(), trial.levels().size() - 1);
            }
        }
        StringBuilder text = new StringBuilder("{\"format\":" + Store.FORMAT
                + (ends.isEmpty() ? "" : ",\"" + LAST_LEVELS + "\":" + Json.write(ends)) + ",\"trials\":[\n");
        for (int i = 0; i < trials.size(); i++) {
            TrialId id = trials.get(i).id();
            Map<String, Object> trial = new LinkedHashMap<>();
            trial.put("dataset", id.dataset());
            trial.put("objective", id.objective());
            trial.put("strategy", id.strategy());
            trial.put("trial", id.trial());
            trial.put("levels", trials.get(i).levels());
            text.append(Json.write(trial)).append(i + 1 < trials.size() ? ",\n" : "\n");
        }
        return text.append("]}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads the file.
     *
     * @param source its name, for messages
     * @throws UserException if a member is missing or of another type, or a trial or level is there twice
     */
    static Index parse(byte[] content, String source) {
        JsonNode index = Json.parse(content, source);
        if (Json.whole(index, "format", source) != Store.FORMAT) {
            throw new UserException(source + " has format " + index.path("format") + ", expected " + Store.FORMAT
                    + ": it was written by another version of Espalier");
        }
        List<StoredTrial> trials = new ArrayList<>();
        Set<TrialId> seen = new HashSet<>();
        for (JsonNode trial : Json.list(index, "trials", source)) {
            TrialId id = new TrialId(
                    Json.string(trial, "dataset", source),
                    Json.string(trial, "objective", source),
                    Json.string(trial, "strategy", source),
                    Json.whole(trial, "trial", source));
            List<String> levels = Json.strings(trial, "levels", source);
            for (String level : levels) {
                if (!level.matches("[0-9a-f]{64}")) {
                    throw new UserException(source + " is damaged: " + level + " is no level's key");
                }
            }
            if (!seen.add(id)) {
                throw new UserException(source + " is damaged: " + id + " is there twice");
            } else if (new HashSet<>(levels).size() < levels.size()) {
                throw new UserException(source + " is damaged: " + id + " has a level twice");
            }
            trials.add(new StoredTrial(id, levels));
        }
        Map<String, Integer> last = new HashMap<>();
        if (index.has(LAST_LEVELS)) {
            JsonNode ends = Json.object(index, LAST_LEVELS, source);
            ends.propertyNames().forEach(name -> last.put(name, Json.whole(ends, name, source)));
        }
        return new Index(List.copyOf(trials), Map.copyOf(last));
    }

    private static int mostLevels(Experiment experiment, TrialId id) {
        return 1 + (Strategy.of(id.strategy()).prunes() ? experiment.pruning().levels() : 0);
    }

    /** In what the trials of a whole index differ from those of the experiment, as a sentence; empty if in nothing. */
    Optional<String> problem(Experiment experiment) {
        Set<TrialId> missing = new LinkedHashSet<>(trials(experiment));
        for (StoredTrial trial : trials) {
            if (!missing.remove(trial.id())) {
                return Optional.of(trial.id() + " is no trial of " + Store.EXPERIMENT);
            }
            int most = mostLevels(experiment, trial.id());
            int expected = Math.min(most, 1 + lastLevels.getOrDefault(trial.id().dataset(), most));
            if (trial.levels().size() != expected) {
                return Optional.of(trial.id() + " has " + trial.levels().size() + " levels, expected " + expected);
            }
        }
        return missing.stream().findFirst().map(first -> first + " of " + Store.EXPERIMENT + " is missing");
    }

    private static List<TrialId> trials(Experiment experiment) {
        List<TrialId> trials = new ArrayList<>();
        for (Experiment.DataSource source : experiment.data().sets()) {
            for (Experiment.Objective objective : experiment.objectives()) {
                for (String strategy : experiment.strategies()) {
                    for (int trial = 1; trial <= experiment.trials(); trial++) {
                        trials.add(new TrialId(source.name(), objective.name(), strategy, trial));
                    }
                }
            }
        }
        return trials;
    }
}
