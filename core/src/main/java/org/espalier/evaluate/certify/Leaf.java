package org.espalier.evaluate.certify;

/**
 * A part of the region where every ReLU is on or off. There the network is one linear function of the inputs, and its
 * minimum is a linear programme. The solution gives multipliers that verify the leaf, or a point that falsifies it.
 * Only a tie within rounding gives neither.
 */
final class Leaf {
    /** Numbers of the largest programme that is solved; 32 MiB. */
    private static final long MOST = 1L << 22;

    private final SparseNetwork network;
    private final LinearBounds linear;
    private final LaneChoices choices;

    Leaf(SparseNetwork network) {
        this.network = network;
        linear = new LinearBounds(network, 1);
        choices = new LaneChoices(network, 1);
    }

    /**
     * The result of a leaf.
     *
     * @param bound lower bound of the lead over the class, sound to rounding
     * @param point (input) minimum of the lead by the linear programme, not checked by the engine
     */
    record Answer(double bound, double[] point) {}

    /** An affine function of the inputs, and a bound of the network's rounding. */
    private static final class Affine {
        final double[] coefficients;
        double offset;
        double slack;

        Affine(int inputs) {
            coefficients = new double[inputs];
        }

        void add(double factor, Affine other) {
            for (int i = 0; i < coefficients.length; i++) {
                coefficients[i] += factor * other.coefficients[i];
            }
            offset += factor * other.offset;
            slack += Math.abs(factor) * other.slack;
        }
    }

    /** Whether a leaf of so many split units is small enough. */
    boolean fits(int split) {
        return BoxProgram.size(network.pixels().length, split) <= MOST;
    }

    /**
     * Solves a leaf.
     *
     * @param layers hidden layer of each unit that may be on or off
     * @param units its number in the layer
     * @param sides 1 on, -1 off
     * @param against the label's logit less that of the class to exclude, one lane
     */
    Answer solve(HiddenBounds bounds, int[] layers, int[] units, byte[] sides, LinearBounds.Functions against) {
        choices.reset(bounds);
        for (int at = 0; at < units.length; at++) {
            choices.side[layers[at]][units[at]][0] = sides[at];
        }
        int inputs = network.pixels().length;
        Affine[] below = new Affine[inputs];
        for (int i = 0; i < inputs; i++) {
            below[i] = new Affine(inputs);
            below[i].coefficients[i] = 1;
        }
        double[][] coefficients = new double[units.length][];
        double[] offsets = new double[units.length];
        int next = 0;
        for (int layer = 0; layer < network.hidden(); layer++) {
            Affine[] values = through(layer, bounds, below);
            for (int i = 0; i < values.length; i++) {
                boolean on = bounds.lower[layer][i] >= 0;
                if (next < units.length && layers[next] == layer && units[next] == i) {
                    on = sides[next] > 0;
                    coefficients[next] = values[i].coefficients.clone();
                    for (int k = 0; k < inputs; k++) {
                        coefficients[next][k] *= sides[next];
                    }
                    offsets[next] = sides[next] * values[i].offset + values[i].slack;
                    next++;
                }
                if (!on) {
                    values[i] = new Affine(inputs);
                }
            }
            below = values;
        }
        Affine[] logits = through(network.hidden(), bounds, below);
        Affine lead = new Affine(inputs);
        lead.add(1, logits[against.units()[0]]);
        if (against.others() != null) {
            lead.add(-1, logits[against.others()[0]]);
        }
        InputRegion region = bounds.region;
        BoxProgram solved = new BoxProgram(region.lower, region.upper, lead.coefficients, coefficients, offsets);
        double[] multipliers = solved.multipliers();
        for (int at = 0; at < units.length; at++) {
            choices.multiplier[layers[at]][units[at]][0] = multipliers[at];
        }
        double[] bound = new double[1];
        linear.lower(against, bounds, choices, bound);
        return new Answer(bound[0], solved.point());
    }

    private Affine[] through(int layer, HiddenBounds bounds, Affine[] below) {
        SparseNetwork.Layer weights = network.layer(layer);
        Affine[] values = new Affine[weights.outputs()];
        for (int o = 0; o < values.length; o++) {
            values[o] = new Affine(network.pixels().length);
            values[o].offset = weights.biases()[o];
            values[o].slack = bounds.slack[layer][o];
            for (int at = weights.starts()[o]; at < weights.starts()[o + 1]; at++) {
                values[o].add(weights.weights()[at], below[weights.columns()[at]]);
            }
        }
        return values;
    }
}
