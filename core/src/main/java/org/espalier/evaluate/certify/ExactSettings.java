package org.espalier.evaluate.certify;

/**
 * Limits of exact verification of one input.
 *
 * @param nodes subproblems to bound at most, at least 1, of each way of splitting. This limit gives the same result on every machine, unlike a
 *     limit of time
 * @param splitInputs most live inputs for which the input box is halved instead of splitting ReLUs
 */
public record ExactSettings(int nodes, int splitInputs) {
    /** With few inputs, halving boxes converges to the exact answer for every network. */
    public static final int SPLIT_INPUTS = 6;

    public ExactSettings {
        if (nodes < 1) {
            throw new IllegalArgumentException("exact verification needs at least 1 node, got " + nodes);
        }
    }

    /** Settings with a limit of nodes. */
    public static ExactSettings nodes(int nodes) {
        return new ExactSettings(nodes, SPLIT_INPUTS);
    }
}
