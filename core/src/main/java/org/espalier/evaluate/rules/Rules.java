package org.espalier.evaluate.rules;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import org.espalier.evaluate.Chance;

/** The rules as pure functions of measurements; each returns one {@link Finding}. */
public final class Rules {
    /** Largest allowed fall of accuracy when iterations and restarts double: 0.5 points. */
    public static final double CONVERGENCE = 0.005;

    /** Largest allowed gain of attacks without gradients over attacks with gradients: 0.2 points. */
    public static final double BLACK_BOX_GAIN = 0.002;

    /**
     * Largest allowed share of inputs that withstand a suite and that the rules' own attacks break: 2 points, or one
     * input.
     */
    public static final double OWN_GAIN = 0.02;

    /** Largest allowed share of inputs without gradient: 0.1 % of the inputs classified right. */
    public static final double TRACE = 0.001;

    private Rules() {}

    /**
     * How far adversarial inputs of one attack lie outside ball and box.
     *
     * @param attack the attack's name
     * @param outsideBall most that a perturbation's norm exceeds epsilon, at least 0; NaN if some input is not finite
     * @param outsideBox most that a pixel value lies outside [0, 1], at least 0; NaN likewise
     */
    public record Excess(String attack, double outsideBall, double outsideBox) {
        boolean kept() {
            return outsideBall == 0 && outsideBox == 0; // false for NaN
        }

        String describe() {
            return Double.isNaN(outsideBall) || Double.isNaN(outsideBox)
                    ? attack + " made inputs that are not finite numbers"
                    : String.format(
                            Locale.ROOT,
                            "%s made inputs outside the ball by %.2g and outside [0, 1] by %.2g, expected 0",
                            attack,
                            outsideBall,
                            outsideBox);
        }
    }

    /** {@link Rule#INSIDE}: every attack's inputs, worst over the evaluation. */
    public static Finding inside(List<Excess> attacks) {
        if (attacks.isEmpty()) {
            return Finding.notChecked(Rule.INSIDE, "no attack ran");
        }
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        double ball = 0;
        double box = 0;
        for (Excess excess : attacks) {
            ball = Math.max(ball, excess.outsideBall()); // NaN stays
            box = Math.max(box, excess.outsideBox());
        }
        evidence.put("outside-ball", ball);
        evidence.put("outside-box", box);
        String sentence =
                String.format(Locale.ROOT, "outside the ball by %.1e and outside [0, 1] by %.1e at most", ball, box);
        boolean kept = true;
        for (Excess excess : attacks) {
            if (kept && !excess.kept()) {
                kept = false;
                sentence = excess.describe();
            }
        }
        return Finding.of(Rule.INSIDE, kept, sentence, evidence);
    }

    /**
     * {@link Rule#LARGER_BALL}: the same attack at several epsilons, on the same inputs.
     *
     * @param byEpsilon inputs classified right under the attack, by epsilon
     */
    public static Finding largerBall(SortedMap<Double, Outcomes> byEpsilon) {
        if (byEpsilon.size() < 2) {
            return Finding.notChecked(Rule.LARGER_BALL, "accuracy was not measured at several epsilons");
        }
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        String broken = "";
        Map.Entry<Double, Outcomes> before = null;
        double largestRise = Double.NEGATIVE_INFINITY;
        for (Map.Entry<Double, Outcomes> here : byEpsilon.entrySet()) {
            evidence.put("accuracy-at-" + number(here.getKey()), here.getValue().accuracy());
            if (before != null) {
                int regained = here.getValue().rightOnlyHere(before.getValue());
                int lost = before.getValue().rightOnlyHere(here.getValue());
                largestRise = Math.max(
                        largestRise,
                        here.getValue().accuracy() - before.getValue().accuracy());
                if (broken.isEmpty() && SignTest.beyondSampling(regained, lost)) {
                    broken = String.format(
                            Locale.ROOT,
                            "accuracy rises from %s at epsilon %s to %s at epsilon %s",
                            percent(before.getValue().accuracy()),
                            number(before.getKey()),
                            percent(here.getValue().accuracy()),
                            number(here.getKey()));
                }
            }
            before = here;
        }
        evidence.put("largest-rise", largestRise);
        return Finding.of(
                Rule.LARGER_BALL,
                broken.isEmpty(),
                broken.isEmpty()
                        ? "accuracy falls from "
                                + percent(byEpsilon.firstEntry().getValue().accuracy())
                                + " at epsilon " + number(byEpsilon.firstKey()) + " to "
                                + percent(byEpsilon.lastEntry().getValue().accuracy()) + " at "
                                + number(byEpsilon.lastKey())
                        : broken,
                evidence);
    }

    /**
     * {@link Rule#MANY_STEPS}: inputs classified right under FGSM and under PGD at the same epsilon.
     *
     * @param fgsm under one step
     * @param pgd under many steps
     */
    public static Finding manySteps(Outcomes fgsm, Outcomes pgd) {
        int onlyFgsm = pgd.rightOnlyHere(fgsm);
        int onlyPgd = fgsm.rightOnlyHere(pgd);
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("accuracy-fgsm", fgsm.accuracy());
        evidence.put("accuracy-pgd", pgd.accuracy());
        evidence.put("broken-by-fgsm-only", (double) onlyFgsm);
        evidence.put("broken-by-pgd-only", (double) onlyPgd);
        boolean kept = !SignTest.beyondSampling(onlyFgsm, onlyPgd);
        return Finding.of(
                Rule.MANY_STEPS,
                kept,
                "accuracy " + percent(pgd.accuracy()) + " under PGD, " + percent(fgsm.accuracy()) + " under FGSM",
                evidence);
    }

    /**
     * {@link Rule#OWN_ATTACKS}: inputs that withstand the suite and that the rules' own attacks in the same ball break.
     *
     * @param worst worst case over the suite
     * @param own worst case over the rules' FGSM, PGD and the curve up to the same radius
     */
    public static Finding ownAttacks(Outcomes worst, Outcomes own) {
        int found = worst.rightOnlyHere(own);
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("accuracy", worst.accuracy());
        evidence.put("accuracy-own", own.accuracy());
        evidence.put("accuracy-both", worst.and(own).accuracy());
        evidence.put("broken-by-own-only", (double) found);
        evidence.put("allowed", OWN_GAIN);
        return Finding.of(
                Rule.OWN_ATTACKS,
                found <= Math.max(1, OWN_GAIN * worst.inputs()),
                "the rules' own attacks break " + found + " inputs that withstand the suite: accuracy "
                        + percent(worst.accuracy()) + " under the suite, "
                        + percent(worst.and(own).accuracy()) + " under both",
                evidence);
    }

    /**
     * {@link Rule#STRONGEST}: the lowest known accuracy, from all sources.
     *
     * @param known bounds of the network's robust accuracy in the suite's ball
     */
    public static Finding strongest(RobustInterval known) {
        Outcomes worst = known.suite();
        if (known.breaks().isEmpty() && known.lower() == 0) {
            return Finding.notChecked(Rule.STRONGEST, "the network has no other results than the suite's");
        }
        Map<Integer, String> broken = known.brokenYetWithstanding();
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("accuracy", worst.accuracy());
        evidence.put("lowest-known-accuracy", known.upper());
        evidence.put("certified-accuracy", known.lower());
        evidence.put("known-broken", (double) broken.size());
        evidence.put("allowed", CONVERGENCE);
        return Finding.of(
                Rule.STRONGEST,
                broken.size() <= CONVERGENCE * worst.inputs(),
                (broken.isEmpty()
                                ? "no other result is lower than the suite's accuracy, " + percent(worst.accuracy())
                                : "the lowest known accuracy is " + percent(known.upper()) + ", "
                                        + percent(worst.accuracy())
                                        + " under the suite; broken although they withstand the suite: "
                                        + RobustInterval.named(broken))
                        + (narrow(worst.accuracy(), known.lower())
                                ? "; certificates prove " + percent(known.lower())
                                        + ", so warnings that the true accuracy may be lower do not count"
                                : ""),
                evidence);
    }

    private static boolean narrow(double accuracy, double certified) {
        return certified > 0 && accuracy - certified <= CONVERGENCE + 1e-12; // both are shares of whole images
    }

    /** Whether a finding of {@link Rule#STRONGEST} says that certificates prove nearly all of the suite's accuracy. */
    static boolean boundedByCertificates(Finding finding) {
        Double accuracy = finding.evidence().get("accuracy");
        Double certified = finding.evidence().get("certified-accuracy");
        return finding.rule() == Rule.STRONGEST
                && finding.verdict() == Verdict.PASS
                && accuracy != null
                && certified != null
                && narrow(accuracy, certified);
    }

    /**
     * {@link Rule#FULL_BALL}: accuracy at epsilon 1 in L-infinity, compared with {@link Chance}.
     *
     * @param labels (input) true classes
     */
    public static Finding fullBall(Outcomes attacked, int[] labels) {
        if (labels.length != attacked.inputs()) {
            throw new IllegalArgumentException(labels.length + " labels for " + attacked.inputs() + " outcomes");
        }
        Chance chance = Chance.of(labels);
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("accuracy", attacked.accuracy());
        evidence.put("chance", chance.share());
        return Finding.of(
                Rule.FULL_BALL,
                chance.covers(attacked.accuracy()),
                "accuracy " + percent(attacked.accuracy()) + " at epsilon 1, chance is " + percent(chance.share()),
                evidence);
    }

    /**
     * {@link Rule#ONE_CLASS}: a network that predicts one class for all images is right on the images of that class
     * under every attack.
     *
     * @param labels (input) true classes
     * @param predictions (input) classes predicted without attack
     */
    public static Finding oneClass(int[] labels, int[] predictions) {
        long classes = Arrays.stream(labels).distinct().count();
        if (classes < 2) {
            return Finding.notChecked(Rule.ONE_CLASS, "all images are of one class");
        }
        long named = Arrays.stream(predictions).distinct().count();
        double chance = Chance.of(labels).share();
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("classes", (double) classes);
        evidence.put("classes-named", (double) named);
        evidence.put("chance", chance);
        return Finding.of(
                Rule.ONE_CLASS,
                named > 1,
                named > 1
                        ? "the network names " + named + " classes; the images have " + classes
                        : "the network names class " + predictions[0] + " for every image: its accuracy is that class's"
                                + " share, and chance is " + percent(chance),
                evidence);
    }

    /**
     * {@link Rule#CERTIFIED}: inputs certified in a ball that contains the attacks' ball.
     *
     * @param attacked worst case over the attacks
     * @param certified certified inputs
     */
    public static Finding certified(Outcomes attacked, Outcomes certified) {
        int contradictions = certified.rightOnlyHere(attacked);
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("attacked-accuracy", attacked.accuracy());
        evidence.put("certified-accuracy", certified.accuracy());
        evidence.put("certified-and-broken", (double) contradictions);
        return Finding.of(
                Rule.CERTIFIED,
                contradictions == 0,
                contradictions == 0
                        ? "certified " + percent(certified.accuracy()) + ", attacked " + percent(attacked.accuracy())
                        : contradictions + " inputs are certified and yet broken: certified "
                                + percent(certified.accuracy()) + ", attacked " + percent(attacked.accuracy()),
                evidence);
    }

    /**
     * {@link Rule#CONVERGED}: the worst case before and after white-box attacks with twice the iterations and restarts
     * on the unbroken inputs.
     */
    public static Finding converged(Outcomes worst, Outcomes doubled) {
        Outcomes after = worst.and(doubled);
        double fall = worst.accuracy() - after.accuracy();
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("accuracy", worst.accuracy());
        evidence.put("accuracy-doubled", after.accuracy());
        evidence.put("fall", fall);
        evidence.put("allowed", CONVERGENCE);
        return Finding.of(
                Rule.CONVERGED,
                worst.count() - after.count() <= CONVERGENCE * worst.inputs(),
                "twice the iterations and restarts lower accuracy by " + points(fall) + " points, from "
                        + percent(worst.accuracy()) + " to " + percent(after.accuracy()),
                evidence);
    }

    /**
     * {@link Rule#WHITE_BOX}.
     *
     * @param whiteBox worst case over the attacks that use gradients
     * @param blackBox worst case over Square, transfer, noise and hard-label attacks, by name; an attack that ran on
     *     survivors only counts all other inputs as right
     */
    public static Finding whiteBox(Outcomes whiteBox, Map<String, Outcomes> blackBox) {
        if (blackBox.isEmpty()) {
            return Finding.notChecked(Rule.WHITE_BOX, "no attack without gradients ran");
        }
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("accuracy-white-box", whiteBox.accuracy());
        double most = 0;
        int mostInputs = 0;
        String strongest = "none";
        for (Map.Entry<String, Outcomes> attack : blackBox.entrySet()) {
            int found = whiteBox.rightOnlyHere(attack.getValue());
            double gain = (double) found / whiteBox.inputs();
            evidence.put("gain-" + attack.getKey(), gain);
            if (found > mostInputs) {
                mostInputs = found;
                most = gain;
                strongest = attack.getKey();
            }
        }
        evidence.put("allowed", BLACK_BOX_GAIN);
        return Finding.of(
                Rule.WHITE_BOX,
                mostInputs <= BLACK_BOX_GAIN * whiteBox.inputs(),
                mostInputs == 0
                        ? "attacks without gradients break no further input"
                        : strongest + " found " + points(most)
                                + " points beyond the white-box attacks, accuracy under them "
                                + percent(whiteBox.accuracy()),
                evidence);
    }

    /**
     * {@link Rule#GRADIENT}: inputs classified right whose gradient of the loss is zero in every feature.
     */
    public static Finding gradient(int zero, int classifiedRight) {
        if (classifiedRight == 0) {
            return Finding.notChecked(Rule.GRADIENT, "no input is classified right");
        }
        double share = (double) zero / classifiedRight;
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("zero-gradients", (double) zero);
        evidence.put("inputs", (double) classifiedRight);
        evidence.put("share", share);
        evidence.put("allowed", TRACE);
        // One input is always allowed, because 0.1 % of a small evaluation is less than one.
        return Finding.of(
                Rule.GRADIENT,
                zero <= Math.max(1, TRACE * classifiedRight),
                zero + " of " + classifiedRight + " inputs classified right have a loss without gradient",
                evidence);
    }

    /**
     * {@link Rule#TRUE_LABEL}. Evaluations keep it by construction: their attacks use the true classes, and the worst
     * case counts inputs that are right without attack. The rule checks plug-in attacks whose settings name predicted
     * classes, and figures from other sources.
     *
     * @param predictedLabel names of the attacks that moved away from the predicted class instead of the true one
     * @param clean inputs classified right without attack
     * @param worst the worst case that is reported
     */
    public static Finding trueLabel(List<String> predictedLabel, Outcomes clean, Outcomes worst) {
        int wrongYetCounted = worst.rightOnlyHere(clean);
        SequencedMap<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("attacks-by-predicted-label", (double) predictedLabel.size());
        evidence.put("wrong-yet-counted", (double) wrongYetCounted);
        String sentence;
        if (!predictedLabel.isEmpty()) {
            sentence = String.join(", ", predictedLabel) + " moved away from the predicted class: an input that is"
                    + " already wrong is pushed towards right";
        } else if (wrongYetCounted > 0) {
            sentence = wrongYetCounted + " inputs that are wrong without attack count as right under attack";
        } else {
            sentence =
                    "by construction: attacks are given the true classes, and only inputs that are right without attack"
                            + " are counted";
        }
        return Finding.of(Rule.TRUE_LABEL, predictedLabel.isEmpty() && wrongYetCounted == 0, sentence, evidence);
    }

    /** The shortest decimal that identifies an epsilon. */
    static String number(double value) {
        String text = Float.toString((float) value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
    }

    private static String points(double fraction) {
        return String.format(Locale.ROOT, "%.2f", 100 * fraction);
    }
}
