package org.espalier.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.engine.graph.GraphCases;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of every layer against finite differences of its values, both in float64. */
class ReferenceGraphTest {
    private static final org.espalier.random.Stream STREAM = org.espalier.random.Stream.root(12);
    private static final int EXAMPLES = 5;
    private static final double STEP = 1e-6;

    static Stream<Arguments> cases() {
        return GraphCases.all().keySet().stream()
                .flatMap(name -> Stream.of(true, false).map(training -> Arguments.of(name, training)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreFiniteDifferences(String name, boolean training) {
        Architecture network = Objects.requireNonNull(GraphCases.all().get(name));
        Weights weights = GraphCases.weights(network, Mask.dense(network), STREAM.child("weights"));
        Map<String, double[]> parameters = new LinkedHashMap<>();
        for (Parameter parameter : network.graph().parameters()) {
            float[] values = weights.values(parameter.name());
            double[] wide = new double[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            parameters.put(parameter.name(), wide);
        }
        double[][] inputs = random(network.inputs(), STREAM.child("inputs"));
        double[][] slopes = random(network.classes(), STREAM.child("slopes"));
        ReferenceGraph graph = new ReferenceGraph(network.graph(), parameters, inputs, training);
        double[][] back = graph.backward(slopes);
        for (Parameter parameter : network.graph().parameters()) {
            if (parameter.role().trained()) {
                double[] values = Objects.requireNonNull(parameters.get(parameter.name()));
                for (int i = 0; i < values.length; i += Math.max(1, values.length / 7)) {
                    double slope = slope(network, parameters, inputs, slopes, training, values, i);
                    assertThat(graph.gradient(parameter.name())[i])
                            .as("%s at %d", parameter.name(), i)
                            .isCloseTo(slope, within(1e-5 * Math.max(1, Math.abs(slope))));
                }
            }
        }
        for (int e = 0; e < EXAMPLES; e++) {
            for (int i = 0; i < network.inputs(); i += Math.max(1, network.inputs() / 7)) {
                double slope = slope(network, parameters, inputs, slopes, training, inputs[e], i);
                assertThat(back[e][i])
                        .as("input %d of example %d", i, e)
                        .isCloseTo(slope, within(1e-5 * Math.max(1, Math.abs(slope))));
            }
        }
    }

    private static double slope(
            Architecture network,
            Map<String, double[]> parameters,
            double[][] inputs,
            double[][] slopes,
            boolean training,
            double[] values,
            int i) {
        double held = values[i];
        values[i] = held + STEP;
        double up = loss(new ReferenceGraph(network.graph(), parameters, inputs, training), slopes);
        values[i] = held - STEP;
        double down = loss(new ReferenceGraph(network.graph(), parameters, inputs, training), slopes);
        values[i] = held;
        return (up - down) / (2 * STEP);
    }

    private static double loss(ReferenceGraph graph, double[][] slopes) {
        double loss = 0;
        for (int e = 0; e < slopes.length; e++) {
            for (int c = 0; c < slopes[e].length; c++) {
                loss += slopes[e][c] * graph.logits()[e][c];
            }
        }
        return loss;
    }

    private static double[][] random(int width, org.espalier.random.Stream stream) {
        double[][] values = new double[EXAMPLES][width];
        for (int e = 0; e < EXAMPLES; e++) {
            for (int i = 0; i < width; i++) {
                values[e][i] = stream.uniform((long) e * width + i);
            }
        }
        return values;
    }
}
