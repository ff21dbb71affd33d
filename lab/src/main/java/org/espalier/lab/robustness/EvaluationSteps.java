package org.espalier.lab.robustness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.suite.Suite;

/** The steps of an evaluation: a suite's attacks and the attacks that the rules need. */
public final class EvaluationSteps {
    /** Radii of the curve, in multiples of epsilon. */
    private static final double[] CURVE = {0.25, 0.5, 0.75, 1, 1.25, 1.5, 2};

    /** Below this the curve's radii are not rounded. */
    private static final float SMALL = 1e-5f;

    private static final ThreatModel FULL = new ThreatModel(Norm.LINF, 1);

    private EvaluationSteps() {}

    /**
     * All steps, the suite's first.
     *
     * @param threat the evaluation's threat model
     */
    public static List<Step> of(Suite suite, ThreatModel threat) {
        return of(suite, threat, true);
    }

    /**
     * The suite's steps and, with {@code rules}, those that the rules need.
     *
     * @param rules whether to add the rules' steps; without them the rules are not checked
     */
    static List<Step> of(Suite suite, ThreatModel threat, boolean rules) {
        List<Step> steps = new ArrayList<>();
        List<String> names = suite.labels();
        for (int a = 0; a < names.size(); a++) {
            steps.add(new Step(
                    names.get(a),
                    Step.Purpose.SUITE,
                    suite.attacks().get(a),
                    threat,
                    suite.survivorsOnly() ? names.subList(0, a) : List.of()));
        }
        if (!rules) {
            return steps;
        }
        steps.add(new Step("rule-fgsm", Step.Purpose.FGSM, ProjectedGradient.fgsm(), threat, List.of()));
        steps.add(new Step("rule-pgd", Step.Purpose.PGD, ProjectedGradient.pgd(40, 1), threat, List.of()));
        for (float epsilon : curve(threat.epsilon())) {
            if (threat.norm() != Norm.LINF || epsilon <= 1) {
                steps.add(new Step(
                        "curve-" + EvaluationRequest.number(epsilon),
                        Step.Purpose.CURVE,
                        new Apgd(Losses.CROSS_ENTROPY, 50, 1, 1),
                        new ThreatModel(threat.norm(), epsilon),
                        List.of()));
            }
        }
        fullBall(suite, names, steps);
        doubled(suite, names, threat, steps);
        return steps;
    }

    /** Radii of the curve, each once. */
    private static List<Float> curve(float epsilon) {
        return Arrays.stream(CURVE)
                // 0.225, not 0.22500001; very small radii need more than six decimals.
                .mapToObj(factor ->
                        epsilon < SMALL ? (float) (factor * epsilon) : Math.round(1e6 * factor * epsilon) / 1e6f)
                .filter(radius -> radius > 0)
                .distinct()
                .toList();
    }

    /** The suite's attacks with a radius that read gradients or scores, one after the other. */
    private static void fullBall(Suite suite, List<String> names, List<Step> steps) {
        List<String> before = new ArrayList<>();
        for (int a = 0; a < names.size(); a++) {
            StrongAttack attack = suite.attacks().get(a);
            boolean sees = attack.access() == Access.WHITE_BOX || attack.access() == Access.SCORES;
            if (sees && !attack.minimumNorm() && attack.norms().contains(Norm.LINF)) {
                String name = "full-" + names.get(a);
                steps.add(new Step(name, Step.Purpose.FULL_BALL, attack, FULL, before));
                before.add(name);
            }
        }
    }

    private static void doubled(Suite suite, List<String> names, ThreatModel threat, List<Step> steps) {
        List<String> before = new ArrayList<>(names);
        for (int a = 0; a < names.size(); a++) {
            String name = "doubled-" + names.get(a);
            suite.attacks().get(a).doubled().ifPresent(attack -> {
                steps.add(new Step(name, Step.Purpose.DOUBLED, attack, threat, before));
                before.add(name);
            });
        }
    }
}
