package org.espalier.prune.criterion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Architecture;
import org.espalier.network.Weights;
import org.espalier.prune.PruningContext;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.espalier.random.BoxMuller;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class NtkSapTest {
    private static final Architecture NETWORK = new Architecture(List.of(5, 6, 3), false);

    @Test
    void scoresAreTheSlopesOfTheOutputsMoveInTheMask() {
        NtkSap sap = new NtkSap(10, 8, 0.1);
        Cases.inside(sap, Cases.weights(NETWORK), PruningResources.Loss.NATURAL, context -> {
            double[] scores = sap.precise(context, 0);
            for (int i = 0; i < scores.length; i++) {
                double step = 1e-5;
                double slope = (distance(context, i, 1 + step) - distance(context, i, 1 - step)) / (2 * step);
                assertThat(scores[i])
                        .as("weight %s", i)
                        .isCloseTo(Math.abs(slope), within(1e-3 * Math.abs(slope) + 1e-5));
            }
        });
    }

    /** Mean |f(x; t m) - f(x; (t + e z) m)|^2 in float64, with one mask value of the first layer changed. */
    private static double distance(PruningContext context, int at, double mask) {
        Stream stream = context.stream();
        Weights drawn = context.draw(stream.child("weights"));
        Weights moved = drawn.copy();
        for (int layer = 0; layer < 2; layer++) {
            for (int i = 0; i < moved.matrix(layer).length; i++) {
                moved.matrix(layer)[i] +=
                        (float) (0.1 * BoxMuller.at(stream.child("perturbation").child(layer), i, 1));
            }
        }
        double[][] inputs = new double[8][5];
        for (int e = 0; e < 8; e++) {
            for (int f = 0; f < 5; f++) {
                inputs[e][f] = BoxMuller.at(stream.child("inputs"), e * 5L + f, 1);
            }
        }
        double[][] still = logits(drawn, at, mask, inputs);
        double[][] after = logits(moved, at, mask, inputs);
        double sum = 0;
        for (int e = 0; e < 8; e++) {
            for (int c = 0; c < 3; c++) {
                sum += (still[e][c] - after[e][c]) * (still[e][c] - after[e][c]) / 8;
            }
        }
        return sum;
    }

    private static double[][] logits(Weights weights, int at, double mask, double[][] inputs) {
        Map<String, double[]> parameters = DoublePass.values(weights);
        Objects.requireNonNull(parameters.get("layers.0.weight"))[at] *= mask;
        return new DoublePass(NETWORK.graph(), parameters, inputs).logits();
    }

    @Test
    void itKeepsTheExactCountAndReadsNoTrainedWeight() {
        NtkSap sap = new NtkSap(4, 16, 0.01);
        Weights weights = Cases.weights(NETWORK);
        assertThat(Cases.prune(sap, Scope.GLOBAL, weights, 0.75).count()).isEqualTo(12); // of 48
        assertThat(Cases.prune(sap, Scope.GLOBAL, new Weights(NETWORK), 0.75))
                .isEqualTo(Cases.prune(sap, Scope.GLOBAL, weights, 0.75));
    }
}
