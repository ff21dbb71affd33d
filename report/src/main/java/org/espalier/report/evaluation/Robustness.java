package org.espalier.report.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.espalier.lab.store.TrialId;

/**
 * What suites of attacks have left of a search's networks, and what has been certified.
 *
 * @param evaluations in the order of trials and levels
 * @param certificates likewise
 * @param violations images that are certified and yet broken, a sentence each: something there is wrong
 * @param unfinished evaluations and certificates that are begun and not whole, a sentence each kind
 */
public record Robustness(
        List<Evaluated> evaluations, List<Certified> certificates, List<String> violations, List<String> unfinished) {
    public Robustness {
        evaluations = List.copyOf(evaluations);
        certificates = List.copyOf(certificates);
        violations = List.copyOf(violations);
        unfinished = List.copyOf(unfinished);
    }

    /** Evaluations that tables and figures show: a strategy of which only the shared dense level was evaluated shows nothing. */
    public List<Evaluated> evaluationsShown() {
        return shown(evaluations, Evaluated::trial, Evaluated::level);
    }

    /** Certificates likewise. */
    public List<Certified> certificatesShown() {
        return shown(certificates, Certified::trial, Certified::level);
    }

    private static <T> List<T> shown(List<T> all, Function<T, TrialId> trial, ToIntFunction<T> level) {
        record Chain(String dataset, String strategy) {}

        Function<T, Chain> chain =
                each -> new Chain(trial.apply(each).dataset(), trial.apply(each).strategy());
        Set<Chain> pruned = new HashSet<>();
        Set<String> datasets = new HashSet<>();
        for (T each : all) {
            if (level.applyAsInt(each) > 0) {
                pruned.add(chain.apply(each));
                datasets.add(trial.apply(each).dataset());
            }
        }
        // Where dense levels alone were looked at, the first strategy stands for all.
        for (T each : all) {
            if (datasets.add(trial.apply(each).dataset())) {
                pruned.add(chain.apply(each));
            }
        }
        return all.stream().filter(each -> pruned.contains(chain.apply(each))).toList();
    }
}
