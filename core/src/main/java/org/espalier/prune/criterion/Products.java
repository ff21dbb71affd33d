package org.espalier.prune.criterion;

import org.espalier.network.Architecture;
import org.espalier.network.Weights;

/** Products of weights and gradients. */
final class Products {
    private Products() {}

    /** {@code |w g|} of each weight of a layer. */
    static double[] magnitudes(Weights weights, Weights gradient, int layer) {
        float[] w = weights.matrix(layer);
        float[] g = gradient.matrix(layer);
        double[] scores = new double[w.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.abs((double) w[i] * g[i]);
        }
        return scores;
    }

    /**
     * {@code |dL/dc|} of a gate c = 1 behind each output of a layer, after its bias and before what follows: the output's share of
     * the loss to first order, {@code sum of w dL/dw over its weights + b dL/db}.
     */
    static double[] gates(Weights weights, Weights gradient, int layer) {
        Architecture architecture = weights.architecture();
        int inputs = architecture.inputs(layer);
        double[] gates = new double[architecture.outputs(layer)];
        for (int unit = 0; unit < gates.length; unit++) {
            double sum = 0;
            for (int i = unit * inputs; i < (unit + 1) * inputs; i++) {
                sum += (double) weights.matrix(layer)[i] * gradient.matrix(layer)[i];
            }
            if (architecture.bias(layer)) {
                sum += (double) weights.biases(layer)[unit] * gradient.biases(layer)[unit];
            }
            gates[unit] = Math.abs(sum);
        }
        return gates;
    }
}
