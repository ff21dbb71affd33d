package org.espalier.train;

import org.espalier.engine.ActivationPanels;
import org.espalier.random.Stream;

/** The batch of one update, without its images: they stand in {@link BatchObjective#input}. Reused for every update. */
public final class Batch {
    private final int[] labels; // (example)
    private final Stream noise;
    private int examples;
    private int iteration;
    private int firstExample;

    Batch(int most, Stream noise) {
        labels = new int[most];
        this.noise = noise;
    }

    void set(int iteration, int examples, int firstExample) {
        this.iteration = iteration;
        this.examples = examples;
        this.firstExample = firstExample;
    }

    /** (example) true classes; entries past {@link #examples} are of earlier batches. Not to be written to. */
    public int[] labels() {
        return labels;
    }

    /** Examples in the batch, at least 1. */
    public int examples() {
        return examples;
    }

    /** Panels that the examples take. */
    public int panels() {
        return ActivationPanels.panelsFor(examples);
    }

    /** Updates done before this one. */
    public int iteration() {
        return iteration;
    }

    /** Stream of the level's attack noise; attacks draw from it by number of example. */
    public Stream noise() {
        return noise;
    }

    /**
     * Number of the batch's first example in {@link #noise}, counted over all updates, so that each update has noise of its
     * own. It wraps after 2^32 examples.
     */
    public int firstExample() {
        return firstExample;
    }
}
