package org.espalier.data;

import org.espalier.random.Stream;

/**
 * Which training images each update of a level sees.
 *
 * <p>An epoch is a random permutation of the training split, cut into batches in order; its last batch is what
 * remains (as Keras does: 50,000 images in batches of 60 make 834 batches, the last of 20). The permutation of epoch
 * e is a pure function of the level's stream and e, so a search resumes at any update with nothing but its number.
 *
 * <p>The current epoch's permutation is kept. Safe for use by several threads, though each asking for another epoch
 * would compute it again and again.
 */
public final class BatchOrder {
    private final Stream stream;
    private final int size;
    private final int batchSize;
    private final int batchesPerEpoch;
    private volatile Epoch current;

    private record Epoch(long number, int[] permutation) {}

    /**
     * The order for one level.
     *
     * @param level the level's stream; the order draws from its child {@code "batch order"}
     * @param size images in the training split
     * @param batchSize images in a batch; may exceed {@code size}, each batch is then a whole epoch
     * @throws IllegalArgumentException if either number is below 1
     */
    public BatchOrder(Stream level, int size, int batchSize) {
        if (size < 1 || batchSize < 1) {
            throw new IllegalArgumentException(
                    "batches need at least one image, got a batch size of " + batchSize + " over " + size + " images");
        }
        this.stream = level.child("batch order");
        this.size = size;
        this.batchSize = batchSize;
        this.batchesPerEpoch = Math.ceilDiv(size, batchSize);
        this.current = epochOf(0);
    }

    /** Batches, and so updates, in an epoch. */
    public int batchesPerEpoch() {
        return batchesPerEpoch;
    }

    /** The epoch (from 0) that an update (from 0) belongs to. */
    public long epoch(long update) {
        return Math.floorDiv(checked(update), batchesPerEpoch);
    }

    /** The position of an update within its epoch: 0 to {@code batchesPerEpoch() - 1}. */
    public int positionInEpoch(long update) {
        return Math.floorMod(checked(update), batchesPerEpoch);
    }

    /**
     * The order of the images in an update's epoch. The update's batch is the part of it that begins at
     * {@link #first(long)} and holds {@link #count(long)} images. Shared: not to be changed.
     *
     * @param update number of the update within the level, from 0
     */
    public int[] order(long update) {
        long number = epoch(update);
        Epoch epoch = current;
        if (epoch.number != number) {
            epoch = epochOf(number);
            current = epoch;
        }
        return epoch.permutation;
    }

    /** Where an update's batch begins in its epoch's order. */
    public int first(long update) {
        return positionInEpoch(update) * batchSize;
    }

    /** Images in an update's batch: the batch size, or what remains for the last batch of an epoch. */
    public int count(long update) {
        return Math.min(batchSize, size - first(update));
    }

    private Epoch epochOf(long number) {
        return new Epoch(number, stream.child(number).permutation(size));
    }

    private static long checked(long update) {
        if (update < 0) {
            throw new IllegalArgumentException("updates are counted from 0, got " + update);
        }
        return update;
    }
}
