package org.espalier.report.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;

/**
 * One accuracy that an evaluation gives: under nothing, under one attack alone, after the attacks of a suite up to one of
 * them, or in the worst case.
 *
 * @param name its name in tables and legends
 * @param kind what it is of
 * @param of its value, 0 to 1; empty where the evaluation does not have it
 */
public record SuiteAccuracy(String name, Kind kind, Function<StoredEvaluation, Optional<Double>> of) {
    /** What an accuracy is of. */
    public enum Kind {
        /** Unattacked images. */
        NATURAL,
        /** All images, under one attack. */
        ALONE,
        /** Images that this attack and those of the suite before it left. */
        AFTER,
        /** Right without attack and under every attack of the suite, image by image. */
        WORST,
        /** An end of what all evaluations and certificates of the network say together of this ball. */
        KNOWN
    }

    /** The name of the worst case. */
    public static final String WORST_CASE = "worst case";

    /** The name of the lowest accuracy that any attack or certificate shows. */
    public static final String LOWEST_KNOWN = "lowest known";

    /** The name of the certified accuracy. */
    public static final String CERTIFIED = "certified";

    /**
     * All that some evaluations have, in the order in which readers ask for them: the worst case of the suite, the lowest known
     * accuracy and, where an image is certified, the certified accuracy come last.
     */
    public static List<SuiteAccuracy> of(Collection<StoredEvaluation> evaluations) {
        var all = new ArrayList<SuiteAccuracy>();
        all.add(new SuiteAccuracy(
                "natural", Kind.NATURAL, e -> Optional.of(e.clean().accuracy())));
        all.add(new SuiteAccuracy("FGSM", Kind.ALONE, e -> e.under("fgsm")));
        all.add(new SuiteAccuracy("PGD-40", Kind.ALONE, e -> e.under("pgd")));
        Set<String> alone = new LinkedHashSet<>();
        Set<String> after = new LinkedHashSet<>();
        for (StoredEvaluation evaluation : evaluations) {
            List<StoredEvaluation.AttackResult> suite = evaluation.suiteAttacks();
            for (int i = 0; i < suite.size(); i++) {
                if (suite.get(i).alone().isPresent()) {
                    alone.add(suite.get(i).name());
                } else if (i < suite.size() - 1) {
                    // What the last one leaves is the worst case.
                    after.add(suite.get(i).name());
                }
            }
        }
        alone.remove("fgsm");
        for (String name : alone) {
            all.add(new SuiteAccuracy(
                    name, Kind.ALONE, e -> attack(e, name).flatMap(StoredEvaluation.AttackResult::alone)));
        }
        for (String name : after) {
            all.add(new SuiteAccuracy(
                    "after " + name, Kind.AFTER, e -> attack(e, name).flatMap(StoredEvaluation.AttackResult::after)));
        }
        all.add(new SuiteAccuracy(
                WORST_CASE, Kind.WORST, e -> Optional.of(e.robust().accuracy())));
        all.add(new SuiteAccuracy(
                LOWEST_KNOWN, Kind.KNOWN, e -> Optional.of(e.lowestKnown().accuracy())));
        if (certified(evaluations)) {
            all.add(new SuiteAccuracy(CERTIFIED, Kind.KNOWN, e -> e.certified().map(Proportion::accuracy)));
        }
        return all;
    }

    /** Whether an image of any of the evaluations is certified. */
    public static boolean certified(Collection<StoredEvaluation> evaluations) {
        return evaluations.stream()
                .anyMatch(
                        e -> e.certified().filter(share -> share.correct() > 0).isPresent());
    }

    private static Optional<StoredEvaluation.AttackResult> attack(StoredEvaluation evaluation, String name) {
        return evaluation.suiteAttacks().stream()
                .filter(attack -> attack.name().equals(name))
                .findFirst();
    }
}
