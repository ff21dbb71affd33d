package org.espalier.evaluate.rules;

/**
 * Rules that a robustness evaluation has to keep for its figure to be quoted, and what becomes of the figure otherwise.
 * They are the field's: Carlini and others, "On evaluating adversarial robustness" (2019); Croce and Hein, "Reliable
 * evaluation of adversarial robustness" (2020), and the checks of their published code; Athalye, Carlini and Wagner,
 * "Obfuscated gradients give a false sense of security" (2018), section 3.1.
 */
public enum Rule {
    /** Adversarial inputs are finite and lie in the ball of radius float32(epsilon) and in [0, 1], with no slack. */
    INSIDE("inside", Verdict.REFUSED, "adversarial inputs lie in the ball of radius float32(epsilon) and in [0, 1]"),
    /** A larger ball holds the smaller one, so attacks succeed at least as often in it. */
    LARGER_BALL("larger-ball", Verdict.REFUSED, "attacks succeed no less often as epsilon grows"),
    /** Many small steps reach at least what one large step reaches. */
    MANY_STEPS("many-steps", Verdict.REFUSED, "PGD of many steps is not weaker than FGSM"),
    /** A suite that the rules' own attacks beat clearly in the same ball is too weak for its figure to mean anything. */
    OWN_ATTACKS(
            "own-attacks",
            Verdict.REFUSED,
            "the rules' own attacks in the same ball break at most 2 points that withstand the suite"),
    /** At epsilon 1 in L-infinity any image can be made any other. Chance is the largest class share of the images. */
    FULL_BALL("full-ball", Verdict.REFUSED, "at epsilon 1 (l-infinity) accuracy is not above chance"),
    /** A network that names one class whatever it sees withstands everything and knows nothing. */
    ONE_CLASS("one-class", Verdict.REFUSED, "the network names more than one class"),
    /** What is certified cannot be broken. */
    CERTIFIED("certified", Verdict.REFUSED, "certified accuracy is not above attacked accuracy"),
    /** Attacks had converged: doubling their iterations and restarts finds little more. */
    CONVERGED(
            "converged", Verdict.UNRELIABLE, "twice the iterations and restarts lower accuracy by 0.5 points at most"),
    /** Attacks that see the gradient do as well as those that do not. */
    WHITE_BOX(
            "white-box",
            Verdict.UNRELIABLE,
            "Square, transfer and noise find 0.2 points at most beyond white-box attacks"),
    /** The loss has a gradient to follow. */
    GRADIENT("gradient", Verdict.UNRELIABLE, "the loss has a gradient at all but a trace of the inputs"),
    /** Attacks move away from the true class, and start from inputs that are classified right. */
    TRUE_LABEL(
            "true-label", Verdict.UNRELIABLE, "attacks aim away from the true class, and wrong inputs count as wrong"),
    /** A figure is no better than what is known of the network otherwise. */
    STRONGEST(
            "strongest",
            Verdict.UNRELIABLE,
            "all that is known of the network breaks at most 0.5 points that withstand the suite");

    private final String id;
    private final Verdict ifBroken;
    private final String statement;

    Rule(String id, Verdict ifBroken, String statement) {
        this.id = id;
        this.ifBroken = ifBroken;
        this.statement = statement;
    }

    /** Name in files. */
    public String id() {
        return id;
    }

    /** What becomes of a figure that breaks the rule. */
    public Verdict ifBroken() {
        return ifBroken;
    }

    /**
     * Whether a figure passes although this rule could not be checked: certificates and other evaluations need not exist, and
     * without them there is
     * nothing that could contradict the attacks.
     */
    boolean optional() {
        return this == CERTIFIED || this == STRONGEST;
    }

    /** The rule in words. */
    public String statement() {
        return statement;
    }

    /**
     * The rule of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Rule of(String id) {
        for (Rule rule : values()) {
            if (rule.id.equals(id)) {
                return rule;
            }
        }
        throw new IllegalArgumentException("there is no rule " + id);
    }
}
