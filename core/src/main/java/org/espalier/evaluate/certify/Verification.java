package org.espalier.evaluate.certify;

import java.util.Optional;

/**
 * The result of exact verification for one input.
 *
 * @param lower lower bound of the label's lead over every other class; above 0 exactly when verified
 * @param nodes subproblems that were bounded; 1 when the first bounds decided
 * @param counterexample all pixels of an input within the threat model that the float32 engine gives another class
 */
public record Verification(Decision decision, double lower, int nodes, Optional<float[]> counterexample) {}
