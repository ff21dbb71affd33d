package org.espalier.lab.robustness;

import java.util.List;
import java.util.Optional;
import org.espalier.attack.ThreatModel;
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
 * @param settings SHA-256 of all that determines the evaluation but the network: data, images, attacks and their settings,
 *     ball and seed. Evaluations of several networks are of one kind if this is equal
 * @param method SHA-256 of the same less the ball's radius: evaluations at several radii are of one kind if this is equal
 * @param clean right without attack
 * @param robust right without attack and under every attack of the suite, image by image
 * @param attacks every attack that ran, those of the suite first
 * @param curve accuracy by epsilon under one attack, epsilon 0 first
 * @param findings what the rules say, in their order; certificates are looked at when the evaluation is read
 * @param withstands (image) what {@code robust} counts
 * @param known all that this and other evaluations and certificates of the network say of its robust accuracy in this ball
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
        RobustInterval known) {
    public StoredEvaluation {
        attacks = List.copyOf(attacks);
        curve = List.copyOf(curve);
        findings = List.copyOf(findings);
    }

    /**
     * One attack.
     *
     * @param name unique in the evaluation
     * @param purpose {@code suite}, or what it was run for besides: {@code fgsm}, {@code pgd}, {@code curve},
     *     {@code full-ball}, {@code doubled}
     * @param access what it was allowed to see of the network: {@code white-box}, {@code scores} and so on
     * @param threat the ball
     * @param saw images that it attacked
     * @param broke images of those that it broke
     * @param alone accuracy under this attack alone; empty where it saw survivors only
     * @param after accuracy under all attacks of the suite up to this one; empty of others
     * @param loss name of the loss that it climbs, if it says
     * @param losses mean of the highest loss so far, at the start and after each iteration; empty if it does not say
     * @param securityCurve accuracy by epsilon, of a minimum-norm attack that saw all images; else empty
     * @param distances of a minimum-norm attack that saw an image; else empty
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
            Optional<Distances> distances) {
        public AttackResult {
            losses = List.copyOf(losses);
            securityCurve = List.copyOf(securityCurve);
        }
    }

    /** Accuracy at an epsilon. */
    public record CurvePoint(double epsilon, double accuracy) {}

    /** What becomes of the figure: the worst that any rule says. */
    public Verdict verdict() {
        return Verdict.worst(findings);
    }

    /** The lowest accuracy known in this ball: that of the suite, or lower. */
    public Proportion lowestKnown() {
        return new Proportion(known.unbroken().count(), known.unbroken().inputs());
    }

    /** Certified accuracy in this ball; 0 where nothing is certified. */
    public Proportion certified() {
        return new Proportion(known.certified().count(), known.certified().inputs());
    }

    /** Attacks of the suite, in order. */
    public List<AttackResult> suiteAttacks() {
        return attacks.stream()
                .filter(attack -> attack.purpose().equals("suite"))
                .toList();
    }

    /** An attack run for a rule at the evaluation's epsilon, {@code fgsm} or {@code pgd}: accuracy under it alone. */
    public Optional<Double> under(String purpose) {
        return attacks.stream()
                .filter(attack -> attack.purpose().equals(purpose))
                .findFirst()
                .flatMap(AttackResult::alone);
    }
}
