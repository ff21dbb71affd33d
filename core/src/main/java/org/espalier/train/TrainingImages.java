package org.espalier.train;

import java.util.Optional;
import org.espalier.data.Augmentation;
import org.espalier.data.Split;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.EngineOps;
import org.espalier.random.Stream;

/** Loads the images of each update, augmented where that is set. Allocates nothing once made. */
final class TrainingImages {
    private final Split split;
    private final Optional<Augmentation> augmentation;
    private final Stream stream;
    private final byte[] changed; // [example][channel][row][column], of images that are bytes
    private final float[] changedFloats; // the same, of images that are floats
    private final int[] inOrder; // (example): itself

    /**
     * Room for so many examples.
     *
     * @param level the level's stream; changes draw from its child {@code "augmentation"}
     * @throws IllegalArgumentException if the augmentation does not fit the images
     */
    TrainingImages(Split split, Optional<Augmentation> augmentation, int examples, Stream level) {
        this.split = split;
        this.augmentation = augmentation;
        stream = level.child("augmentation");
        augmentation.flatMap(set -> set.unfit(split.shape())).ifPresent(problem -> {
            throw new IllegalArgumentException("the augmentation's crop " + problem);
        });
        int pixels = augmentation.isPresent() ? examples * split.features() : 0;
        changed = new byte[split.isFloat() ? 0 : pixels];
        changedFloats = new float[split.isFloat() ? pixels : 0];
        inOrder = new int[augmentation.isPresent() ? examples : 0];
        for (int example = 0; example < inOrder.length; example++) {
            inOrder[example] = example;
        }
    }

    /**
     * Loads the images of an update.
     *
     * @param order images of the epoch; those of the update begin at {@code first}
     * @param firstUse number of the first example among those of all updates, from 0
     */
    void load(EngineOps ops, int[] order, int first, int examples, long firstUse, ActivationPanels out) {
        if (augmentation.isEmpty()) {
            ops.loadImages(split, order, first, examples, out, 0);
            return;
        }
        Augmentation change = augmentation.get();
        for (int example = 0; example < examples; example++) {
            int image = order[first + example];
            long use = firstUse + example;
            if (split.isFloat()) {
                change.apply(split.floats(), image, split.shape(), stream, use, changedFloats, example);
            } else {
                change.apply(split.images(), image, split.shape(), stream, use, changed, example);
            }
        }
        if (split.isFloat()) {
            ops.loadImages(changedFloats, inOrder, 0, examples, out, 0);
        } else {
            ops.loadImages(changed, inOrder, 0, examples, out, 0);
        }
    }
}
