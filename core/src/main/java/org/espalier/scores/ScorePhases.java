package org.espalier.scores;

/**
 * Lengths of the phases in updates.
 *
 * @param pretrain updates of the dense network, at least 0
 * @param scores updates of the scores, at least 0
 */
record ScorePhases(int pretrain, int scores) {
    /**
     * Phases of a level, from fractions of its updates.
     *
     * @throws IllegalArgumentException if they are longer than the level together, or a phase that was asked for has no update
     */
    static ScorePhases of(double pretrain, double scores, int iterations) {
        int before = (int) Math.round(pretrain * iterations);
        int learnt = (int) Math.round(scores * iterations);
        if (pretrain + scores > 1 + 1e-9 || before + learnt > iterations) {
            throw new IllegalArgumentException("pretrain of " + pretrain + " and scores of " + scores
                    + " are more than the whole training, expected a sum of at most 1");
        }
        if (pretrain > 0 && before == 0 || scores > 0 && learnt == 0) {
            throw new IllegalArgumentException("a phase has no update: pretrain of " + pretrain + " and scores of "
                    + scores + " of training.iterations " + iterations);
        }
        return new ScorePhases(before, learnt);
    }

    /** Updates of a search that begins a level; fails as {@link #of} does. */
    static int search(double share, int iterations) {
        return of(0, share, iterations).scores();
    }

    /**
     * Checks such a search.
     *
     * @throws IllegalArgumentException if it has no update, or leaves none to train what it finds
     */
    static void checkSearch(double share, int iterations) {
        if (search(share, iterations) == iterations) {
            throw new IllegalArgumentException("no update is left after a search of " + share);
        }
    }
}
