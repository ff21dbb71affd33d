package org.espalier.report.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.espalier.attack.Norm;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.report.notation.Numbers;

/**
 * What evaluations have in common that differ in radius, objective, level and trial alone: the same images attacked by the
 * same suite with the same settings.
 *
 * @param weights which weights of each level
 * @param images how many of the split, its first
 * @param method digest of all settings but the radius
 */
public record EvaluationFamily(
        String dataset,
        String strategy,
        String suite,
        String weights,
        Norm norm,
        String split,
        int images,
        long seed,
        String method) {
    /** The family of an evaluation. */
    public static EvaluationFamily of(Evaluated evaluated) {
        StoredEvaluation e = evaluated.evaluation();
        return new EvaluationFamily(
                evaluated.trial().dataset(),
                evaluated.trial().strategy(),
                e.suite(),
                e.weights(),
                e.threat().norm(),
                e.split(),
                e.clean().images(),
                e.seed(),
                e.method());
    }

    /** The suite and all that tells it from the other families; two never have the same name. */
    public String name(Collection<EvaluationFamily> all) {
        var parts = new ArrayList<String>();
        add(parts, all, EvaluationFamily::dataset);
        add(parts, all, EvaluationFamily::strategy);
        parts.add(suite);
        add(parts, all, f -> f.norm().toString());
        add(parts, all, f -> f.weights() + " weights");
        add(parts, all, f -> Numbers.count(f.images()) + " " + f.split() + " " + Names.noun(f.images(), "image"));
        add(parts, all, f -> "seed " + f.seed());
        // Same names and numbers, other settings: a suite of one's own that has changed.
        boolean others = all.stream()
                .anyMatch(f -> !f.method.equals(method)
                        && f.suite.equals(suite)
                        && f.norm == norm
                        && f.split.equals(split)
                        && f.images == images
                        && f.seed == seed);
        if (others) {
            parts.add("settings " + method.substring(0, 8));
        }
        return String.join(", ", parts);
    }

    private void add(List<String> parts, Collection<EvaluationFamily> all, Function<EvaluationFamily, String> part) {
        if (all.stream().map(part).distinct().count() > 1) {
            parts.add(part.apply(this));
        }
    }
}
