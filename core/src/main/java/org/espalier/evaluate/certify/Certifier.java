package org.espalier.evaluate.certify;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Examples;
import org.espalier.data.Split;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * Certifies inputs of one network: proves that no perturbation within a threat model changes their class.
 *
 * <p>A bound above 0 holds for every real input of the region (L-infinity, L2 or L1 ball, cut at 0 and 1) and for the
 * real-number network with the stored weights as well as for every float32 evaluation of it that adds each unit's
 * products in some order without extended range; see docs/guides/certification.md for the derivation. Work is proportional to
 * the weights that survive. Results are the same bits on every machine. Not for use by several threads at once.
 */
public final class Certifier {
    /** Functions bounded together: a row of 64 numbers is eight cache lines. */
    static final int LANES = 64;

    /** Optimisation steps of slopes, for hidden units and for margins. */
    private static final int HIDDEN_STEPS = 10;

    private static final int MARGIN_STEPS = 20;

    private final SparseNetwork network;
    private final LinearBounds linear;
    private final SlopeSearch search;
    private final LaneChoices choices;

    /**
     * A certifier of a network.
     *
     * @throws IllegalArgumentException if a surviving weight or a bias is not finite, or weights and mask do not fit
     */
    public Certifier(Weights weights, Mask mask) {
        this(new SparseNetwork(weights, mask));
    }

    Certifier(SparseNetwork network) {
        this.network = network;
        linear = new LinearBounds(network, LANES);
        search = new SlopeSearch(network, linear);
        choices = new LaneChoices(network, LANES);
    }

    SparseNetwork network() {
        return network;
    }

    SlopeSearch search() {
        return search;
    }

    LaneChoices choices() {
        return choices;
    }

    /** Hidden units on a live path from an input to a logit. */
    public int hiddenUnits() {
        return network.hiddenUnits();
    }

    /** Pixels that can change a logit. */
    public int livePixels() {
        return network.pixels().length;
    }

    /** Weights on a path from a pixel (or a bias) to a logit. */
    public int liveWeights() {
        return network.weights();
    }

    /**
     * Bounds the margins of one input.
     *
     * @param image all pixels, in [0, 1]
     * @param label the true class
     * @throws IllegalArgumentException if the image or the label does not fit the network
     */
    public Margins margins(float[] image, int label, ThreatModel threat, BoundMethod method) {
        if (label < 0 || label >= network.classes()) {
            throw new IllegalArgumentException("label " + label + " is none of " + network.classes() + " classes");
        }
        return margins(InputRegion.around(network, image, threat), label, method);
    }

    /**
     * Certifies all images of a split, one after the other.
     *
     * @return images proven to be classified right in the whole ball; other images are unknown
     * @throws IllegalArgumentException if the images or a label do not fit the network
     */
    public Outcomes certify(Split split, ThreatModel threat, BoundMethod method) {
        BitSet certified = new BitSet(split.size());
        for (int image = 0; image < split.size(); image++) {
            Examples one = Examples.of(split, image, 1);
            certified.set(
                    image,
                    margins(one.clean()[0], one.labels()[0], threat, method).certified());
        }
        return new Outcomes(split.size(), certified);
    }

    Margins margins(InputRegion region, int label, BoundMethod method) {
        HiddenBounds bounds = hidden(region, method);
        double[] lower = new double[network.classes()];
        Arrays.fill(lower, Double.POSITIVE_INFINITY);
        elided(bounds, label, lower);
        if (method.linearMargins()) {
            linearMargins(bounds, label, method, lower);
        }
        return new Margins(label, lower, bounds.unstable());
    }

    /** Bounds of the hidden units. */
    HiddenBounds hidden(InputRegion region, BoundMethod method) {
        HiddenBounds bounds = new HiddenBounds(network, region);
        for (int layer = 0; layer < network.layers(); layer++) {
            bounds.intervals(network, layer);
            if (layer > 0 && layer < network.hidden() && method.linearHidden()) {
                tighten(bounds, layer, method);
            }
        }
        return bounds;
    }

    /**
     * Linear bounds of the units that are unstable by their intervals. Each replaces the interval's bound if it is
     * tighter.
     */
    private void tighten(HiddenBounds bounds, int layer, BoundMethod method) {
        int[] units = new int[network.layer(layer).outputs()];
        int count = 0;
        for (int i = 0; i < units.length; i++) {
            if (bounds.unstable(layer, i)) {
                units[count++] = i;
            }
        }
        double[] best = new double[LANES];
        int half = LANES / 2;
        for (int first = 0; first < count; first += half) {
            int some = Math.min(half, count - first);
            int[] rows = new int[2 * some];
            double[] signs = new double[2 * some];
            for (int s = 0; s < some; s++) {
                rows[2 * s] = units[first + s];
                rows[2 * s + 1] = units[first + s];
                signs[2 * s] = 1;
                signs[2 * s + 1] = -1;
            }
            bound(new LinearBounds.Functions(layer, 2 * some, rows, signs, null), bounds, method, HIDDEN_STEPS, best);
            for (int s = 0; s < some; s++) {
                int unit = units[first + s];
                bounds.lower[layer][unit] = Math.max(bounds.lower[layer][unit], best[2 * s]);
                bounds.upper[layer][unit] = Math.min(bounds.upper[layer][unit], -best[2 * s + 1]);
            }
        }
    }

    private void bound(
            LinearBounds.Functions functions, HiddenBounds bounds, BoundMethod method, int steps, double[] best) {
        if (method == BoundMethod.ALPHA_CROWN) {
            choices.reset(bounds);
            search.climb(functions, bounds, choices, steps, best);
        } else {
            linear.lower(functions, bounds, null, best);
        }
    }

    /** Margins from the bounds of the last hidden layer: the last layer's row of the label less each other row. */
    private void elided(HiddenBounds bounds, int label, double[] lower) {
        int last = network.layers() - 1;
        SparseNetwork.Layer weights = network.layer(last);
        double[] low = new double[weights.inputs()];
        double[] high = new double[weights.inputs()];
        bounds.below(last, low, high);
        double[] difference = new double[weights.inputs()];
        for (int c = 0; c < lower.length; c++) {
            if (c == label) {
                continue;
            }
            Arrays.fill(difference, 0);
            add(weights, label, 1, difference);
            add(weights, c, -1, difference);
            double sum = weights.biases()[label] - weights.biases()[c];
            for (int i = 0; i < difference.length; i++) {
                sum = Math.fma(difference[i], difference[i] > 0 ? low[i] : high[i], sum);
            }
            if (last == 0) {
                double[][] lane = new double[difference.length][1];
                for (int i = 0; i < difference.length; i++) {
                    lane[i][0] = difference[i];
                }
                double bias = weights.biases()[label] - weights.biases()[c];
                sum = Math.max(sum, bias + bounds.region.ballBound(lane, 0));
            }
            // A hundredth of the slacks is more than this sum's own rounding.
            double bound = Math.nextDown(sum - 1.01 * (bounds.slack[last][label] + bounds.slack[last][c]));
            lower[c] = bound > Double.NEGATIVE_INFINITY ? bound : Double.NEGATIVE_INFINITY;
        }
    }

    private static void add(SparseNetwork.Layer weights, int row, double sign, double[] to) {
        for (int at = weights.starts()[row]; at < weights.starts()[row + 1]; at++) {
            to[weights.columns()[at]] += sign * weights.weights()[at];
        }
    }

    private void linearMargins(HiddenBounds bounds, int label, BoundMethod method, double[] lower) {
        double[] best = new double[LANES];
        int next = 0;
        while (next < lower.length) {
            int[] others = new int[LANES];
            int lanes = 0;
            for (; next < lower.length && lanes < LANES; next++) {
                if (next != label) {
                    others[lanes++] = next;
                }
            }
            if (lanes > 0) {
                bound(against(label, others, lanes), bounds, method, MARGIN_STEPS, best);
                for (int r = 0; r < lanes; r++) {
                    lower[others[r]] = Math.max(lower[others[r]], best[r]);
                }
            }
        }
    }

    /** The label's logit less those of other classes. */
    LinearBounds.Functions against(int label, int[] others, int lanes) {
        int[] units = new int[lanes];
        double[] signs = new double[lanes];
        Arrays.fill(units, label);
        Arrays.fill(signs, 1);
        return new LinearBounds.Functions(network.layers() - 1, lanes, units, signs, others);
    }
}
