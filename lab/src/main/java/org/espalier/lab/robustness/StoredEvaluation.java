package org.espalier.lab.robustness;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Access;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.RobustInterval;
import org.espalier.evaluate.rules.Verdict;

/**
 * A whole evaluation, as stored.
 *
 * @param id name of its directory
 * @param level key of the level; empty of a ticket that belongs to no search
 * @param weights {@code final} or {@code best-validation}; {@code final} of a ticket that belongs to no search
 * @param density fraction of the weights that survive, in [0, 1]
 * @param suite name of the suite
 * @param threat the ball
 * @param split {@code test} or {@code validation}
 * @param seed of all randomness
 * @param settings SHA-256 of all that determines the evaluation except the network: data, images, attacks and their
 *     settings, ball and seed. Evaluations of several networks are comparable if this is equal
 * @param method SHA-256 of the same without the ball's radius; evaluations at several radii are comparable if this is
 *     equal
 * @param clean right without attack
 * @param robust right without attack and under every attack of the suite, image by image
 * @param attacks every attack that ran, those of the suite first
 * @param curve accuracy by epsilon under one attack, epsilon 0 first
 * @param findings findings of the rules, in their order; certificates are compared when the evaluation is read
 * @param withstands (image) whether {@code robust} counts the image
 * @param known bounds of the network's robust accuracy in this ball from all its evaluations and certificates
 * @param covered how many of the images certificates of the network cover, in this ball or a larger one; the others do not count
 *     as certified
 */
public record StoredEvaluation(
        String id,
        Optional<String> level,
        String weights,
        double density,
        String suite,
        ThreatModel threat,
        String split,
        long seed,
        String settings,
        String method,
        Proportion clean,
        Proportion robust,
        List<AttackResult> attacks,
        List<CurvePoint> curve,
        List<Finding> findings,
        Outcomes withstands,
        RobustInterval known,
        int covered) {
    public StoredEvaluation {
        attacks = List.copyOf(attacks);
        curve = List.copyOf(curve);
        findings = List.copyOf(findings);
    }

    /**
     * One attack.
     *
     * @param name unique in the evaluation
     * @param purpose {@code suite}, or the purpose of a rule's step: {@code fgsm}, {@code pgd}, {@code curve},
     *     {@code full-ball}, {@code doubled}
     * @param access access to the network: {@code white-box}, {@code scores} and so on
     * @param threat the ball
     * @param saw images that it attacked
     * @param broke images that it broke
     * @param alone accuracy under this attack alone; empty if it ran on survivors only
     * @param after accuracy under all attacks of the suite up to this one; empty for other attacks
     * @param loss name of the loss that it maximises, if recorded
     * @param losses mean of the highest loss so far, at the start and after each iteration; empty if not recorded
     * @param securityCurve accuracy by epsilon of a minimum-norm attack that ran on all images; else empty
     * @param distances distances of a minimum-norm attack; empty for other attacks
     * @param passes forward and backward passes of one image through the network, of all images together; empty if not recorded
     */
    public record AttackResult(
            String name,
            String purpose,
            String access,
            ThreatModel threat,
            int saw,
            int broke,
            Optional<Double> alone,
            Optional<Double> after,
            Optional<String> loss,
            List<Double> losses,
            List<CurvePoint> securityCurve,
            Optional<Distances> distances,
            OptionalLong passes) {
        public AttackResult {
            losses = List.copyOf(losses);
            securityCurve = List.copyOf(securityCurve);
        }

        /** Passes for each broken image: what an attacker pays for a success. Empty without one. */
        public OptionalDouble passesBySuccess() {
            return passes.isPresent() && broke > 0
                    ? OptionalDouble.of((double) passes.getAsLong() / broke)
                    : OptionalDouble.empty();
        }
    }

    /** Accuracy at an epsilon. */
    public record CurvePoint(double epsilon, double accuracy) {}

    /** The verdict on the figure: the worst of all rules. */
    public Verdict verdict() {
        return Verdict.worst(findings);
    }

    /** The lowest accuracy known in this ball: that of the suite, or lower. */
    public Proportion lowestKnown() {
        return new Proportion(known.unbroken().count(), known.unbroken().inputs());
    }

    /** Whether another result in this ball breaks images that the suite leaves, so that the lowest known accuracy is less. */
    public boolean missesImages() {
        return lowestKnown().correct() < robust().correct();
    }

    /**
     * Certified accuracy in this ball, on the images of the evaluation; those without a certificate count as not certified. Empty
     * where no stored certificate of the network is for this ball or a larger one.
     */
    public Optional<Proportion> certified() {
        return known.certified().map(shown -> new Proportion(shown.count(), shown.inputs()));
    }

    /** Attacks of the suite, in order. */
    public List<AttackResult> suiteAttacks() {
        return attacks.stream()
                .filter(attack -> attack.purpose().equals("suite"))
                .toList();
    }

    /**
     * Accuracy under the suite's attacks that use gradients and run before all others: what gradients alone would show. Empty if the
     * suite begins with another attack.
     */
    public Optional<Double> afterGradients() {
        return suiteAttacks().stream()
                .takeWhile(attack -> attack.access().equals(Access.WHITE_BOX.toString()))
                .reduce((_, last) -> last)
                .flatMap(AttackResult::after);
    }

    /** An attack run for a rule at the evaluation's epsilon, {@code fgsm} or {@code pgd}: accuracy under it alone. */
    public Optional<Double> under(String purpose) {
        return attacks.stream()
                .filter(attack -> attack.purpose().equals(purpose))
                .findFirst()
                .flatMap(AttackResult::alone);
    }
}
