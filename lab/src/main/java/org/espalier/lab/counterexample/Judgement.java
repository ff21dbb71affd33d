package org.espalier.lab.counterexample;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.attack.ThreatModel;

/**
 * What adversarial examples of a file come to for one network.
 *
 * @param threat the ball
 * @param rows one for each example, in the file's order
 * @param split what is known of the whole split, if the originals are images of a data set
 */
public record Judgement(ThreatModel threat, List<Row> rows, Optional<Covered> split) {
    /** The end of one example. */
    public enum Outcome {
        /** In ball and box, and classified wrong or tied with another class. */
        FOOLS("fools the network"),
        /** In ball and box, and classified right. */
        RIGHT("classified right"),
        /** The original itself is classified wrong: no adversarial example is needed. */
        WRONG_BEFORE("original classified wrong already"),
        /** It has a value that is no number or infinite. */
        NOT_FINITE("invalid: a value is not finite"),
        /** A value lies outside 0 to 1 by more than the tolerance. */
        OUTSIDE_BOX("invalid: outside the box [0, 1]"),
        /** It is further from its original than epsilon and the tolerance. */
        OUTSIDE_BALL("invalid: outside the ball"),
        /** The data set has no image of its number, or the network no class of its label. */
        NO_SUCH_IMAGE("invalid: no such image or class"),
        /** Its original is not the image of the data set that has its number, or has values outside 0 to 1. */
        OTHER_ORIGINAL("invalid: the original is not the image of the data set"),
        /** Its label is not that of the image in the data set. */
        OTHER_LABEL("invalid: the label is not the image's");

        private final String words;

        Outcome(String words) {
            this.words = words;
        }

        /** Whether nothing follows from such an example. */
        public boolean invalid() {
            return words.startsWith("invalid");
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * One example.
     *
     * @param image number of the original in the split; its place in the file where no data set is known
     * @param label true class
     * @param attacked class that the network gives the example; -1 where it was not asked
     * @param distance of the example from its original in the ball's norm, as the file has it; NaN where not known
     * @param moved whether it lay outside ball or box within the tolerance and was moved into them
     * @param attack what made it
     * @param original pixels of the original
     * @param point the example, in ball and box if it is valid
     */
    public record Row(
            int image,
            int label,
            int attacked,
            double distance,
            boolean moved,
            String attack,
            Outcome outcome,
            float[] original,
            float[] point) {}

    /**
     * The images of a split, whether the file has examples of them or not.
     *
     * @param name of the split
     * @param images its number of images
     * @param clean images that the network classifies right
     */
    public record Covered(String name, int images, BitSet clean) {}

    public Judgement {
        rows = List.copyOf(rows);
    }

    /** Examples by their end, in the order of the kinds. */
    public Map<Outcome, Long> outcomes() {
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        rows.forEach(row -> counts.merge(row.outcome(), 1L, Long::sum));
        return counts;
    }

    /** Images that an example fools the network on. */
    public BitSet fooled() {
        BitSet fooled = new BitSet();
        rows.stream().filter(row -> row.outcome() == Outcome.FOOLS).forEach(row -> fooled.set(row.image()));
        return fooled;
    }

    /** Images with a valid example. */
    public BitSet images() {
        BitSet images = new BitSet();
        rows.stream().filter(row -> !row.outcome().invalid()).forEach(row -> images.set(row.image()));
        return images;
    }

    /** Images with a valid example that are classified right and that no example fools the network on. */
    public int left() {
        BitSet left = images();
        left.andNot(fooled());
        rows.stream().filter(row -> row.outcome() == Outcome.WRONG_BEFORE).forEach(row -> left.clear(row.image()));
        return left.cardinality();
    }

    /** Images of the split that are classified right and that no example fools the network on. */
    public Optional<Integer> leftOfSplit() {
        return split.map(covered -> {
            BitSet left = (BitSet) covered.clean().clone();
            left.andNot(fooled());
            return left.cardinality();
        });
    }

    /** The examples that fool the network, as they are kept. */
    public List<KeptExamples.Row> fooling() {
        return rows.stream()
                .filter(row -> row.outcome() == Outcome.FOOLS)
                .map(row -> new KeptExamples.Row(
                        row.image(),
                        row.label(),
                        row.label(),
                        row.attacked(),
                        row.attack(),
                        row.original(),
                        row.point()))
                .toList();
    }
}
