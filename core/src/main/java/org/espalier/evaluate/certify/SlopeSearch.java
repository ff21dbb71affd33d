package org.espalier.evaluate.certify;

import java.util.Arrays;

/**
 * Maximises lower bounds over each lane's slopes and multipliers: projected Adam on the bound, which is piecewise
 * linear in them. The derivative with respect to the slope of a unit with coefficient {@code v > 0} is {@code v z}, and
 * with respect to the multiplier of a split {@code -z} (on) or {@code z} (off), {@code z} the unit's value when the
 * relaxed network runs forward from the input that attains the bound.
 *
 * <p>Any slopes are valid, so rounding here does not affect soundness. {@link LinearBounds} computes the bounds.
 */
final class SlopeSearch {
    private static final double SLOPE_STEP = 0.1;
    private static final double MULTIPLIER_STEP = 0.05;
    private static final double DECAY = 0.98;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;

    private final SparseNetwork network;
    private final LinearBounds linear;
    private final double[] lower; // (lane)
    /** The input that attains each lane's bound over the box. (input, lane) */
    final double[][] worst;

    /**
     * The mean of the worst inputs of the last run's later half of steps, (pixel, lane). While multipliers change,
     * worst inputs jump between corners, and their mean approaches the solution of the linear programme (Shor 1985;
     * Larsson, Patriksson and Stroemberg 1999).
     */
    final double[][] mean;
    /** Values before the ReLU when the relaxed network runs from there. (hidden layer, unit, lane) */
    final double[][][] values;

    private final double[][][] passed; // (hidden layer, unit, lane): after the relaxed, or the true, ReLU
    private final double[][] logits; // (class, lane)
    private final double[][][] slopeFirst; // Adam's moments, as values
    private final double[][][] slopeSecond;
    private final double[][][] multiplierFirst;
    private final double[][][] multiplierSecond;

    SlopeSearch(SparseNetwork network, LinearBounds linear) {
        this.network = network;
        this.linear = linear;
        int lanes = linear.capacity();
        lower = new double[lanes];
        worst = new double[network.pixels().length][lanes];
        mean = new double[worst.length][lanes];
        logits = new double[network.classes()][lanes];
        values = units(lanes);
        passed = units(lanes);
        slopeFirst = units(lanes);
        slopeSecond = units(lanes);
        multiplierFirst = units(lanes);
        multiplierSecond = units(lanes);
    }

    private double[][][] units(int lanes) {
        double[][][] units = new double[network.hidden()][][];
        for (int layer = 0; layer < units.length; layer++) {
            units[layer] = new double[network.layer(layer).outputs()][lanes];
        }
        return units;
    }

    LinearBounds linear() {
        return linear;
    }

    /**
     * Takes a number of steps, or stops when every lane's bound is positive. Afterwards {@link #worst}, {@link #values}
     * and the coefficients in {@link LinearBounds#after} belong to the final slopes and multipliers.
     *
     * @param steps bounds computed, at least 1
     * @param best (lane) receives the best bound of each lane
     */
    void climb(LinearBounds.Functions functions, HiddenBounds bounds, LaneChoices choices, int steps, double[] best) {
        int lanes = functions.lanes();
        Arrays.fill(best, 0, lanes, Double.NEGATIVE_INFINITY);
        for (double[][][] moment : new double[][][][] {slopeFirst, slopeSecond, multiplierFirst, multiplierSecond}) {
            for (double[][] layer : moment) {
                for (double[] unit : layer) {
                    Arrays.fill(unit, 0, lanes, 0);
                }
            }
        }
        for (double[] pixel : mean) {
            Arrays.fill(pixel, 0, lanes, 0);
        }
        double decay = 1;
        double left1 = 1;
        double left2 = 1;
        for (int step = 0; ; step++) {
            linear.lower(functions, bounds, choices, lower);
            boolean done = true;
            for (int r = 0; r < lanes; r++) {
                best[r] = Math.max(best[r], lower[r]);
                done &= best[r] > 0;
            }
            run(functions.layer(), lanes, bounds, choices);
            for (int i = 0; i < worst.length; i++) {
                for (int r = 0; r < lanes; r++) {
                    mean[i][r] += (worst[i][r] - mean[i][r]) / (1 + Math.max(0, step - steps / 2));
                }
            }
            if (done || step + 1 >= steps) {
                return;
            }
            left1 *= BETA1;
            left2 *= BETA2;
            for (int layer = 0; layer < functions.layer(); layer++) {
                for (int i = 0; i < values[layer].length; i++) {
                    if (bounds.unstable(layer, i)) {
                        move(layer, i, lanes, choices, decay / (1 - left1), 1 / (1 - left2));
                    }
                }
            }
            decay *= DECAY;
        }
    }

    private void move(int layer, int unit, int lanes, LaneChoices choices, double rate, double scale2) {
        double[] z = values[layer][unit];
        double[] v = linear.after[layer + 1][unit];
        byte[] side = choices.side[layer][unit];
        double[] slope = choices.slope[layer][unit];
        double[] multiplier = choices.multiplier[layer][unit];
        for (int r = 0; r < lanes; r++) {
            if (side[r] == 0) {
                double g = v[r] > 0 ? v[r] * z[r] : 0;
                double step = adam(slopeFirst[layer][unit], slopeSecond[layer][unit], r, g, scale2);
                slope[r] = clamp(slope[r] + SLOPE_STEP * rate * step, 1);
            } else {
                double g = side[r] > 0 ? -z[r] : z[r];
                double step = adam(multiplierFirst[layer][unit], multiplierSecond[layer][unit], r, g, scale2);
                multiplier[r] = clamp(multiplier[r] + MULTIPLIER_STEP * rate * step, Double.MAX_VALUE);
            }
        }
    }

    private static double adam(double[] first, double[] second, int lane, double g, double scale2) {
        first[lane] = BETA1 * first[lane] + (1 - BETA1) * g;
        second[lane] = BETA2 * second[lane] + (1 - BETA2) * g * g;
        return first[lane] / (Math.sqrt(second[lane] * scale2) + 1e-8);
    }

    /** Clamps to [0, most]; NaN becomes 0. */
    private static double clamp(double value, double most) {
        return value > 0 ? Math.min(value, most) : 0;
    }

    /** Runs the relaxed network forward from the worst inputs, up to the layer below {@code top}. */
    private void run(int top, int lanes, HiddenBounds bounds, LaneChoices choices) {
        InputRegion region = bounds.region;
        for (int i = 0; i < worst.length; i++) {
            double[] v = linear.after[0][i];
            double low = region.lower[i];
            double high = region.upper[i];
            for (int r = 0; r < lanes; r++) {
                worst[i][r] = v[r] >= 0 ? low : high;
            }
        }
        for (int layer = 0; layer < top; layer++) {
            product(layer, lanes, bounds, layer == 0 ? worst : passed[layer - 1], values[layer]);
            for (int i = 0; i < values[layer].length; i++) {
                double l = bounds.lower[layer][i];
                double u = bounds.upper[layer][i];
                if (u <= 0) {
                    continue;
                } else if (l >= 0) {
                    System.arraycopy(values[layer][i], 0, passed[layer][i], 0, lanes);
                    continue;
                }
                double upper = u / (u - l);
                double[] v = linear.after[layer + 1][i];
                byte[] side = choices.side[layer][i];
                double[] slope = choices.slope[layer][i];
                double[] z = values[layer][i];
                double[] q = passed[layer][i];
                for (int r = 0; r < lanes; r++) {
                    q[r] = side[r] > 0 ? z[r] : side[r] < 0 ? 0 : v[r] >= 0 ? slope[r] * z[r] : upper * (z[r] - l);
                }
            }
        }
    }

    /** What the relaxed ReLU of a unit adds to the bound's distance from the network's true value, at the worst input. */
    double gap(int layer, int unit, int lane, LaneChoices choices, HiddenBounds bounds) {
        double z = values[layer][unit][lane];
        double v = linear.after[layer + 1][unit][lane];
        double l = bounds.lower[layer][unit];
        double u = bounds.upper[layer][unit];
        double relaxed = v >= 0 ? choices.slope[layer][unit][lane] * z : u / (u - l) * (z - l);
        return v * (Math.max(z, 0) - relaxed);
    }

    /** Replaces the worst inputs by the mean inputs, for {@link #logits}. */
    void takeMean(int lanes) {
        for (int i = 0; i < worst.length; i++) {
            System.arraycopy(mean[i], 0, worst[i], 0, lanes);
        }
    }

    /** Runs the true network from the worst inputs, in float64, rounded to nearest; (class, lane). */
    double[][] logits(int lanes, HiddenBounds bounds) {
        for (int layer = 0; layer < network.hidden(); layer++) {
            product(layer, lanes, bounds, layer == 0 ? worst : passed[layer - 1], passed[layer]);
            for (double[] unit : passed[layer]) {
                for (int r = 0; r < lanes; r++) {
                    unit[r] = Math.max(unit[r], 0);
                }
            }
        }
        product(network.hidden(), lanes, bounds, network.hidden() == 0 ? worst : passed[network.hidden() - 1], logits);
        return logits;
    }

    private void product(int layer, int lanes, HiddenBounds bounds, double[][] from, double[][] to) {
        SparseNetwork.Layer weights = network.layer(layer);
        boolean hidden = layer < network.hidden();
        for (int o = 0; o < to.length; o++) {
            Arrays.fill(to[o], 0, lanes, weights.biases()[o]);
            if (hidden && bounds.upper[layer][o] <= 0) {
                Arrays.fill(to[o], 0, lanes, 0);
                continue;
            }
            for (int at = weights.starts()[o]; at < weights.starts()[o + 1]; at++) {
                int column = weights.columns()[at];
                if (layer == 0 || bounds.upper[layer - 1][column] > 0) {
                    LinearBounds.addProduct(weights.weights()[at], from[column], to[o], lanes);
                }
            }
        }
    }
}
