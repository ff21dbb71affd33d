package org.espalier.evaluate.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;

/**
 * A whole evaluation: the results of its steps together.
 *
 * @param steps the steps, in order
 * @param results what they found, over all inputs
 * @param classes the network's classes
 * @param certified inputs certified against a threat model that allows all that the suite was allowed, if known
 */
public record Assessment(List<Step> steps, Batch results, int classes, Optional<Outcomes> certified) {
    /**
     * The same with certificates, which {@link Rule#CERTIFIED} and {@link #interval} then use.
     *
     * @param known inputs of this evaluation certified against a threat model that allows all that the suite was allowed
     */
    public Assessment with(Outcomes known) {
        return new Assessment(steps, results, classes, Optional.of(known));
    }

    /** What is classified right without attack. */
    public Outcomes clean() {
        return results.clean();
    }

    /** Worst case over the suite, input by input: right without attack and under every attack. */
    public Outcomes worst() {
        return worstOf(of(Step.Purpose.SUITE));
    }

    /** What was right without attack and under one step. */
    public Outcomes under(Step step) {
        return clean().and(results.step(step.name()).outcomes(results.inputs()));
    }

    /** Steps for a purpose, in order. */
    public List<Step> of(Step.Purpose purpose) {
        return steps.stream().filter(step -> step.purpose() == purpose).toList();
    }

    /** Outcomes under the curve's attack by epsilon, epsilon 0 included; empty if there is no curve. */
    public SortedMap<Double, Outcomes> curve() {
        SortedMap<Double, Outcomes> curve = new TreeMap<>();
        for (Step step : of(Step.Purpose.CURVE)) {
            curve.put((double) step.threat().epsilon(), under(step));
        }
        if (!curve.isEmpty()) {
            curve.put(0.0, clean());
        }
        return curve;
    }

    /** The findings of all rules, in the order of {@link Rule}. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(
                Rules.inside(results.steps().stream().map(StepResult::excess).toList()));
        findings.add(Rules.largerBall(curve()));
        findings.add(manySteps());
        findings.add(ownAttacks());
        findings.add(fullBall());
        findings.add(Rules.oneClass(results.labels(), results.predictions()));
        findings.add(certified
                .map(known -> Rules.certified(worst(), known))
                .orElseGet(() -> Finding.notChecked(Rule.CERTIFIED, "no certificates are stored")));
        findings.add(converged());
        findings.add(whiteBox());
        findings.add(gradient());
        findings.add(Rules.trueLabel(
                of(Step.Purpose.SUITE).stream()
                        .filter(step ->
                                "predicted".equals(step.attack().settings().get("label")))
                        .map(Step::name)
                        .toList(),
                clean(),
                worst()));
        findings.add(Rules.strongest(interval()));
        return findings;
    }

    /** Steps outside the suite that attack in its ball or in a smaller one. */
    private List<Step> besideTheSuite() {
        List<Step> suite = of(Step.Purpose.SUITE);
        if (suite.isEmpty()) {
            return List.of();
        }
        ThreatModel ball = suite.getFirst().threat();
        return steps.stream()
                .filter(step -> step.purpose() != Step.Purpose.SUITE
                        && step.threat().norm() == ball.norm()
                        && step.threat().epsilon() <= ball.epsilon())
                .toList();
    }

    /** Bounds of the network's robust accuracy in the suite's ball from this evaluation alone. */
    public RobustInterval interval() {
        List<RobustInterval.Break> breaks = new ArrayList<>();
        for (Step step : besideTheSuite()) {
            breaks.add(new RobustInterval.Break(step.name(), under(step)));
        }
        return new RobustInterval(worst(), certified, breaks);
    }

    private Finding ownAttacks() {
        List<Step> own = besideTheSuite().stream()
                .filter(step -> step.purpose() != Step.Purpose.DOUBLED && step.purpose() != Step.Purpose.FULL_BALL)
                .toList();
        return own.isEmpty()
                ? Finding.notChecked(Rule.OWN_ATTACKS, "the rules ran no attacks of their own")
                : Rules.ownAttacks(worst(), worstOf(own));
    }

    private Finding manySteps() {
        List<Step> one = of(Step.Purpose.FGSM);
        List<Step> many = of(Step.Purpose.PGD);
        return one.isEmpty() || many.isEmpty()
                ? Finding.notChecked(Rule.MANY_STEPS, "FGSM and PGD did not both run")
                : Rules.manySteps(worstOf(one), worstOf(many));
    }

    private Finding fullBall() {
        List<Step> full = of(Step.Purpose.FULL_BALL);
        return full.isEmpty()
                ? Finding.notChecked(Rule.FULL_BALL, "no attack ran at epsilon 1 in l-infinity")
                : Rules.fullBall(worstOf(full), results.labels());
    }

    private Finding converged() {
        List<Step> doubled = of(Step.Purpose.DOUBLED);
        return doubled.isEmpty()
                ? Finding.notChecked(
                        Rule.CONVERGED, "no white-box attack of the suite has iterations or restarts to double")
                : Rules.converged(worst(), worstOf(doubled));
    }

    private Finding whiteBox() {
        List<Step> white = new ArrayList<>();
        Map<String, Outcomes> black = new LinkedHashMap<>();
        for (Step step : of(Step.Purpose.SUITE)) {
            if (step.attack().access() == Access.WHITE_BOX) {
                white.add(step);
            } else {
                black.put(step.name(), under(step));
            }
        }
        return white.isEmpty()
                ? Finding.notChecked(Rule.WHITE_BOX, "no attack with gradients ran")
                : Rules.whiteBox(worstOf(white).and(beforeWhite(white)), black);
    }

    /**
     * Outcomes under the rules' white-box attacks for inputs that no white-box attack of the suite saw, because an
     * earlier attack broke them. All other inputs count as right.
     */
    private Outcomes beforeWhite(List<Step> white) {
        List<Step> rules = new ArrayList<>(of(Step.Purpose.PGD));
        of(Step.Purpose.CURVE).stream()
                .filter(step -> step.threat().equals(white.getFirst().threat()))
                .forEach(rules::add);
        Outcomes found = worstOf(rules);
        boolean[] right = new boolean[results.inputs()];
        for (int e = 0; e < right.length; e++) {
            int input = e;
            boolean unseen = white.stream()
                    .noneMatch(step -> results.step(step.name()).saw().get(input));
            right[e] = !unseen || found.right(e);
        }
        return Outcomes.of(right);
    }

    private Finding gradient() {
        List<Step> one = of(Step.Purpose.FGSM);
        if (one.isEmpty()) {
            return Finding.notChecked(Rule.GRADIENT, "no gradient was computed");
        }
        StepResult result = results.step(one.getFirst().name());
        return Rules.gradient(result.zeroGradients(), result.saw().cardinality());
    }

    private Outcomes worstOf(List<Step> steps) {
        Outcomes worst = clean();
        for (Step step : steps) {
            worst = worst.and(under(step));
        }
        return worst;
    }
}
