package org.espalier.lab.counterexample;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.espalier.attack.ThreatModel;
import org.espalier.data.ImageShape;

/**
 * Adversarial examples of one network in one ball, by image and then in the order of the attacks.
 *
 * @param shape of each image
 * @param threat the ball around each original that holds its adversarial example
 */
public record KeptExamples(ImageShape shape, ThreatModel threat, List<Row> rows) {
    /**
     * One adversarial example.
     *
     * @param image number of the original in its split
     * @param label true class
     * @param predicted class that the network gives the original
     * @param attacked class that it gives the adversarial example; the label where another class has the same logit
     * @param attack name of what found it
     * @param original pixels from 0 to 1, channels x rows x columns
     * @param adversarial likewise
     */
    public record Row(
            int image, int label, int predicted, int attacked, String attack, float[] original, float[] adversarial) {}

    public KeptExamples {
        rows = List.copyOf(rows);
    }

    /** Examples of adjacent batches together. */
    public static KeptExamples together(List<KeptExamples> batches) {
        List<Row> rows = new ArrayList<>();
        batches.forEach(batch -> rows.addAll(batch.rows()));
        return new KeptExamples(batches.getFirst().shape(), batches.getFirst().threat(), rows);
    }

    /** Examples by the name of their attack, in the order in which names occur. */
    public SequencedMap<String, List<Row>> byAttack() {
        SequencedMap<String, List<Row>> attacks = new LinkedHashMap<>();
        rows.forEach(row ->
                attacks.computeIfAbsent(row.attack(), _ -> new ArrayList<>()).add(row));
        return attacks;
    }

    /** Number of images that have an example. */
    public long images() {
        return rows.stream().mapToInt(Row::image).distinct().count();
    }
}
