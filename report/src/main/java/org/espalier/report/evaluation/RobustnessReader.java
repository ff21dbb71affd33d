package org.espalier.report.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.certification.BoundsConsistency;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.TrialId;

/**
 * Reads evaluations and certificates of a search, level by level on all cores, and holds them against each other: what is
 * certified cannot be broken. A level's counterexamples are let go before its core reads the next level.
 */
public final class RobustnessReader {
    /** Violations of one level that are told one by one. */
    private static final int MOST_VIOLATIONS = 3;

    private final Store store;

    private RobustnessReader(Store store) {
        this.store = store;
    }

    /** A level, and the first trial that has it. */
    private record Named(StoredTrial trial, int level, String key) {}

    /** What is stored of a level, and what there is to say of it. */
    private record Read(
            List<StoredEvaluation> evaluations,
            List<Certified> certificates,
            int unfinishedEvaluations,
            int unfinishedCertificates,
            List<String> violations,
            List<String> problems) {}

    /**
     * All that can be read.
     *
     * @param problem is told of each file that is damaged, in a sentence
     */
    public static Robustness read(Store store, Consumer<String> problem) {
        return new RobustnessReader(store).read(problem);
    }

    private Robustness read(Consumer<String> problem) {
        // Levels that strategies share are read once.
        var levels = new LinkedHashMap<String, Named>();
        for (StoredTrial trial : store.trials()) {
            for (int level = 0; level < trial.levels().size(); level++) {
                String key = trial.levels().get(level);
                levels.putIfAbsent(key, new Named(trial, level, key));
            }
        }
        // A whole grid has millions of images: on all cores, told of in order.
        Map<String, Read> reads = new HashMap<>();
        List<Named> named = List.copyOf(levels.values());
        List<Read> all = named.parallelStream().map(this::level).toList();
        for (int i = 0; i < all.size(); i++) {
            reads.put(named.get(i).key(), all.get(i));
        }
        var evaluations = new ArrayList<Evaluated>();
        var certificates = new ArrayList<Certified>();
        for (StoredTrial trial : store.trials()) {
            for (int level = 0; level < trial.levels().size(); level++) {
                Read read = Objects.requireNonNull(reads.get(trial.levels().get(level)));
                for (StoredEvaluation each : read.evaluations()) {
                    evaluations.add(new Evaluated(trial.id(), level, each));
                }
                read.certificates().forEach(each -> certificates.add(each.in(trial.id())));
            }
        }
        all.forEach(read -> read.problems().forEach(problem));
        var unfinished = new ArrayList<String>();
        unfinished(
                all.stream().mapToInt(Read::unfinishedEvaluations).sum(),
                "robustness evaluation",
                "espalier evaluate",
                unfinished);
        unfinished(
                all.stream().mapToInt(Read::unfinishedCertificates).sum(),
                "certificate",
                "espalier certify",
                unfinished);
        List<String> violations =
                all.stream().flatMap(read -> read.violations().stream()).toList();
        return new Robustness(evaluations, certificates, violations, unfinished);
    }

    private static void unfinished(int count, String kind, String command, List<String> sentences) {
        if (count > 0) {
            sentences.add(count + " " + kind + (count == 1 ? " is" : "s are")
                    + " begun and not finished; what is done is not shown before the rest is, and \"" + command
                    + "\" continues.");
        }
    }

    private Read level(Named named) {
        String key = named.key();
        var problems = new ArrayList<String>();
        List<Certification> certifications = StoredCertifications.of(
                store, key, e -> problems.add(e.getMessage() + "; this certificate is left out"));
        List<StoredEvaluation> evaluations = StoredEvaluations.of(
                store, key, certifications, e -> problems.add(e.getMessage() + "; this evaluation is left out"));
        var violations = new ArrayList<String>();
        var certificates = new ArrayList<Certified>();
        if (!certifications.isEmpty()) {
            TrialId trial = named.trial().id();
            hold(trial + ", level " + named.level() + ": ", certifications, evaluations, violations);
            StoredLevel level = store.level(key);
            double density = density(level);
            Map<String, String> weights = weights(level);
            for (Certification each : certifications) {
                certificates.add(Certified.of(
                        trial, named.level(), density, weights.getOrDefault(each.network(), "other"), each));
            }
        }
        return new Read(
                evaluations,
                certificates,
                StoredEvaluations.unfinished(store, key),
                unfinishedCertificates(key),
                violations,
                problems);
    }

    private int unfinishedCertificates(String key) {
        try {
            return StoredCertifications.unfinished(store, key);
        } catch (UserException e) {
            return 0; // told of already, when it was to be read
        }
    }

    private static void hold(
            String whose,
            List<Certification> certifications,
            List<StoredEvaluation> evaluations,
            List<String> violations) {
        List<String> found = BoundsConsistency.violations(certifications);
        found.stream().limit(MOST_VIOLATIONS).forEach(sentence -> violations.add(whose + sentence));
        if (found.size() > MOST_VIOLATIONS) {
            violations.add(whose + (found.size() - MOST_VIOLATIONS) + " more of this kind");
        }
        for (StoredEvaluation evaluation : evaluations) {
            evaluation.findings().stream()
                    .filter(finding -> finding.rule() == Rule.CERTIFIED && finding.verdict() == Verdict.REFUSED)
                    .forEach(finding -> violations.add(whose + "suite " + evaluation.suite() + ", "
                            + evaluation.threat() + ": " + finding.sentence()
                            + " (robustness/.../" + evaluation.id() + "): one of the two is wrong"));
        }
    }

    /** NaN where it is not known: the level's own problem, which is told with its measurements. */
    private static double density(StoredLevel level) {
        try {
            return level.density().orElse(Double.NaN);
        } catch (UserException e) {
            return Double.NaN;
        }
    }

    /** By digest of a level's weights, which they are. */
    private static Map<String, String> weights(StoredLevel level) {
        Map<String, String> weights = new HashMap<>();
        try {
            level.digest(true).ifPresent(digest -> weights.put(digest, "best-validation"));
            level.digest(false).ifPresent(digest -> weights.put(digest, "final"));
        } catch (UserException e) {
            // Told of with the level's measurements.
        }
        return weights;
    }
}
