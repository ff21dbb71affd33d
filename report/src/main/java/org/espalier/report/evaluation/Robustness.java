package org.espalier.report.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.espalier.lab.store.TrialId;
import org.espalier.report.result.Cell;

/**
 * What suites of attacks have left of a search's networks, and what has been certified.
 *
 * @param evaluations in the order of trials and levels
 * @param certificates likewise
 * @param violations images that are certified and yet broken, a sentence each: something there is wrong
 * @param unfinished evaluations and certificates that are begun and not whole, a sentence each kind
 * @param cells of the search: levels that they do not show are in no table or figure
 */
public record Robustness(
        List<Evaluated> evaluations,
        List<Certified> certificates,
        List<String> violations,
        List<String> unfinished,
        List<Cell> cells) {
    /** Of a search whose levels all count. */
    public Robustness(
            List<Evaluated> evaluations,
            List<Certified> certificates,
            List<String> violations,
            List<String> unfinished) {
        this(evaluations, certificates, violations, unfinished, List.of());
    }

    public Robustness {
        cells = List.copyOf(cells);
        evaluations = List.copyOf(evaluations);
        certificates = List.copyOf(certificates);
        violations = List.copyOf(violations);
        unfinished = List.copyOf(unfinished);
    }

    /** The same of a search with these cells, see {@link Cell#shows}. */
    public Robustness of(List<Cell> cells) {
        return new Robustness(evaluations, certificates, violations, unfinished, cells);
    }

    /** Evaluations that tables and figures show: a strategy of which only the shared dense level was evaluated shows nothing. */
    public List<Evaluated> evaluationsShown() {
        return shown(evaluations, Evaluated::trial, Evaluated::level);
    }

    /** Certificates likewise. */
    public List<Certified> certificatesShown() {
        return shown(certificates, Certified::trial, Certified::level);
    }

    private boolean shows(TrialId trial, int level) {
        return cells.stream()
                .filter(cell -> cell.dataset().equals(trial.dataset())
                        && cell.objective().equals(trial.objective()))
                .allMatch(cell -> cell.shows(trial.strategy(), level));
    }

    private <T> List<T> shown(List<T> stored, Function<T, TrialId> trial, ToIntFunction<T> level) {
        List<T> all = stored.stream()
                .filter(each -> shows(trial.apply(each), level.applyAsInt(each)))
                .toList();
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
