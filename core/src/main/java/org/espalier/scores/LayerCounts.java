package org.espalier.scores;

import java.util.Map;

/** How many weights each layer keeps while scores are learnt. */
interface LayerCounts {
    /** (layer) weights to keep, each at least 1. */
    int[] counts();

    /** Whether {@link #step} reads slopes. */
    default boolean readsSlopes() {
        return false;
    }

    /**
     * Learns from an update of the scores.
     *
     * @param slopes (layer) slope of the loss along the absolute scores, summed over the layer; 0 if {@link #readsSlopes} is false
     * @param rate learning rate of the update
     * @param epochEnds whether an epoch of the phase ends with the update
     * @param last whether the phase ends with it
     */
    default void step(double[] slopes, double rate, boolean epochEnds, boolean last) {}

    /** What has been learnt, for checkpoints. */
    default Map<String, Double> state() {
        return Map.of();
    }

    /** Continues from {@link #state}. */
    default void resume(Map<String, Double> numbers) {}
}
