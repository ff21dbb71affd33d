package org.espalier.prune.criterion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.espalier.data.Split;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Architecture;
import org.espalier.network.Weights;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.junit.jupiter.api.Test;

class GraspTest {
    private static final Architecture NETWORK = new Architecture(List.of(5, 4, 3), false);

    /** L = 1/2 (1 w1^2 + 4 w2^2) at (1, 0.5): w H g = (1, 4), and w1 goes. The wrong sign would leave |g|^2 = 1 and not 4. */
    @Test
    void theWeightWhoseLossLowersTheGradientLeastGoes() {
        UnaryOperator<double[]> gradient = w -> new double[] {w[0], 4 * w[1]};
        double[] w = {1, 0.5};
        double[] product = HessianProduct.of(gradient, w, gradient.apply(w));
        double[] scores = {w[0] * product[0], w[1] * product[1]};
        assertThat(scores).containsExactly(new double[] {1, 4}, within(1e-9));
        double[] left = gradient.apply(new double[] {0, 0.5});
        assertThat(left[0] * left[0] + left[1] * left[1]).isEqualTo(4);
    }

    @Test
    void theProductOfASmallMatrixIsExact() {
        double[][] h = {{2, -1, 0.5}, {-1, 3, 0.25}, {0.5, 0.25, 1}};
        UnaryOperator<double[]> gradient = w -> times(h, w);
        double[] v = {0.3, -2, 7};
        assertThat(HessianProduct.of(gradient, new double[] {1, 2, 3}, v)).containsExactly(times(h, v), within(1e-8));
    }

    private static double[] times(double[][] h, double[] w) {
        double[] product = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            for (int j = 0; j < w.length; j++) {
                product[i] += h[i][j] * w[j];
            }
        }
        return product;
    }

    /** (H g)_i is half the slope of |g|^2 in w_i; of the network at temperature 1 and 200. */
    @Test
    void scoresAreHalfTheSlopesOfTheSquaredGradientInAGate() {
        Weights weights = Cases.weights(NETWORK);
        Split data = Cases.data(5, 3, 120);
        for (double temperature : new double[] {1, 200}) {
            Grasp grasp = new Grasp(10, temperature, false, ScoredWeights.INITIAL);
            Cases.inside(grasp, weights, PruningResources.Loss.NATURAL, context -> {
                int[] images = context.samplePerClass(10);
                assertThat(images).hasSize(30);
                double[] scores = grasp.precise(context, 0);
                double most = 0;
                for (double score : scores) {
                    most = Math.max(most, Math.abs(score));
                }
                for (int i = 0; i < scores.length; i++) {
                    double step = 1e-5;
                    double slope = (square(weights, i, 1 + step, data, images, temperature)
                                    - square(weights, i, 1 - step, data, images, temperature))
                            / (4 * step);
                    assertThat(scores[i]).as("weight %s", i).isCloseTo(slope, within(1e-3 * most));
                }
            });
        }
    }

    /** Squared norm of the gradient with one weight of the first layer scaled. */
    private static double square(Weights weights, int at, double gate, Split data, int[] images, double temperature) {
        Map<String, double[]> parameters = DoublePass.values(weights);
        Objects.requireNonNull(parameters.get("layers.0.weight"))[at] *= gate;
        double[][] inputs = new double[images.length][5];
        for (int e = 0; e < images.length; e++) {
            for (int f = 0; f < 5; f++) {
                inputs[e][f] = (data.images()[images[e] * 5 + f] & 0xff) / 255.0;
            }
        }
        DoublePass pass = new DoublePass(NETWORK.graph(), parameters, inputs);
        double[][] slopes = new double[images.length][3];
        for (int e = 0; e < images.length; e++) {
            double sum = 0;
            for (int c = 0; c < 3; c++) {
                slopes[e][c] = StrictMath.exp(pass.logits()[e][c] / temperature);
                sum += slopes[e][c];
            }
            for (int c = 0; c < 3; c++) {
                slopes[e][c] =
                        (slopes[e][c] / sum - (c == data.labels()[images[e]] ? 1 : 0)) / temperature / images.length;
            }
        }
        pass.backward(slopes);
        double square = 0;
        for (String name : parameters.keySet()) {
            for (double g : pass.gradient(name)) {
                square += g * g;
            }
        }
        return square;
    }

    @Test
    void theCopyThatThePublishedCodeScoresIsAnother() {
        Weights weights = Cases.weights(NETWORK);
        Grasp ours = new Grasp(10, 200, false, ScoredWeights.INITIAL);
        Grasp drawn = new Grasp(10, 200, true, ScoredWeights.INITIAL);
        assertThat(Cases.prune(drawn, Scope.GLOBAL, weights, 0.5))
                .isNotEqualTo(Cases.prune(ours, Scope.GLOBAL, weights, 0.5));
        assertThat(ours.published(0.98, 1000)).isEqualTo(979);
    }
}
