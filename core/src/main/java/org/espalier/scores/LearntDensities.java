package org.espalier.scores;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.espalier.network.Architecture;

/**
 * HARP's density of each layer, {@code k = least + (1 - least) sigmoid(r)} with r learnt. The loss has the penalty
 * {@code g max(0, sum k n / (target sum n) - 1)}; g rises by its first value with each epoch until the penalty is 0 to two decimals.
 * Zhao and Wressnegger, "Holistic adversarially robust pruning" (2023), section 3. After the last update, densities that still exceed
 * the target together are brought down to it in proportion to what they have above the least.
 */
final class LearntDensities implements LayerCounts {
    private final int[] weights; // (layer)
    private final double target;
    private final double least;
    private final double weight; // of the penalty in the first epoch
    private final double momentum;
    private final double[] rates; // (layer): r
    private final double[] velocities;
    private int raises = 1; // the penalty's weight, in units of its first

    LearntDensities(
            Architecture architecture, double target, double least, double start, double weight, double momentum) {
        this.target = target;
        this.least = least;
        this.weight = weight;
        this.momentum = momentum;
        weights = new int[architecture.layers()];
        Arrays.setAll(weights, architecture::weights);
        rates = new double[weights.length];
        velocities = new double[weights.length];
        Arrays.fill(rates, rate(start));
    }

    /** r of a density. */
    private double rate(double density) {
        double share = Math.clamp((density - least) / (1 - least), 1e-12, 1 - 1e-12);
        return StrictMath.log(share / (1 - share));
    }

    private static double sigmoid(double rate) {
        return 1 / (1 + StrictMath.exp(-rate));
    }

    /** (layer) densities. */
    double[] densities() {
        double[] densities = new double[rates.length];
        Arrays.setAll(densities, layer -> least + (1 - least) * sigmoid(rates[layer]));
        return densities;
    }

    /**
     * The penalty without its weight.
     *
     * @param densities (layer)
     * @param weights (layer) weights of the dense network
     */
    static double penalty(double[] densities, int[] weights, double target) {
        return Math.max(0, overall(densities, weights) / target - 1);
    }

    static double overall(double[] densities, int[] weights) {
        double kept = 0;
        double all = 0;
        for (int layer = 0; layer < weights.length; layer++) {
            kept += densities[layer] * weights[layer];
            all += weights[layer];
        }
        return kept / all;
    }

    @Override
    public int[] counts() {
        double[] densities = densities();
        int[] counts = new int[weights.length];
        Arrays.setAll(counts, layer -> Math.clamp((long) (densities[layer] * weights[layer]), 1, weights[layer]));
        return counts;
    }

    @Override
    public boolean readsSlopes() {
        return true;
    }

    @Override
    public void step(double[] slopes, double rate, boolean epochEnds, boolean last) {
        double penalty = penalty(densities(), weights, target);
        double all = Arrays.stream(weights).sum();
        for (int layer = 0; layer < rates.length; layer++) {
            double slope = slopes[layer];
            if (penalty > 0) {
                slope += raises * weight * weights[layer] / (all * target);
            }
            double share = sigmoid(rates[layer]);
            velocities[layer] = momentum * velocities[layer] + slope * (1 - least) * share * (1 - share);
            rates[layer] -= rate * velocities[layer];
        }
        if (epochEnds && Math.round(100 * penalty(densities(), weights, target)) > 0) {
            raises++;
        }
        if (last) {
            reachTarget();
        }
    }

    private void reachTarget() {
        double[] densities = densities();
        double overall = overall(densities, weights);
        if (overall <= target) {
            return;
        }
        double share = (target - least) / (overall - least) * (1 - 1e-9);
        for (int layer = 0; layer < rates.length; layer++) {
            rates[layer] = rate(least + share * (densities[layer] - least));
        }
    }

    @Override
    public Map<String, Double> state() {
        Map<String, Double> state = new LinkedHashMap<>();
        state.put("raises", (double) raises);
        for (int layer = 0; layer < rates.length; layer++) {
            state.put("rate" + layer, rates[layer]);
            state.put("velocity" + layer, velocities[layer]);
        }
        return state;
    }

    @Override
    public void resume(Map<String, Double> numbers) {
        raises = (int) number(numbers, "raises");
        for (int layer = 0; layer < rates.length; layer++) {
            rates[layer] = number(numbers, "rate" + layer);
            velocities[layer] = number(numbers, "velocity" + layer);
        }
    }

    private static double number(Map<String, Double> numbers, String name) {
        return Objects.requireNonNull(numbers.get(name), name);
    }
}
