package org.espalier.evaluate.rules;

/**
 * Rules for robustness evaluations, and the verdict on a figure that breaks one. Sources: Carlini and others, "On
 * evaluating adversarial robustness" (2019); Croce and Hein, "Reliable evaluation of adversarial robustness" (2020),
 * and the checks of their published code; Athalye, Carlini and Wagner, "Obfuscated gradients give a false sense of
 * security" (2018), section 3.1.
 */
public enum Rule {
    /** Adversarial inputs are finite and lie in the ball of radius float32(epsilon) and in [0, 1], with no slack. */
    INSIDE("inside", Verdict.REFUSED, "adversarial inputs lie in the ball of radius float32(epsilon) and in [0, 1]"),
    /** A larger ball contains the smaller one, so attacks succeed at least as often in it. */
    LARGER_BALL("larger-ball", Verdict.REFUSED, "attacks succeed no less often as epsilon grows"),
    /** Many small steps break at least as many inputs as one large step. */
    MANY_STEPS("many-steps", Verdict.REFUSED, "PGD of many steps is not weaker than FGSM"),
    /** If the rules' own attacks clearly beat the suite in the same ball, the suite is too weak. */
    OWN_ATTACKS(
            "own-attacks",
            Verdict.REFUSED,
            "the rules' own attacks in the same ball break at most 2 points that withstand the suite"),
    /**
     * At epsilon 1 in L-infinity any image can be changed into any other. Chance is the largest class share of the
     * images.
     */
    FULL_BALL("full-ball", Verdict.REFUSED, "at epsilon 1 (l-infinity) accuracy is not above chance"),
    /** A network that predicts one class for every input withstands all attacks on inputs of that class. */
    ONE_CLASS("one-class", Verdict.REFUSED, "the network names more than one class"),
    /** No attack can break a certified input. */
    CERTIFIED("certified", Verdict.REFUSED, "certified accuracy is not above attacked accuracy"),
    /** Attacks have converged: doubling their iterations and restarts breaks few more inputs. */
    CONVERGED(
            "converged", Verdict.UNRELIABLE, "twice the iterations and restarts lower accuracy by 0.5 points at most"),
    /** Attacks that read gradients do as well as those that do not. */
    WHITE_BOX(
            "white-box",
            Verdict.UNRELIABLE,
            "Square, transfer and noise find 0.2 points at most beyond white-box attacks"),
    /** The loss has a gradient that is not zero. */
    GRADIENT("gradient", Verdict.UNRELIABLE, "the loss has a gradient at all but a trace of the inputs"),
    /** Attacks move away from the true class, and start from inputs that are classified right. */
    TRUE_LABEL(
            "true-label", Verdict.UNRELIABLE, "attacks aim away from the true class, and wrong inputs count as wrong"),
    /** Other known results of the same network do not contradict the figure. */
    STRONGEST(
            "strongest",
            Verdict.UNRELIABLE,
            "all other results of the network break at most 0.5 points that withstand the suite");

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

    /** The verdict on a figure that breaks the rule. */
    public Verdict ifBroken() {
        return ifBroken;
    }

    /**
     * Whether a figure can pass although this rule could not be checked. Certificates and other evaluations need not
     * exist, and without them nothing can contradict the attacks.
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
