package org.espalier.evaluate.certify;

import java.util.Arrays;

/**
 * The slopes and splits of each lane, for each unit that may be on or off: the slope of the ReLU's lower bound, or,
 * once the unit is split, its side and the multiplier of that condition (Wang et al., "Beta-CROWN: efficient bound
 * propagation with per-neuron split constraints for neural network robustness verification", 2021, theorem 3.1).
 *
 * <p>Every slope in [0, 1] and every multiplier of at least 0 gives a valid bound, so rounding here does not affect
 * soundness.
 */
final class LaneChoices {
    final double[][][] slope; // (hidden layer, unit, lane), in [0, 1]
    final byte[][][] side; // (hidden layer, unit, lane): 1 on, -1 off, 0 not split
    final double[][][] multiplier; // (hidden layer, unit, lane), at least 0

    LaneChoices(SparseNetwork network, int capacity) {
        int hidden = network.hidden();
        slope = new double[hidden][][];
        side = new byte[hidden][][];
        multiplier = new double[hidden][][];
        for (int layer = 0; layer < hidden; layer++) {
            int units = network.layer(layer).outputs();
            slope[layer] = new double[units][capacity];
            side[layer] = new byte[units][capacity];
            multiplier[layer] = new double[units][capacity];
        }
    }

    /** CROWN's slopes and no splits, in all lanes. */
    void reset(HiddenBounds bounds) {
        for (int layer = 0; layer < slope.length; layer++) {
            for (int i = 0; i < slope[layer].length; i++) {
                Arrays.fill(slope[layer][i], bounds.upper[layer][i] > -bounds.lower[layer][i] ? 1 : 0);
                Arrays.fill(side[layer][i], (byte) 0);
                Arrays.fill(multiplier[layer][i], 0);
            }
        }
    }
}
