package org.espalier.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.reference.ReferenceGraphBounds;
import org.espalier.engine.reference.ReferenceGraphEngine;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bounds of any graph and their gradients: the float64 reference by finite differences, the engine by the reference. */
class GraphBoundsTest {
    private static final org.espalier.random.Stream STREAM = org.espalier.random.Stream.root(23);
    private static final int EXAMPLES = 71; // one whole panel and a few lanes of the next
    private static final float EPSILON = 0.06f;

    /** The engine's cases, and what only bounds tell apart. */
    private static Map<String, Architecture> networks() {
        Map<String, Architecture> all = new LinkedHashMap<>(GraphCases.all());
        all.put(
                "chain with ReLUs after all kinds of layers",
                new Architecture(new GraphBuilder(Shape.of(2, 6, 5))
                        .add("normalise", new Operation.Normalise(List.of(0.5f, 0.4f), List.of(0.2f, 0.3f)))
                        .conv("conv1", 3, 3, 2, 1, true)
                        .relu("relu1")
                        .conv("conv2", 4, 2, 1, 1, true)
                        .add("flatten", new Operation.Flatten())
                        .relu("relu2")
                        .linear("fc1", 7)
                        .linear("fc2", 5)
                        .relu("relu3")
                        .linear("fc3", 3)
                        .build()));
        all.put(
                "means that overlap, ReLU after a sum of one value and itself",
                new Architecture(new GraphBuilder(Shape.of(2, 7, 6))
                        .conv("conv1", 3, 3, 1, 1, true)
                        .add("mean1", new Operation.AveragePool(3, 2, 1))
                        .relu("relu1")
                        .sum("twice", "relu1")
                        .relu("relu2")
                        .linear("fc", 3)
                        .build()));
        all.put(
                "pools of pixels, of ReLUs, and before a border",
                new Architecture(new GraphBuilder(Shape.of(2, 7, 6))
                        .add("pool1", new Operation.MaxPool(2, 1, 0))
                        .conv("conv1", 3, 3, 1, 1, true)
                        .relu("relu1")
                        .add("pool2", new Operation.MaxPool(3, 2, 1))
                        .conv("conv2", 4, 2, 1, 1, true)
                        .relu("relu2")
                        .maxPool("pool3", 2)
                        .linear("fc", 3)
                        .build()));
        all.put(
                "logits of a convolution",
                new Architecture(new GraphBuilder(Shape.of(2, 4, 4))
                        .conv("conv1", 3, 3, 1, 1, true)
                        .relu("relu1")
                        .conv("conv2", 3, 3, 1, 0, true)
                        .add("mean", new Operation.GlobalAveragePool())
                        .build()));
        all.put(
                "logits of a flat convolution",
                new Architecture(new GraphBuilder(Shape.of(2, 4, 4))
                        .conv("conv1", 3, 3, 1, 1, true)
                        .relu("relu1")
                        .conv("conv2", 3, 4, 1, 0, true)
                        .add("flatten", new Operation.Flatten())
                        .build()));
        return all;
    }

    private static Architecture network(String name) {
        return Objects.requireNonNull(networks().get(name));
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        networks().forEach((name, network) -> {
            for (double density : new double[] {1, 0.4, 0}) {
                for (float share : new float[] {0, 0.3f, 1}) {
                    cases.add(Arguments.of(name, density, share));
                }
            }
        });
        return cases.stream();
    }

    /** Weights with scales of both signs. */
    private static Weights weights(Architecture network, Mask mask) {
        Weights weights = GraphCases.weights(network, mask, STREAM.child("weights"));
        for (Parameter parameter : network.graph().parameters()) {
            float[] values = weights.values(parameter.name());
            for (int i = 0; parameter.role() == Parameter.Role.SCALE && i < values.length; i += 2) {
                values[i] = -values[i];
            }
        }
        return weights;
    }

    private static Map<String, double[]> zeros(Map<String, double[]> like) {
        Map<String, double[]> zeros = new LinkedHashMap<>();
        like.forEach((name, values) -> zeros.put(name, new double[values.length]));
        return zeros;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theReferencesGradientIsThatOfFiniteDifferences(String name, double density, float share) {
        Architecture network = network(name);
        Mask mask = GraphCases.mask(network, density, STREAM.child("mask"));
        Weights weights = weights(network, mask);
        Map<String, double[]> parameters = new LinkedHashMap<>();
        for (Parameter parameter : network.graph().parameters()) {
            float[] values = weights.values(parameter.name());
            double[] doubles = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                // Noise keeps statistics and biases off the values at which a bound bends.
                double noise =
                        1e-3 * STREAM.child("noise").child(parameter.name()).uniform(i);
                doubles[i] = values[i] == 0 ? 0 : values[i] + noise;
            }
            parameters.put(parameter.name(), doubles);
        }
        double[] input = new double[network.inputs()];
        for (int i = 0; i < input.length; i++) {
            input[i] = STREAM.child("input").uniform(i);
        }
        double[] direction = {0.7, -0.4, 1.1, 0.3};
        Map<String, double[]> gradients = zeros(parameters);
        bounds(network, parameters, input, share).addGradient(direction(network, direction), gradients);
        for (Parameter parameter : network.graph().parameters()) {
            double[] values = Objects.requireNonNull(parameters.get(parameter.name()));
            double[] computed = Objects.requireNonNull(gradients.get(parameter.name()));
            int tried = network.weights() > 10_000 ? 3 : 30;
            for (int k = 0; parameter.role().trained() && k < tried; k++) {
                int i = values.length <= tried ? k : STREAM.child("pick").below(values.length, k);
                if (i >= values.length || parameter.prunable() && values[i] == 0) {
                    continue; // the bound bends there
                }
                double centre = values[i];
                double step = 1e-7;
                values[i] = centre + step;
                double above = value(network, parameters, input, share, direction);
                values[i] = centre - step;
                double below = value(network, parameters, input, share, direction);
                values[i] = centre;
                // The difference of two large sums is rounded as they are.
                double size = Math.max(1, Math.max(Math.abs(computed[i]), 0.01 * Math.abs(above)));
                assertThat(computed[i])
                        .as("%s %s at %d", name, parameter.name(), i)
                        .isCloseTo((above - below) / (2 * step), within(1e-5 * size));
            }
        }
        if (density == 1) {
            assertThat(gradients.values().stream()
                            .flatMapToDouble(java.util.Arrays::stream)
                            .filter(g -> g != 0)
                            .count())
                    .isGreaterThan(2);
        }
    }

    private static ReferenceGraphBounds bounds(
            Architecture network, Map<String, double[]> parameters, double[] input, double share) {
        return new ReferenceGraphBounds(network.graph(), parameters, input, EPSILON, share, 1);
    }

    private static double[] direction(Architecture network, double[] direction) {
        return java.util.Arrays.copyOf(direction, network.classes());
    }

    private static double value(
            Architecture network, Map<String, double[]> parameters, double[] input, double share, double[] direction) {
        double[] worst = bounds(network, parameters, input, share).worst();
        double sum = 0;
        for (int c = 0; c < worst.length; c++) {
            sum += direction[c] * worst[c];
        }
        return sum;
    }

    private static GraphEngine engine(String name, KernelMode mode, Kernels kernels) {
        DenseOrSparsePolicy policy = mode == KernelMode.SPARSE ? DenseOrSparsePolicy.SPARSE : DenseOrSparsePolicy.DENSE;
        return new GraphEngine(network(name), kernels, mode, policy);
    }

    private record Result(float[] worst, Weights gradient, Weights weights) {}

    private static Result run(String name, double density, float share, BoundEngine engine) {
        Mask mask = GraphCases.mask(network(name), density, STREAM.child("mask"));
        engine.load(weights(network(name), mask), mask);
        return run(share, engine, engine.newBoundBuffers(EXAMPLES, share > 0), true);
    }

    /** The natural part's gradient and the worst case's together, with the same outer gradient for all engines. */
    private static Result run(float share, BoundEngine engine, BoundBuffers buffers, boolean natural) {
        Architecture network = engine.architecture();
        ActivationBuffers images = buffers.natural();
        ActivationPanels clean = new ActivationPanels(network.inputs(), EXAMPLES);
        GraphCases.fill(clean, EXAMPLES, 0f, 1f, STREAM.child("images"));
        images.input().copy(clean, 0, 0, 2);
        int[] labels = new int[EXAMPLES];
        for (int e = 0; e < EXAMPLES; e++) {
            labels[e] = STREAM.child("labels").below(network.classes(), e);
        }
        images.batch(0, 2, EXAMPLES);
        engine.forward(images, 0, 2, Mode.TRAINING);
        engine.boundMargins(buffers, EPSILON, share, labels, 0, EXAMPLES);
        float[] worst = new float[network.classes() * EXAMPLES];
        for (int c = 0; c < network.classes(); c++) {
            for (int e = 0; e < 128; e++) {
                boolean example = e < EXAMPLES;
                boolean own = example && labels[e] == c;
                if (example) {
                    worst[c * EXAMPLES + e] = buffers.marginBounds().get(c, e);
                }
                float others = (0.3f + 0.002f * e) / (network.classes() - 1);
                images.logitGradient().set(c, e, !example ? 0f : own ? -0.75f : 0.25f + 0.001f * e);
                buffers.marginBoundGradients().set(c, e, !example ? 0f : own ? -(0.3f + 0.002f * e) : others);
            }
        }
        engine.backward(buffers, natural);
        return new Result(worst, engine.gradient(), engine.weights());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theEngineAgreesWithTheReference(String name, double density, float share) {
        Result expected = run(name, density, share, new ReferenceGraphEngine(network(name)));
        Result actual = run(name, density, share, engine(name, KernelMode.AUTO, KernelChoice.chosen()));
        assertClose(actual.worst, expected.worst, 1e-5, name + " bounds");
        Mask mask = GraphCases.mask(network(name), density, STREAM.child("mask"));
        for (Parameter parameter : network(name).graph().parameters()) {
            float[] gradient = actual.gradient.values(parameter.name());
            // The slopes' gradients divide differences of float32 bounds by the bounds' distance.
            double bound = share == 0 ? 3e-5 : 3e-4;
            assertClose(gradient, expected.gradient.values(parameter.name()), bound, name + " " + parameter.name());
            for (int i = 0; parameter.prunable() && i < gradient.length; i++) {
                if (!mask.survivors(parameter.name()).get(i)) {
                    assertThat(gradient[i]).as("pruned").isZero();
                }
            }
        }
    }

    private static void assertClose(float[] actual, float[] expected, double bound, String what) {
        double largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("%s at %d", what, i).isCloseTo(expected[i], within(bound * largest));
        }
    }

    /** Dense, sparse, chosen and scalar give the same bits, after an update, too, and without the natural part. */
    @ParameterizedTest
    @MethodSource("cases")
    void allFormsGiveTheSameBits(String name, double density, float share) {
        Result expected = trained(name, density, share, engine(name, KernelMode.DENSE, KernelChoice.chosen()));
        for (KernelMode mode : KernelMode.values()) {
            for (Kernels kernels : new Kernels[] {KernelChoice.chosen(), new ScalarKernels()}) {
                Result tried = trained(name, density, share, engine(name, mode, kernels));
                assertThat(tried.worst).as("%s %s", name, mode).isEqualTo(expected.worst);
                assertThat(tried.gradient).as("%s %s", name, mode).isEqualTo(expected.gradient);
                assertThat(tried.weights).as("%s %s", name, mode).isEqualTo(expected.weights);
            }
        }
    }

    private static Result trained(String name, double density, float share, BoundEngine engine) {
        run(name, density, share, engine);
        engine.update(new Update.Adam(0.01f, 0.9f, 0.999f, 1e-7f, 0, 0));
        return run(share, engine, engine.newBoundBuffers(EXAMPLES, share > 0), false);
    }

    /** No input of the ball, corners included, has a margin above its bound. */
    @ParameterizedTest
    @MethodSource("cases")
    void nothingInTheBallIsAboveABound(String name, double density, float share) {
        GraphEngine engine = engine(name, KernelMode.SPARSE, KernelChoice.chosen());
        Architecture network = network(name);
        Mask mask = GraphCases.mask(network, density, STREAM.child("mask"));
        engine.load(weights(network, mask), mask);
        BoundBuffers buffers = engine.newBoundBuffers(64, share > 0);
        ActivationPanels clean = buffers.natural().input();
        GraphCases.fill(clean, 64, 0f, 1f, STREAM.child("clean"));
        int[] labels = new int[64];
        engine.boundMargins(buffers, EPSILON, share, labels, 0, 64);
        ActivationBuffers points = engine.newBuffers(64);
        for (int draw = 0; draw < 40; draw++) {
            for (int f = 0; f < network.inputs(); f++) {
                for (int e = 0; e < 64; e++) {
                    float u = 2 * STREAM.child("draw").child(draw).uniform(64L * f + e) - 1;
                    float moved = clean.get(f, e) + EPSILON * (draw % 2 == 0 ? Math.signum(u) : u);
                    points.input().set(f, e, Math.clamp(moved, 0f, 1f));
                }
            }
            engine.forward(points, 0, 1);
            for (int e = 0; e < 64; e++) {
                for (int c = 1; c < network.classes(); c++) {
                    double margin = points.logits().get(c, e) - points.logits().get(0, e);
                    double bound = buffers.marginBounds().get(c, e);
                    assertThat(margin).as("%s, class %d", name, c).isLessThanOrEqualTo(bound + 1e-4);
                }
            }
        }
    }

    /** A single convolution is affine, so its worst case is a corner. */
    @Test
    void theWorstCaseOfAnAffineNetworkIsExact() {
        Architecture network = new Architecture(new GraphBuilder(Shape.of(1, 3, 3))
                .conv("conv1", 2, 2, 1, 0, true)
                .linear("fc", 2)
                .build());
        GraphEngine engine =
                new GraphEngine(network, KernelChoice.chosen(), KernelMode.DENSE, DenseOrSparsePolicy.DENSE);
        engine.load(InitialWeights.KAIMING_NORMAL.draw(network, STREAM), Mask.dense(network));
        BoundBuffers buffers = engine.newBoundBuffers(1, true);
        for (int i = 0; i < 9; i++) {
            buffers.natural().input().set(i, 0, 0.5f);
        }
        engine.boundMargins(buffers, 0.125f, 1f, new int[] {0}, 0, 1);
        double most = Double.NEGATIVE_INFINITY;
        ActivationBuffers points = engine.newBuffers(512);
        for (int e = 0; e < 512; e++) {
            for (int i = 0; i < 9; i++) {
                points.input().set(i, e, 0.5f + ((e >> i & 1) == 0 ? -0.125f : 0.125f));
            }
        }
        engine.forward(points, 0, 8);
        for (int e = 0; e < 512; e++) {
            most = Math.max(most, points.logits().get(1, e) - points.logits().get(0, e));
        }
        assertThat((double) buffers.marginBounds().get(1, 0)).isCloseTo(most, within(1e-5));
    }

    /** Buffers keep nothing of another mask or of a larger batch. */
    @Test
    void buffersMayOutliveAMaskAndALargerBatch() {
        String name = "stride 2, kernel 4";
        for (KernelMode mode : KernelMode.values()) {
            GraphEngine engine = engine(name, mode, KernelChoice.chosen());
            BoundBuffers buffers = engine.newBoundBuffers(4 * EXAMPLES, true);
            Mask dense = Mask.dense(network(name));
            engine.load(weights(network(name), dense), dense);
            ActivationPanels inputs = buffers.natural().input();
            GraphCases.fill(inputs, 4 * EXAMPLES, 0f, 1f, STREAM.child("many"));
            engine.boundMargins(buffers, 0.2f, 0.5f, new int[4 * EXAMPLES], 0, 4 * EXAMPLES);
            ActivationPanels outer = buffers.marginBoundGradients();
            GraphCases.fill(outer, 4 * EXAMPLES, -1f, 1f, STREAM.child("outer"));
            engine.backward(buffers, false);
            Mask pruned = GraphCases.mask(network(name), 0.2, STREAM.child("other mask"));
            engine.load(weights(network(name), pruned), pruned);
            Result reused = run(0.5f, engine, buffers, true);
            engine.load(weights(network(name), pruned), pruned);
            Result fresh = run(0.5f, engine, engine.newBoundBuffers(EXAMPLES, true), true);
            assertThat(reused.worst).isEqualTo(fresh.worst);
            assertThat(reused.gradient).isEqualTo(fresh.gradient);
        }
    }

    /** Windows of ReLUs, most of them off: those have equal lower bounds, and many one place that can be the maximum. */
    @Test
    void aPoolIsExactWhereOnePlaceCanBeTheMaximum() {
        Architecture network = network("max pool");
        Mask mask = GraphCases.mask(network, 1, STREAM.child("mask"));
        GraphEngine engine = engine("max pool", KernelMode.DENSE, KernelChoice.chosen());
        engine.load(weights(network, mask), mask);
        BoundBuffers buffers = engine.newBoundBuffers(EXAMPLES, true);
        GraphCases.fill(buffers.natural().input(), EXAMPLES, 0f, 1f, STREAM.child("images"));
        int[] labels = new int[EXAMPLES];
        // In so small a ball almost no ReLU bends and one place of each window leads: the bound is the difference
        // itself.
        engine.boundMargins(buffers, 1e-6f, 1, labels, 0, EXAMPLES);
        engine.forward(buffers.natural(), 0, 2);
        for (int e = 0; e < EXAMPLES; e++) {
            for (int c = 1; c < network.classes(); c++) {
                float lead = buffers.natural().logits().get(c, e)
                        - buffers.natural().logits().get(0, e);
                assertThat(buffers.marginBounds().get(c, e)).isCloseTo(lead, within(1e-4f));
            }
        }
    }

    @Test
    void otherEnginesBuffersAreRefused() {
        BoundEngine engine = engine("conv", KernelMode.DENSE, KernelChoice.chosen());
        BoundBuffers buffers = new ReferenceGraphEngine(network("conv")).newBoundBuffers(3, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.boundMargins(buffers, 0.1f, 0, new int[3], 0, 3))
                .withMessageContaining("buffers that it made itself");
    }
}
