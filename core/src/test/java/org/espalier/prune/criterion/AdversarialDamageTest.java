package org.espalier.prune.criterion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Split;
import org.espalier.engine.precise.DoublePass;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class AdversarialDamageTest {
    private static final Architecture NETWORK = new Architecture(List.of(3, 2), false);
    private static final int[] LABELS = {0, 1, 1, 0, 1};
    private static final int[][] PIXELS = {{255, 51, 0}, {0, 204, 102}, {51, 51, 255}, {153, 0, 51}, {102, 255, 204}};

    /** Scores of one layer after one step of Adam, from the formulas with A and G as matrices. */
    @Test
    void scoresAreTheKroneckerFactorsTimesTheDamage() {
        float[] w = {0.5f, -0.8f, 0.3f, -0.2f, 0.6f, 0.9f};
        Weights weights = new Weights(NETWORK);
        System.arraycopy(w, 0, weights.matrix(0), 0, 6);
        double[][] x = new double[5][3];
        byte[] bytes = new byte[15];
        for (int e = 0; e < 5; e++) {
            for (int i = 0; i < 3; i++) {
                x[e][i] = PIXELS[e][i] / 255.0;
                bytes[3 * e + i] = (byte) PIXELS[e][i];
            }
        }
        double[] slope = new double[6];
        for (int e = 0; e < 5; e++) {
            double[] g = gradient(w, x[e], LABELS[e]);
            for (int i = 0; i < 6; i++) {
                slope[i] += g[i / 3] * x[e][i % 3] / 5;
            }
        }
        // Adam's first step is its rate along the sign; a mask does not rise above 1.
        double start = Math.log(Math.expm1(1));
        double lowered = Math.log1p(Math.exp(start - 0.1));
        double[] damage = new double[6];
        float[] masked = new float[6];
        int moved = 0;
        for (int i = 0; i < 6; i++) {
            boolean lower = slope[i] * w[i] > 0;
            masked[i] = (float) (w[i] * (lower ? lowered : 1));
            damage[i] = (double) w[i] - masked[i];
            moved += lower ? 1 : 0;
        }
        assertThat(moved).isBetween(1, 5);
        double[][] a = new double[3][3];
        double[] size = new double[2];
        for (int e = 0; e < 5; e++) {
            double[] g = gradient(masked, x[e], LABELS[e]);
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    a[i][j] += x[e][i] * x[e][j] / 5;
                }
            }
            size[0] += g[0] * g[0] / 5;
            size[1] += g[1] * g[1] / 5;
        }
        double[] expected = new double[6];
        for (int at = 0; at < 6; at++) {
            double product = 0;
            for (int k = 0; k < 3; k++) {
                product += damage[at / 3 * 3 + k] * a[k][at % 3];
            }
            expected[at] = 0.5 * size[at / 3] * damage[at] * product;
        }
        Pgd still = new Pgd(0, 0.1, 1, false, 1, KeptIterate.LAST, LabelChoice.TRUE);
        PruningResources resources = new PruningResources(
                () -> new ReferenceEngine(NETWORK),
                new Split("train", 3, bytes, LABELS),
                new PruningResources.Loss(Optional.of(still), 0, Optional.empty()));
        AdversarialDamage mad = new AdversarialDamage(5, 1, 1, 0.1, ScoredWeights.TRAINED);
        double[][] found = new double[1][];
        Pruner pruner = new Pruner(new Watched(mad, found), Scope.LAYER, CountingRule.EXACT);
        pruner.prune(Mask.dense(NETWORK), weights, List.of(0.5), Stream.root(1), Optional.of(resources));
        for (int i = 0; i < 6; i++) {
            assertThat(found[0][i]).isCloseTo(expected[i], within(1e-8 + 1e-4 * Math.abs(expected[i])));
        }
    }

    /** Gradients of the logits of one example. */
    private static double[] gradient(float[] w, double[] x, int label) {
        double[] z = new double[2];
        for (int i = 0; i < 6; i++) {
            z[i / 3] += w[i] * x[i % 3];
        }
        double first = 1 / (1 + Math.exp(z[1] - z[0]));
        return new double[] {first - (label == 0 ? 1 : 0), 1 - first - (label == 1 ? 1 : 0)};
    }

    private record Watched(AdversarialDamage mad, double[][] found) implements org.espalier.prune.PreciseCriterion {
        @Override
        public String name() {
            return mad.name();
        }

        @Override
        public java.util.Set<org.espalier.prune.Need> needs() {
            return mad.needs();
        }

        @Override
        public double[] precise(org.espalier.prune.PruningContext context, int layer) {
            found[layer] = mad.precise(context, layer);
            return found[layer];
        }
    }

    /** What enters a convolution times its rows is its output. */
    @Test
    void patchesOfAConvolutionGiveItsOutput() {
        Graph graph = new GraphBuilder(Shape.of(2, 4, 4))
                .conv("conv", 3, 3, 1, 1, false)
                .add("flat", new Operation.Flatten())
                .add("out", new Operation.Linear(48, 2, false))
                .build();
        Architecture architecture = new Architecture(graph);
        Weights weights = org.espalier.network.InitialWeights.KAIMING_NORMAL.draw(architecture, Stream.root(2));
        double[][] inputs = new double[2][32];
        for (int i = 0; i < 64; i++) {
            inputs[i / 32][i % 32] = Stream.root(3).uniform(i);
        }
        DoublePass pass = new DoublePass(graph, DoublePass.values(weights), inputs);
        double[][] entering = pass.entering("conv");
        assertThat(entering).hasDimensions(2 * 16, 18);
        float[] w = weights.matrix(0);
        double[] out = new double[2];
        // Logits again, from the patches.
        for (int o = 0; o < 2; o++) {
            for (int channel = 0; channel < 3; channel++) {
                for (int place = 0; place < 16; place++) {
                    double value = 0;
                    for (int k = 0; k < 18; k++) {
                        value += w[channel * 18 + k] * entering[16 + place][k];
                    }
                    out[o] += weights.matrix(1)[o * 48 + channel * 16 + place] * value;
                }
            }
            assertThat(out[o]).isCloseTo(pass.logits()[1][o], within(1e-12));
        }
    }
}
