package org.espalier.lab.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Strategy;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/** The file {@code index.json}: all trials of a search and the keys of their levels. */
final class Index {
    private Index() {}

    /** The file's bytes. */
    static byte[] encode(List<StoredTrial> trials) {
        StringBuilder text = new StringBuilder("{\"format\":" + Store.FORMAT + ",\"trials\":[\n");
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
    static List<StoredTrial> parse(byte[] content, String source) {
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
        return List.copyOf(trials);
    }

    /** In what the trials of a whole index differ from those of the experiment, as a sentence; empty if in nothing. */
    static Optional<String> problem(Experiment experiment, List<StoredTrial> trials) {
        Set<TrialId> missing = new LinkedHashSet<>(trials(experiment));
        for (StoredTrial trial : trials) {
            if (!missing.remove(trial.id())) {
                return Optional.of(trial.id() + " is no trial of " + Store.EXPERIMENT);
            }
            boolean prunes = Strategy.of(trial.id().strategy()).prunes();
            int expected = 1 + (prunes ? experiment.pruning().levels() : 0);
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
