package org.espalier.engine.reference;

import org.espalier.engine.BoundEngine;
import org.espalier.network.Architecture;

/**
 * {@link BoundEngine#boundMargins} of one example and its gradient, the textbook in float64: lower and upper bounds from layer to
 * layer, each margin's coefficients back to the input, and the reverse of every line.
 */
public final class ReferenceBoundMargins {
    private final Architecture architecture;
    private final double[][] weights; // (layer, output * input)
    private final double[][] biases; // (layer, output), empty without biases
    private final int label;
    private final double share;
    private final int last;

    private final double[][] low; // (layer): what enters it
    private final double[][] high;
    private final double[][] lower; // (layer): what leaves it, before ReLU
    private final double[][] upper;
    private final double[][][] after; // (margin, layer): coefficients of what enters it
    private final double[][][] before; // (margin, layer): coefficients of what leaves it, before ReLU
    private final double[] worst; // (class)

    public ReferenceBoundMargins(
            Architecture architecture,
            double[][] weights,
            double[][] biases,
            double[] input,
            double epsilon,
            double share,
            int label) {
        this.architecture = architecture;
        this.weights = weights;
        this.biases = biases;
        this.label = label;
        this.share = share;
        int layers = architecture.layers();
        last = layers - 1;
        low = new double[layers][];
        high = new double[layers][];
        lower = new double[layers][];
        upper = new double[layers][];
        low[0] = new double[input.length];
        high[0] = new double[input.length];
        for (int i = 0; i < input.length; i++) {
            low[0][i] = Math.max(0, input[i] - epsilon);
            high[0][i] = Math.min(1, input[i] + epsilon);
        }
        for (int layer = 0; layer < last; layer++) {
            intervals(layer);
        }
        int classes = architecture.classes();
        after = new double[classes][layers][];
        before = new double[classes][layers][];
        worst = new double[classes];
        for (int other = 0; other < classes; other++) {
            if (other != label) {
                worst[other] = (1 - share) * elided(other) - (share == 0 ? 0 : share * linear(other));
            }
        }
    }

    /** Upper bounds of each logit less the label's. */
    public double[] worst() {
        return worst;
    }

    private void intervals(int layer) {
        int inputs = architecture.inputs(layer);
        int outputs = architecture.outputs(layer);
        lower[layer] = new double[outputs];
        upper[layer] = new double[outputs];
        low[layer + 1] = new double[outputs];
        high[layer + 1] = new double[outputs];
        for (int o = 0; o < outputs; o++) {
            double least = bias(layer, o);
            double most = least;
            for (int i = 0; i < inputs; i++) {
                double w = weights[layer][o * inputs + i];
                least += w * (w > 0 ? low[layer][i] : high[layer][i]);
                most += w * (w > 0 ? high[layer][i] : low[layer][i]);
            }
            lower[layer][o] = least;
            upper[layer][o] = most;
            low[layer + 1][o] = Math.max(0, least);
            high[layer + 1][o] = Math.max(0, most);
        }
    }

    private double bias(int layer, int output) {
        return architecture.bias(layer) ? biases[layer][output] : 0;
    }

    private double difference(int other, int input) {
        int inputs = architecture.inputs(last);
        return weights[last][other * inputs + input] - weights[last][label * inputs + input];
    }

    /** The most by which another class's logit can exceed the label's, the last layer's rows subtracted first. */
    private double elided(int other) {
        double sum = bias(last, other) - bias(last, label);
        for (int i = 0; i < architecture.inputs(last); i++) {
            double w = difference(other, i);
            sum += w * (w > 0 ? high[last][i] : low[last][i]);
        }
        return sum;
    }

    /** A lower bound of the label's lead over another class. */
    private double linear(int other) {
        double sum = bias(last, label) - bias(last, other);
        double[] v = new double[architecture.inputs(last)];
        for (int i = 0; i < v.length; i++) {
            v[i] = -difference(other, i);
        }
        after[other][last] = v;
        for (int layer = last - 1; layer >= 0; layer--) {
            double[] lambda = new double[v.length];
            for (int o = 0; o < v.length; o++) {
                double l = lower[layer][o];
                double u = upper[layer][o];
                lambda[o] = v[o] * slope(layer, o, v[o]);
                if (bent(l, u, v[o])) {
                    sum -= lambda[o] * l;
                }
                sum += lambda[o] * bias(layer, o);
            }
            before[other][layer] = lambda;
            v = back(layer, lambda);
            after[other][layer] = v;
        }
        for (int i = 0; i < v.length; i++) {
            sum += v[i] * (v[i] > 0 ? low[0][i] : high[0][i]);
        }
        return sum;
    }

    private static boolean bent(double l, double u, double v) {
        return l < 0 && u > 0 && v < 0;
    }

    private double slope(int layer, int unit, double v) {
        double l = lower[layer][unit];
        double u = upper[layer][unit];
        if (l >= 0) {
            return 1;
        }
        if (u <= 0) {
            return 0;
        }
        return v < 0 ? u / (u - l) : u > -l ? 1 : 0;
    }

    private double[] back(int layer, double[] delta) {
        int inputs = architecture.inputs(layer);
        double[] v = new double[inputs];
        for (int o = 0; o < delta.length; o++) {
            for (int i = 0; i < inputs; i++) {
                v[i] += weights[layer][o * inputs + i] * delta[o];
            }
        }
        return v;
    }

    /**
     * Adds the gradient of a loss.
     *
     * @param worstGradient (class) the loss's gradient with respect to {@link #worst}
     * @param gradients receives the weights' gradients, pruned ones' too
     */
    public void addGradient(double[] worstGradient, double[][] gradients, double[][] biasGradients) {
        double[][] lows = new double[last + 1][]; // (layer): gradient of what enters it
        double[][] highs = new double[last + 1][];
        double[][] lowers = new double[last][]; // (layer): gradient of what leaves it, before ReLU
        double[][] uppers = new double[last][];
        for (int layer = 0; layer <= last; layer++) {
            lows[layer] = new double[architecture.inputs(layer)];
            highs[layer] = new double[architecture.inputs(layer)];
            if (layer < last) {
                lowers[layer] = new double[architecture.outputs(layer)];
                uppers[layer] = new double[architecture.outputs(layer)];
            }
        }
        for (int other = 0; other < worst.length; other++) {
            if (other != label) {
                addElided(other, (1 - share) * worstGradient[other], gradients[last], biasGradients[last], lows, highs);
                if (share > 0) {
                    addLinear(other, -share * worstGradient[other], gradients, biasGradients, lowers, uppers);
                }
            }
        }
        for (int layer = last - 1; layer >= 0; layer--) {
            addIntervals(layer, gradients[layer], biasGradients[layer], lows, highs, lowers[layer], uppers[layer]);
        }
    }

    private void addElided(
            int other, double g, double[] gradients, double[] biasGradients, double[][] lows, double[][] highs) {
        int inputs = architecture.inputs(last);
        for (int i = 0; i < inputs; i++) {
            double w = difference(other, i);
            // At zero either end will do; the middle is what centre and radius give.
            double x = w > 0 ? high[last][i] : w < 0 ? low[last][i] : (high[last][i] + low[last][i]) / 2;
            gradients[other * inputs + i] += g * x;
            gradients[label * inputs + i] -= g * x;
            (w > 0 ? highs : lows)[last][i] += g * w;
        }
        if (architecture.bias(last)) {
            biasGradients[other] += g;
            biasGradients[label] -= g;
        }
    }

    private void addLinear(
            int other, double g, double[][] gradients, double[][] biasGradients, double[][] lowers, double[][] uppers) {
        double[] dv = new double[architecture.inputs()];
        for (int i = 0; i < dv.length; i++) {
            double v = after[other][0][i];
            dv[i] = g * (v > 0 ? low[0][i] : v < 0 ? high[0][i] : (low[0][i] + high[0][i]) / 2);
        }
        for (int layer = 0; layer < last; layer++) {
            int inputs = architecture.inputs(layer);
            double[] up = new double[architecture.outputs(layer)];
            for (int o = 0; o < up.length; o++) {
                double lambda = before[other][layer][o];
                double dLambda = g * bias(layer, o);
                for (int i = 0; i < inputs; i++) {
                    gradients[layer][o * inputs + i] += lambda * dv[i];
                    dLambda += weights[layer][o * inputs + i] * dv[i];
                }
                if (architecture.bias(layer)) {
                    biasGradients[layer][o] += g * lambda;
                }
                double l = lower[layer][o];
                double u = upper[layer][o];
                double v = after[other][layer + 1][o];
                if (bent(l, u, v)) {
                    dLambda -= g * l;
                    double width = u - l;
                    lowers[layer][o] += dLambda * v * u / (width * width) - g * lambda;
                    uppers[layer][o] += dLambda * v * -l / (width * width);
                }
                up[o] = dLambda * slope(layer, o, v);
            }
            dv = up;
        }
        int inputs = architecture.inputs(last);
        for (int i = 0; i < inputs; i++) {
            gradients[last][label * inputs + i] += dv[i];
            gradients[last][other * inputs + i] -= dv[i];
        }
        if (architecture.bias(last)) {
            biasGradients[last][label] += g;
            biasGradients[last][other] -= g;
        }
    }

    private void addIntervals(
            int layer,
            double[] gradients,
            double[] biasGradients,
            double[][] lows,
            double[][] highs,
            double[] lowers,
            double[] uppers) {
        int inputs = architecture.inputs(layer);
        for (int o = 0; o < lowers.length; o++) {
            double gl = lowers[o] + (lower[layer][o] > 0 ? lows[layer + 1][o] : 0);
            double gu = uppers[o] + (upper[layer][o] > 0 ? highs[layer + 1][o] : 0);
            for (int i = 0; i < inputs; i++) {
                double w = weights[layer][o * inputs + i];
                boolean up = w > 0;
                double middle = (low[layer][i] + high[layer][i]) / 2;
                double atLower = up ? low[layer][i] : w < 0 ? high[layer][i] : middle;
                double atUpper = up ? high[layer][i] : w < 0 ? low[layer][i] : middle;
                gradients[o * inputs + i] += gl * atLower + gu * atUpper;
                lows[layer][i] += w * (up ? gl : gu);
                highs[layer][i] += w * (up ? gu : gl);
            }
            if (architecture.bias(layer)) {
                biasGradients[o] += gl + gu;
            }
        }
    }
}
