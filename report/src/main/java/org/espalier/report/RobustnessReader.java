package org.espalier.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.espalier.UserException;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.certification.Certification;
import org.espalier.lab.certification.Sandwich;
import org.espalier.lab.certification.StoredCertifications;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredTrial;

/**
 * Reads evaluations and certificates of a search, level by level, and holds them against each other: what is certified
 * cannot be broken. A level's counterexamples are let go before the next level is read.
 */
final class RobustnessReader {
    /** Violations of one level that are told one by one. */
    private static final int MOST_VIOLATIONS = 3;

    private final Store store;
    private final Consumer<String> problem;

    /** Levels that strategies share are read once. */
    private final Map<String, Read> levels = new HashMap<>();

    private final List<String> violations = new ArrayList<>();
    private int unfinishedEvaluations;
    private int unfinishedCertificates;

    private record Read(List<StoredEvaluation> evaluations, List<Certified> certificates) {}

    private RobustnessReader(Store store, Consumer<String> problem) {
        this.store = store;
        this.problem = problem;
    }

    /**
     * All that can be read.
     *
     * @param problem is told of each file that is damaged, in a sentence
     */
    static Robustness read(Store store, Consumer<String> problem) {
        return new RobustnessReader(store, problem).read();
    }

    private Robustness read() {
        var evaluations = new ArrayList<Evaluated>();
        var certificates = new ArrayList<Certified>();
        for (StoredTrial trial : store.trials()) {
            for (int level = 0; level < trial.levels().size(); level++) {
                String key = trial.levels().get(level);
                Read read = levels.get(key);
                if (read == null) {
                    read = level(trial, level, key);
                    levels.put(key, read);
                }
                for (StoredEvaluation each : read.evaluations()) {
                    evaluations.add(new Evaluated(trial.id(), level, each));
                }
                read.certificates().forEach(each -> certificates.add(each.in(trial.id())));
            }
        }
        var unfinished = new ArrayList<String>();
        unfinished(unfinishedEvaluations, "robustness evaluation", "espalier evaluate", unfinished);
        unfinished(unfinishedCertificates, "certificate", "espalier certify", unfinished);
        return new Robustness(evaluations, certificates, violations, unfinished);
    }

    private static void unfinished(int count, String kind, String command, List<String> sentences) {
        if (count > 0) {
            sentences.add(count + " " + kind + (count == 1 ? " is" : "s are")
                    + " begun and not finished; what is done is not shown before the rest is, and \"" + command
                    + "\" continues.");
        }
    }

    private Read level(StoredTrial trial, int number, String key) {
        List<Certification> certifications = StoredCertifications.of(
                store, key, e -> problem.accept(e.getMessage() + "; this certificate is left out"));
        List<StoredEvaluation> evaluations = StoredEvaluations.of(
                store, key, certifications, e -> problem.accept(e.getMessage() + "; this evaluation is left out"));
        unfinishedEvaluations += StoredEvaluations.unfinished(store, key);
        unfinishedCertificates += unfinishedCertificates(key);
        if (certifications.isEmpty()) {
            return new Read(evaluations, List.of());
        }
        hold(trial.id() + ", level " + number + ": ", certifications, evaluations);
        StoredLevel level = store.level(key);
        double density = density(level);
        var certificates = new ArrayList<Certified>();
        for (Certification each : certifications) {
            certificates.add(Certified.of(trial.id(), number, density, weights(level, each.network()), each));
        }
        return new Read(evaluations, certificates);
    }

    private int unfinishedCertificates(String key) {
        try {
            return StoredCertifications.unfinished(store, key);
        } catch (UserException e) {
            return 0; // told of already, when it was to be read
        }
    }

    private void hold(String whose, List<Certification> certifications, List<StoredEvaluation> evaluations) {
        List<String> found = Sandwich.violations(certifications);
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

    private static String weights(StoredLevel level, String network) {
        try {
            if (level.digest(false).filter(network::equals).isPresent()) {
                return "final";
            } else if (level.digest(true).filter(network::equals).isPresent()) {
                return "best-validation";
            }
        } catch (UserException e) {
            // Told of with the level's measurements.
        }
        return "other";
    }
}
