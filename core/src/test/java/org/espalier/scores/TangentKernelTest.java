package org.espalier.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.espalier.dynamic.Distribution;
import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.engine.precise.DoublePass;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Trainer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TangentKernelTest {
    private static final int EXAMPLES = 4;

    private static double[][] draw(String name, int rows, int columns, double scale) {
        double[][] values = new double[rows][columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                values[r][c] = scale * (2 * (double) Stream.root(6).child(name).uniform(1000L * r + c) - 1);
            }
        }
        return values;
    }

    private static double[][] matrices(Architecture architecture, String name) {
        double[][] matrices = new double[architecture.layers()][];
        for (int layer = 0; layer < matrices.length; layer++) {
            matrices[layer] = draw(name + layer, 1, architecture.weights(layer), 0.8)[0];
        }
        return matrices;
    }

    private static double[][] biases(Architecture architecture, String name) {
        double[][] biases = new double[architecture.layers()][];
        for (int layer = 0; layer < biases.length; layer++) {
            biases[layer] = architecture.bias(layer)
                    ? draw(name + "bias" + layer, 1, architecture.outputs(layer), 0.2)[0]
                    : new double[0];
        }
        return biases;
    }

    /** Against the Jacobian, one logit of one example after the other. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theKernelIsTheProductOfJacobians(boolean bias) {
        Architecture architecture = new Architecture(List.of(5, 4, 4, 3), bias);
        double[][] weights = matrices(architecture, "a");
        double[][] biases = biases(architecture, "a");
        double[][] inputs = draw("inputs", EXAMPLES, 5, 1);
        TangentKernel kernel = new TangentKernel(architecture, EXAMPLES);
        kernel.forward(weights, biases, inputs);
        Map<String, double[]> values = DoublePass.values(new Weights(architecture));
        for (int layer = 0; layer < 3; layer++) {
            values.put(architecture.node(layer) + ".weight", weights[layer]);
            if (bias) {
                values.put(architecture.node(layer) + ".bias", biases[layer]);
            }
        }
        double[] found = new double[9];
        for (int x = 0; x < EXAMPLES; x++) {
            for (int y = 0; y < EXAMPLES; y++) {
                kernel.of(x, y, found);
                for (int c = 0; c < 3; c++) {
                    for (int d = 0; d < 3; d++) {
                        double[] first = jacobian(architecture, values, inputs[x], c);
                        double[] second = jacobian(architecture, values, inputs[y], d);
                        double expected = 0;
                        for (int i = 0; i < first.length; i++) {
                            expected += first[i] * second[i];
                        }
                        assertThat(found[c * 3 + d]).isCloseTo(expected, within(1e-10));
                    }
                }
            }
        }
    }

    /** Against the Jacobian's columns of surviving weights and biases; a mask that keeps everything gives the whole kernel. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theKernelOfSurvivingWeightsIsTheProductOfTheirJacobians(boolean bias) {
        Architecture architecture = new Architecture(List.of(5, 4, 4, 3), bias);
        double[][] inputs = positive(draw("inputs", EXAMPLES, 5, 1));
        Mask mask = Distribution.UNIFORM.draw(architecture, 0.4, Stream.root(2));
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(4));
        for (int layer = 0; layer < 3; layer++) {
            for (int i = 0; i < weights.matrix(layer).length; i++) {
                weights.matrix(layer)[i] = Math.abs(weights.matrix(layer)[i]) - 0.05f; // few ReLUs are closed
            }
            for (int o = 0; o < weights.biases(layer).length; o++) {
                weights.biases(layer)[o] = 0.1f * o;
            }
        }
        weights.apply(mask);
        TangentKernel kernel = new TangentKernel(architecture, EXAMPLES);
        kernel.forward(weights, inputs);
        Map<String, double[]> values = DoublePass.values(weights);
        double[] found = new double[9];
        double[] whole = new double[9];
        double most = 0;
        for (int x = 0; x < EXAMPLES; x++) {
            for (int y = 0; y < EXAMPLES; y++) {
                kernel.of(x, y, new TangentKernel.Kept(Mask.dense(architecture)), found);
                kernel.of(x, y, whole);
                assertThat(found).containsExactly(whole, within(1e-12));
                kernel.of(x, y, new TangentKernel.Kept(mask), found);
                for (int at = 0; at < 9; at++) {
                    DoublePass first = backward(architecture, values, inputs[x], at / 3);
                    DoublePass second = backward(architecture, values, inputs[y], at % 3);
                    double expected = 0;
                    for (String name : values.keySet()) {
                        double[] of = first.gradient(name);
                        for (int i = 0; i < of.length; i++) {
                            boolean moves = name.endsWith(".bias")
                                    || mask.survivors(name).get(i);
                            expected += moves ? of[i] * second.gradient(name)[i] : 0;
                        }
                    }
                    assertThat(found[at]).isCloseTo(expected, within(1e-10));
                    most = Math.max(most, Math.abs(whole[at] - found[at]));
                }
            }
        }
        assertThat(most).isGreaterThan(0.01);
    }

    private static double[][] positive(double[][] values) {
        for (double[] row : values) {
            Arrays.setAll(row, i -> Math.abs(row[i]));
        }
        return values;
    }

    private static DoublePass backward(
            Architecture architecture, Map<String, double[]> values, double[] input, int logit) {
        DoublePass pass = new DoublePass(architecture.graph(), values, new double[][] {input});
        double[][] slopes = new double[1][3];
        slopes[0][logit] = 1;
        pass.backward(slopes);
        return pass;
    }

    private static double[] jacobian(
            Architecture architecture, Map<String, double[]> values, double[] input, int logit) {
        DoublePass pass = backward(architecture, values, input, logit);
        return values.keySet().stream()
                .flatMapToDouble(name -> Arrays.stream(pass.gradient(name)))
                .toArray();
    }

    /** Against differences of the distance, weight by weight. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theGradientOfTheDistanceIsThatOfDifferences(boolean bias) {
        Architecture architecture = new Architecture(List.of(5, 4, 4, 3), bias);
        double[][] inputs = draw("inputs", EXAMPLES, 5, 1);
        TangentKernel teacher = new TangentKernel(architecture, EXAMPLES);
        teacher.forward(matrices(architecture, "teacher"), biases(architecture, "teacher"), inputs);
        double[][] weights = matrices(architecture, "a");
        double[][] biases = biases(architecture, "a");
        double[][] ofWeights = zeros(weights);
        double[][] ofBiases = zeros(biases);
        distance(architecture, teacher, weights, biases, inputs, ofWeights, ofBiases);
        double largest = 0;
        for (double[][][] pair : new double[][][][] {{weights, ofWeights}, {biases, ofBiases}}) {
            for (int layer = 0; layer < 3; layer++) {
                for (int i = 0; i < pair[0][layer].length; i++) {
                    double held = pair[0][layer][i];
                    double[] sides = new double[2];
                    for (int side = 0; side < 2; side++) {
                        pair[0][layer][i] = held + (2 * side - 1) * 1e-6;
                        sides[side] =
                                distance(architecture, teacher, weights, biases, inputs, zeros(weights), zeros(biases));
                    }
                    pair[0][layer][i] = held;
                    double expected = (sides[1] - sides[0]) / 2e-6;
                    assertThat(pair[1][layer][i]).isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
                    largest = Math.max(largest, Math.abs(expected));
                }
            }
        }
        assertThat(largest).isGreaterThan(0.01);
    }

    private static double[][] zeros(double[][] like) {
        return Arrays.stream(like).map(row -> new double[row.length]).toArray(double[][]::new);
    }

    private static double distance(
            Architecture architecture,
            TangentKernel teacher,
            double[][] weights,
            double[][] biases,
            double[][] inputs,
            double[][] ofWeights,
            double[][] ofBiases) {
        TangentKernel student = new TangentKernel(architecture, EXAMPLES);
        student.forward(weights, biases, inputs);
        return KernelMatch.distance(teacher, student, 0.7, ofWeights, ofBiases);
    }

    @org.junit.jupiter.api.Test
    void theSearchBringsKernelsNearerAndKeepsItsCounts() {
        NeuralTangentTransfer rule = new NeuralTangentTransfer(0.3, Distribution.UNIFORM, 0.8, 0.1, 0, 0.01, 20);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Weights origin = engine.weights();
        Trainer trainer = MaskTrainings.trainer(engine, rule, 100);
        trainer.step();
        double before = distance(engine.weights(), origin);
        trainer.runUntil(80);
        assertThat(distance(engine.weights(), origin)).isLessThan(0.7 * before);
        Mask mask = trainer.mask();
        assertThat(mask.count()).isEqualTo(96 + 58 + 14);
        Weights found = engine.weights();
        trainer.runUntil(100);
        assertThat(trainer.mask()).isEqualTo(mask);
        assertThat(engine.weights()).isNotEqualTo(found);
    }

    private static double distance(Weights weights, Weights origin) {
        double[][] inputs = positive(draw("held out", 6, NETWORK.inputs(), 1)); // as pixels are
        TangentKernel teacher = new TangentKernel(NETWORK, 6);
        TangentKernel student = new TangentKernel(NETWORK, 6);
        teacher.forward(origin, inputs);
        student.forward(weights, inputs);
        return KernelMatch.distance(
                teacher,
                student,
                0.1,
                new double[][] {new double[320], new double[192], new double[48]},
                new double[][] {new double[16], new double[12], new double[4]});
    }

    @org.junit.jupiter.api.Test
    void convolutionsAreRefused() {
        Architecture convolutions = new Architecture(new GraphBuilder(Shape.of(1, 4, 4))
                .conv("c", 2, 3, 1, 1, true)
                .linear("out", 3)
                .build());
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new NeuralTangentTransfer(0.3, Distribution.UNIFORM, 0.5, 0.1, 0, 0.01, 20).check(convolutions))
                .withMessageContaining("fully connected networks only");
    }
}
