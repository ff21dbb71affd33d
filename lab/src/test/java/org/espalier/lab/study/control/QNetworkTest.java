package org.espalier.lab.study.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class QNetworkTest {
    private static final Layout LAYOUT = Layout.of(List.of(7, 6));
    private static final Stream STREAM = Stream.root(3);
    private static final Links MASK = Links.random(LAYOUT, 0.5, STREAM.child("mask"));
    private static final int LANES = 6;
    private static final int[] ACTIONS = {0, 1, 1, 0, 1, 0};
    // Some errors are beyond 1 and some within.
    private static final double[] WANTED = {3, -2, 0.2, 0.1, 5, -0.3};

    private static BitSet kept() {
        BitSet kept = new BitSet();
        MASK.mark(LAYOUT, kept);
        return kept;
    }

    private static double[] parameters() {
        double[] parameters = LAYOUT.initial(0.5, STREAM.child("weights"));
        for (int i = 0; i < 7; i++) {
            parameters[LAYOUT.biases(0) + i] = 0.1 * i;
        }
        return parameters;
    }

    private static QNetwork network() {
        QNetwork network = new QNetwork(LAYOUT, LANES);
        for (int i = 0; i < 4; i++) {
            for (int lane = 0; lane < LANES; lane++) {
                network.input()[i][lane] = Gaussian.at(STREAM, lane, i);
            }
        }
        return network;
    }

    private static double loss(QNetwork network, double[] parameters) {
        return Learner.loss(network.forward(parameters, MASK), ACTIONS, WANTED, network.outputSlopes());
    }

    @Test
    void valuesAreThoseOfMaskedMatrices() {
        QNetwork network = network();
        double[] parameters = parameters();
        double[][] values = network.forward(parameters, MASK);
        BitSet kept = kept();
        for (int lane = 0; lane < LANES; lane++) {
            double[] unit = new double[4];
            for (int i = 0; i < 4; i++) {
                unit[i] = network.input()[i][lane];
            }
            for (int layer = 0; layer < 3; layer++) {
                double[] next = new double[LAYOUT.outputs(layer)];
                for (int output = 0; output < next.length; output++) {
                    next[output] = parameters[LAYOUT.biases(layer) + output];
                    for (int input = 0; input < unit.length; input++) {
                        int at = LAYOUT.matrix(layer) + output * unit.length + input;
                        next[output] += kept.get(at) ? parameters[at] * unit[input] : 0;
                    }
                    next[output] = layer < 2 ? Math.max(0, next[output]) : next[output];
                }
                unit = next;
            }
            assertThat(values[0][lane]).isCloseTo(unit[0], within(1e-12));
            assertThat(values[1][lane]).isCloseTo(unit[1], within(1e-12));
            QNetwork alone = new QNetwork(LAYOUT, 1);
            for (int i = 0; i < 4; i++) {
                alone.input()[i][0] = network.input()[i][lane];
            }
            double[][] same = alone.forward(parameters, MASK);
            assertThat(same[0][0]).isEqualTo(values[0][lane]);
            assertThat(same[1][0]).isEqualTo(values[1][lane]);
        }
    }

    @Test
    void gradientsAreFiniteDifferencesAndZeroWherePruned() {
        QNetwork network = network();
        double[] parameters = parameters();
        loss(network, parameters);
        double[] gradient = new double[LAYOUT.parameters()];
        network.backward(parameters, MASK, gradient);
        BitSet kept = kept();
        int moved = 0;
        for (int i = 0; i < gradient.length; i++) {
            double before = parameters[i];
            parameters[i] = before + 1e-6;
            double above = loss(network, parameters);
            parameters[i] = before - 1e-6;
            double below = loss(network, parameters);
            parameters[i] = before;
            assertThat(gradient[i]).isCloseTo((above - below) / 2e-6, within(1e-7));
            if (!kept.get(i)) {
                assertThat(gradient[i]).isZero();
            }
            moved += Math.abs(gradient[i]) > 1e-3 ? 1 : 0;
        }
        assertThat(moved).isGreaterThan(20);
    }

    @Test
    void theGradientByStatesIsThatOfDifferences() {
        QNetwork network = network();
        double[] parameters = parameters();
        loss(network, parameters);
        double[][] found = network.inputGradient(parameters, MASK);
        double[][] slopes = {found[0].clone(), found[1].clone(), found[2].clone(), found[3].clone()};
        for (int i = 0; i < 4; i++) {
            for (int lane = 0; lane < LANES; lane++) {
                double before = network.input()[i][lane];
                network.input()[i][lane] = before + 1e-6;
                double above = loss(network, parameters);
                network.input()[i][lane] = before - 1e-6;
                double below = loss(network, parameters);
                network.input()[i][lane] = before;
                assertThat(slopes[i][lane]).isCloseTo((above - below) / 2e-6, within(1e-7));
            }
        }
        assertThat(slopes[2]).isNotEqualTo(new double[LANES]);
    }

    @Test
    void theLossIsHubers() {
        double[][] slopes = new double[2][2];
        double loss = Learner.loss(new double[][] {{1.5, 9}, {9, -4}}, new int[] {0, 1}, new double[] {1, -1}, slopes);
        assertThat(loss).isEqualTo((0.125 + 2.5) / 2);
        assertThat(slopes).isDeepEqualTo(new double[][] {{0.25, 0}, {0, -0.5}});
    }

    @Test
    void masksKeepTheirShareOfEachLayer() {
        assertThat(MASK.inputs()[0]).hasSize(14);
        assertThat(MASK.inputs()[1]).hasSize(21);
        assertThat(MASK.inputs()[2]).hasSize(6);
        assertThat(kept().cardinality()).isEqualTo(14 + 21 + 6 + 7 + 6 + 2);
        assertThat(Links.dense(LAYOUT).count()).isEqualTo(4 * 7 + 7 * 6 + 6 * 2);
        assertThat(Links.random(LAYOUT, 0.5, STREAM.child("other")).inputs()[1]).isNotEqualTo(MASK.inputs()[1]);
    }

    @Test
    void membersGiveTheirMeanOrTheirMinimum() {
        Links other = Links.random(LAYOUT, 0.5, STREAM.child("other"));
        Members members = new Members(LAYOUT, List.of(parameters()), List.of(MASK, other));
        QNetwork network = network();
        double[] one = network.forward(members.of(0), MASK)[1].clone();
        double[] two = network.forward(members.of(1), other)[1].clone();
        double[][] mean = new double[2][LANES];
        double[][] least = new double[2][LANES];
        members.values(network, false, mean);
        members.values(network, true, least);
        for (int lane = 0; lane < LANES; lane++) {
            assertThat(mean[1][lane]).isCloseTo((one[lane] + two[lane]) / 2, within(1e-15));
            assertThat(least[1][lane]).isEqualTo(Math.min(one[lane], two[lane]));
        }
        assertThat(least[1]).isNotEqualTo(mean[1]);
    }
}
