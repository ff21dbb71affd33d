package org.espalier.prune.criterion;

/**
 * The densities of SNIP-it: {@code d + (0.5 - d) 0.5^i} for i from 0 to the number of steps, then d. In sparsity that is {@code s - (s -
 * 0.5) 0.5^i}: Verdenius et al., "Pruning via iterative ranking of sensitivity statistics" (2020), as in their code.
 */
final class SnipSteps {
    private SnipSteps() {}

    /** Rounds of so many steps. */
    static int rounds(int steps) {
        return steps + 2;
    }

    /** Density after a round; a density of 0.5 or more is reached in the first. */
    static double kept(double density, int round, int steps) {
        if (round == rounds(steps) || density >= 0.5) {
            return density;
        }
        return density + (0.5 - density) * StrictMath.pow(0.5, round - 1);
    }
}
