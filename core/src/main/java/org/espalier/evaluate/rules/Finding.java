package org.espalier.evaluate.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The result of one rule.
 *
 * @param rule the rule
 * @param verdict {@link Verdict#PASS}, {@link Verdict#NOT_CHECKED}, or {@link Rule#ifBroken}
 * @param sentence the result in words, with its figures
 * @param evidence the same figures by name; accuracies are fractions in [0, 1]
 */
public record Finding(Rule rule, Verdict verdict, String sentence, SequencedMap<String, Double> evidence) {
    public Finding {
        evidence = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(evidence));
        if (verdict != Verdict.PASS && verdict != Verdict.NOT_CHECKED && verdict != rule.ifBroken()) {
            throw new IllegalArgumentException("rule " + rule.id() + " cannot end in " + verdict);
        }
    }

    /** A finding that the rule is kept or broken. */
    static Finding of(Rule rule, boolean kept, String sentence, SequencedMap<String, Double> evidence) {
        return new Finding(rule, kept ? Verdict.PASS : rule.ifBroken(), sentence, evidence);
    }

    /** A finding of a rule that could not be checked. */
    public static Finding notChecked(Rule rule, String why) {
        return new Finding(rule, Verdict.NOT_CHECKED, why, new LinkedHashMap<>());
    }
}
