package org.espalier.attack.strong;

import java.util.Arrays;

/** The losses that attacks maximise. */
public enum Losses implements LogitLoss {
    /**
     * Softmax cross-entropy against the true class, {@code log sum_c exp(z_c - z_y)}. Computed from the differences to the
     * true class, so that neither the loss nor its gradient rounds to zero while the network is merely confident.
     */
    CROSS_ENTROPY("ce", 2) {
        @Override
        public double evaluate(float[] z, int label, int target, double[] gradient) {
            int other = bestExcept(z, label, -1);
            double lead = (double) z[other] - z[label]; // of the best wrong class over the true one
            double others = 0; // sum of exp(z_c - z_other) over wrong classes, in [1, classes - 1]
            for (int c = 0; c < z.length; c++) {
                gradient[c] = c == label ? 0 : StrictMath.exp((double) z[c] - z[other]);
                others += gradient[c];
            }
            double odds; // of all wrong classes against the true one, or its inverse where that is below 1
            double loss;
            double share; // probability of all wrong classes together
            if (lead > 0) {
                odds = StrictMath.exp(-lead) / others;
                loss = lead + StrictMath.log(others) + StrictMath.log1p(odds);
                share = 1 / (1 + odds);
            } else {
                odds = StrictMath.exp(lead) * others;
                loss = StrictMath.log1p(odds);
                share = odds / (1 + odds);
            }
            for (int c = 0; c < z.length; c++) {
                gradient[c] = c == label ? -share : gradient[c] / others * share;
            }
            return loss;
        }
    },

    /**
     * Difference of logits ratio, {@code -(z_y - max_{c != y} z_c) / (z_pi1 - z_pi3)} with pi the classes by falling logit:
     * invariant to scaling and shifting the logits. Croce and Hein, "Reliable evaluation of adversarial robustness with an
     * ensemble of diverse parameter-free attacks" (ICML 2020), equation 6; 1e-12 is added to the denominator as their code
     * does.
     */
    DLR("dlr", 3) {
        @Override
        public double evaluate(float[] z, int label, int target, double[] gradient) {
            int first = bestExcept(z, -1, -1);
            int second = bestExcept(z, first, -1);
            int third = bestExcept(z, first, second);
            int other = first == label ? second : first;
            double difference = (double) z[label] - z[other];
            double denominator = (double) z[first] - z[third] + TINY;
            Arrays.fill(gradient, 0);
            gradient[label] -= 1 / denominator;
            gradient[other] += 1 / denominator;
            gradient[first] += difference / denominator / denominator;
            gradient[third] -= difference / denominator / denominator;
            return -difference / denominator;
        }
    },

    /**
     * Targeted difference of logits ratio, {@code -(z_y - z_t) / (z_pi1 - (z_pi3 + z_pi4) / 2)}. Croce and Hein (ICML 2020),
     * equation 7.
     */
    TARGETED_DLR("targeted-dlr", 4) {
        @Override
        public boolean targeted() {
            return true;
        }

        @Override
        public double evaluate(float[] z, int label, int target, double[] gradient) {
            int[] top = top(z, 4);
            double difference = (double) z[label] - z[target];
            double denominator = z[top[0]] - 0.5 * ((double) z[top[2]] + z[top[3]]) + TINY;
            double slope = difference / denominator / denominator;
            Arrays.fill(gradient, 0);
            gradient[label] -= 1 / denominator;
            gradient[target] += 1 / denominator;
            gradient[top[0]] += slope;
            gradient[top[2]] -= slope / 2;
            gradient[top[3]] -= slope / 2;
            return -difference / denominator;
        }
    },

    /** The margin of Carlini and Wagner (2017), {@code max_{c != y} z_c - z_y}: positive once the class is wrong. */
    MARGIN("margin", 2) {
        @Override
        public double evaluate(float[] z, int label, int target, double[] gradient) {
            int other = bestExcept(z, label, -1);
            Arrays.fill(gradient, 0);
            gradient[label] = -1;
            gradient[other] = 1;
            return (double) z[other] - z[label];
        }
    },

    /** The margin towards one class, {@code z_t - z_y}. */
    TARGETED_MARGIN("targeted-margin", 2) {
        @Override
        public boolean targeted() {
            return true;
        }

        @Override
        public double evaluate(float[] z, int label, int target, double[] gradient) {
            Arrays.fill(gradient, 0);
            gradient[label] = -1;
            gradient[target] = 1;
            return (double) z[target] - z[label];
        }
    };

    private static final double TINY = 1e-12;

    private final String label;
    private final int minClasses;

    Losses(String label, int minClasses) {
        this.label = label;
        this.minClasses = minClasses;
    }

    @Override
    public int minClasses() {
        return minClasses;
    }

    @Override
    public String toString() {
        return label;
    }

    /** The class of the largest logit except two given classes (-1: no exception); the lowest class on ties. */
    private static int bestExcept(float[] z, int excepted, int alsoExcepted) {
        int best = -1;
        for (int c = 0; c < z.length; c++) {
            if (c != excepted && c != alsoExcepted && (best < 0 || z[c] > z[best])) {
                best = c;
            }
        }
        return best;
    }

    /** Classes by falling logit, the lower class first on ties. */
    public static int[] top(float[] z, int count) {
        int[] top = new int[count];
        for (int i = 0; i < count; i++) {
            int best = -1;
            for (int c = 0; c < z.length; c++) {
                boolean taken = false;
                for (int j = 0; j < i; j++) {
                    taken |= top[j] == c;
                }
                if (!taken && (best < 0 || z[c] > z[best])) {
                    best = c;
                }
            }
            top[i] = best;
        }
        return top;
    }
}
