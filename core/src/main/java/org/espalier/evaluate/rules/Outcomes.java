package org.espalier.evaluate.rules;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which inputs a network classified right, under an attack or without: bit e for input e of the evaluation.
 *
 * @param inputs number of inputs
 * @param right inputs classified right; copied
 */
public record Outcomes(int inputs, BitSet right) {
    public Outcomes {
        right = (BitSet) right.clone();
        if (right.length() > inputs) {
            throw new IllegalArgumentException(
                    "there is an outcome of input " + (right.length() - 1) + " of " + inputs);
        }
    }

    /** From one truth value per input. */
    public static Outcomes of(boolean... right) {
        BitSet bits = new BitSet(right.length);
        for (int e = 0; e < right.length; e++) {
            bits.set(e, right[e]);
        }
        return new Outcomes(right.length, bits);
    }

    /** Every input classified right. */
    public static Outcomes allRight(int inputs) {
        boolean[] right = new boolean[inputs];
        Arrays.fill(right, true);
        return of(right);
    }

    /** Whether an input is classified right. */
    public boolean right(int input) {
        return right.get(input);
    }

    /** Inputs classified right. */
    public int count() {
        return right.cardinality();
    }

    /** Fraction classified right, in [0, 1]. */
    public double accuracy() {
        return (double) count() / inputs;
    }

    /** Inputs classified right here and there: the worst case over both, input by input. */
    public Outcomes and(Outcomes other) {
        same(other);
        BitSet both = (BitSet) right.clone();
        both.and(other.right);
        return new Outcomes(inputs, both);
    }

    /** How many are right here and wrong there. */
    public int rightOnlyHere(Outcomes other) {
        same(other);
        BitSet only = (BitSet) right.clone();
        only.andNot(other.right);
        return only.cardinality();
    }

    private void same(Outcomes other) {
        if (other.inputs != inputs) {
            throw new IllegalArgumentException(
                    "outcomes of " + inputs + " and " + other.inputs + " inputs do not compare");
        }
    }
}
