package org.espalier.lab.study.popup;

import java.util.Arrays;
import java.util.List;
import org.espalier.random.Stream;

/**
 * Each input x_i is multiplied by r weights u_ij of its own, passes a ReLU or not, and a layer r times as wide maps the products:
 * y_o = sum_ij v_oij f(u_ij x_i). Pensia et al., "Optimal lottery tickets via subset-sum" (2020), second experiment, and their code.
 *
 * <p>For inputs of at least 0, f(u x) = f(u) x with a ReLU too. The layer is then the linear map with the entries sum_j v_oij f(u_ij),
 * which is what it computes; nothing is approximated.
 */
final class RedundantLayer implements ScoredLayer {
    private final int inputs;
    private final int redundancy;
    private final boolean relu;
    private final ScoredWeights own; // u, (input, copy)
    private final ScoredWeights wide; // v, (output, input, copy)
    private final float[] factors; // f(u), (input, copy)

    RedundantLayer(int inputs, int outputs, int redundancy, boolean relu, double sparsity, Stream stream) {
        this.inputs = inputs;
        this.redundancy = redundancy;
        this.relu = relu;
        double first = Math.sqrt(2);
        double second = Math.sqrt(2.0 / inputs); // of the inputs before they are doubled
        int products = Math.multiplyExact(inputs, redundancy);
        own = new ScoredWeights(products, first, first, sparsity, stream.child("own"));
        wide = new ScoredWeights(Math.multiplyExact(products, outputs), second, second, sparsity, stream.child("wide"));
        factors = new float[products];
    }

    private void readFactors() {
        float[] u = own.kept();
        for (int k = 0; k < factors.length; k++) {
            factors[k] = relu ? Math.max(u[k], 0f) : u[k];
        }
    }

    @Override
    public void effective(float[] matrix) {
        readFactors();
        float[] v = wide.kept();
        int outputs = matrix.length / inputs;
        int at = 0;
        for (int o = 0; o < outputs; o++) {
            int k = 0;
            for (int i = 0; i < inputs; i++) {
                float sum = 0;
                for (int j = 0; j < redundancy; j++) {
                    sum += v[at++] * factors[k++];
                }
                matrix[o * inputs + i] = sum;
            }
        }
    }

    @Override
    public void gradient(float[] matrix) {
        readFactors();
        float[] v = wide.kept();
        float[] byV = wide.gradient();
        float[] byU = own.gradient();
        Arrays.fill(byU, 0f);
        int outputs = matrix.length / inputs;
        int at = 0;
        for (int o = 0; o < outputs; o++) {
            int k = 0;
            for (int i = 0; i < inputs; i++) {
                float g = matrix[o * inputs + i];
                for (int j = 0; j < redundancy; j++, at++, k++) {
                    byV[at] = g * factors[k];
                    byU[k] += g * v[at];
                }
            }
        }
        if (relu) {
            for (int k = 0; k < byU.length; k++) {
                byU[k] = factors[k] > 0 ? byU[k] : 0f;
            }
        }
    }

    @Override
    public List<ScoredWeights> parts() {
        return List.of(own, wide);
    }
}
