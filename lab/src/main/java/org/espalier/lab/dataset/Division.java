package org.espalier.lab.dataset;

import java.util.BitSet;
import org.espalier.UserException;
import org.espalier.data.SplitRule;
import org.espalier.data.Subsets;
import org.espalier.lab.dataset.read.Examples;
import org.espalier.random.Stream;

/**
 * How examples are divided that no file or folder assigns to a split: by a draw that gives each class its share.
 *
 * @param test test examples: a fraction below 1, or a number
 * @param validation validation examples, of those that are not for testing: a fraction below 1, or a number
 * @param seed of the draw
 */
public record Division(double test, double validation, long seed) {
    /** A fifth for testing, a tenth of the rest for validation. */
    public static final Division USUAL = new Division(0.2, 0.1, 1);

    /**
     * Draws a share of some examples.
     *
     * @param share a fraction below 1, or a number
     * @param what the share, for messages
     * @throws UserException if nothing would be left, or nothing taken
     */
    BitSet draw(Examples examples, int classes, double share, String what) {
        long count = Math.round(share < 1 ? share * examples.size() : share);
        if (count < 1 || count >= examples.size()) {
            throw new UserException("--" + what + " is " + (share < 1 ? Double.toString(share) : Long.toString(count))
                    + ", which are " + count + " of " + examples.size() + " examples: expected 1 to "
                    + (examples.size() - 1));
        }
        return Subsets.choose(
                examples.labels(),
                classes,
                (int) count,
                SplitRule.STRATIFIED,
                stream().child("draw " + what));
    }

    /** The order that the examples of a split are stored in. */
    int[] order(int size, String split) {
        return stream().child("order " + split).permutation(size);
    }

    private Stream stream() {
        return Stream.root(seed).child("data import");
    }
}
