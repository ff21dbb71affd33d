package org.espalier.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.reference.ReferenceGraphEngine;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The float32 engine of graphs against float64, and its forms against each other bit by bit. */
class GraphEngineTest {
    private static final org.espalier.random.Stream STREAM = org.espalier.random.Stream.root(11);
    private static final Update ADAM = new Update.Adam(0.01f, 0.9f, 0.999f, 1e-7f, 1e-4f, 1e-3f);

    static Stream<Arguments> cases() {
        return GraphCases.all().keySet().stream()
                .flatMap(name -> Stream.of(1.0, 0.4, 0.0).map(density -> Arguments.of(name, density)));
    }

    /** A network ready to run: in the first panel 61 examples, or as many as given, and 70 in the two after it. */
    private static final class Case {
        final int first;
        final Architecture network;
        final Mask mask;
        final Engine engine;
        final ActivationBuffers buffers;

        Case(String name, double density, Engine engine) {
            this(name, density, engine, 61);
        }

        Case(String name, double density, Engine engine, int first) {
            this.first = first;
            network = Objects.requireNonNull(GraphCases.all().get(name));
            mask = GraphCases.mask(network, density, STREAM.child("mask"));
            this.engine = engine;
            engine.load(GraphCases.weights(network, mask, STREAM.child("weights")), mask);
            buffers = engine.newBuffers(3 * ActivationPanels.LANES);
            buffers.batch(0, 1, first);
            buffers.batch(1, 2, 70);
            GraphCases.fill(buffers.input(), 192, 0f, 1f, STREAM.child("inputs"));
            GraphCases.fill(buffers.logitGradient(), 192, -1f, 1f, STREAM.child("gradient"));
            for (int c = 0; c < network.classes(); c++) {
                for (int e = 0; e < 192; e++) {
                    boolean padding = e >= first && e < 64 || e >= 64 + 70;
                    buffers.logitGradient()
                            .set(c, e, padding ? 0f : buffers.logitGradient().get(c, e));
                }
            }
        }

        void pass(Mode mode, Gradients wanted) {
            engine.forward(buffers, 0, 3, mode);
            engine.backward(buffers, 0, 3, wanted);
        }
    }

    private static Architecture network(String name) {
        return Objects.requireNonNull(GraphCases.all().get(name));
    }

    private static Engine engine(String name, KernelMode mode, Kernels kernels) {
        DenseOrSparsePolicy policy = mode == KernelMode.SPARSE ? DenseOrSparsePolicy.SPARSE : DenseOrSparsePolicy.DENSE;
        return new GraphEngine(network(name), kernels, mode, policy);
    }

    private static boolean example(int e, Mode mode, int first) {
        return mode == Mode.EVALUATION || e < first || e >= 64 && e < 64 + 70;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithFloat64(String name, double density) {
        agreesWithFloat64(name, density, 61);
    }

    /** Batch norm of flat values then has a variance of 0. */
    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithFloat64OnABatchOfOne(String name, double density) {
        agreesWithFloat64(name, density, 1);
    }

    private static void agreesWithFloat64(String name, double density, int first) {
        for (Mode mode : Mode.values()) {
            Case truth = new Case(name, density, new ReferenceGraphEngine(network(name)), first);
            // Two passes back serve all kinds.
            truth.pass(mode, Gradients.ALL_WEIGHTS);
            Weights all = truth.engine.gradient();
            truth.engine.backward(truth.buffers, 0, 3, Gradients.WEIGHTS_AND_INPUTS);
            Weights surviving = truth.engine.gradient();
            for (Gradients wanted : Gradients.values()) {
                Case tried = new Case(name, density, engine(name, KernelMode.AUTO, KernelChoice.chosen()), first);
                tried.pass(mode, wanted);
                assertClose(truth.buffers.logits(), tried.buffers.logits(), mode, first, name + " logits");
                if (wanted.inputs()) {
                    assertClose(
                            truth.buffers.inputGradient(),
                            tried.buffers.inputGradient(),
                            mode,
                            first,
                            name + " inputs");
                }
                if (wanted.weights()) {
                    assertClose(
                            wanted == Gradients.ALL_WEIGHTS ? all : surviving,
                            tried.engine.gradient(),
                            name + " " + mode + " " + wanted);
                }
                assertClose(truth.engine.weights(), tried.engine.weights(), name + " statistics");
            }
        }
    }

    private static void assertClose(ActivationPanels truth, ActivationPanels tried, Mode mode, int first, String what) {
        for (int f = 0; f < truth.features(); f++) {
            for (int e = 0; e < 192; e++) {
                if (example(e, mode, first)) {
                    assertThat(tried.get(f, e))
                            .as("%s, feature %d of example %d", what, f, e)
                            .isCloseTo(truth.get(f, e), within(2e-4f * Math.max(1, Math.abs(truth.get(f, e)))));
                }
            }
        }
    }

    private static void assertClose(Weights truth, Weights tried, String what) {
        for (Parameter parameter : truth.graph().parameters()) {
            float[] a = truth.values(parameter.name());
            float[] b = tried.values(parameter.name());
            for (int i = 0; i < a.length; i++) {
                assertThat(b[i])
                        .as("%s of %s at %d", what, parameter.name(), i)
                        .isCloseTo(a[i], within(2e-3f * Math.max(1, Math.abs(a[i]))));
            }
        }
    }

    /** Dense, sparse, chosen and scalar: two updates with attacks in between give the same bits. */
    @ParameterizedTest
    @MethodSource("cases")
    void allFormsGiveTheSameBits(String name, double density) {
        Weights expected = trained(new Case(name, density, engine(name, KernelMode.DENSE, KernelChoice.chosen())));
        for (KernelMode mode : KernelMode.values()) {
            assertThat(trained(new Case(name, density, engine(name, mode, KernelChoice.chosen()))))
                    .as("%s %s", name, mode)
                    .isEqualTo(expected);
            assertThat(trained(new Case(name, density, engine(name, mode, new ScalarKernels()))))
                    .as("%s %s, scalar", name, mode)
                    .isEqualTo(expected);
        }
    }

    private static Weights trained(Case run) {
        ActivationPanels clean = new ActivationPanels(run.network.inputs(), 192);
        clean.copy(run.buffers.input(), 0, 0, 3);
        for (int update = 0; update < 2; update++) {
            run.engine.forward(run.buffers, 0, 3);
            run.engine.perturb(run.buffers, 0, 3, new StepRule.Sign(0.05f, 0.1f), clean, 0, run.buffers.input(), 0);
            run.pass(Mode.TRAINING, Gradients.WEIGHTS);
            run.engine.update(ADAM);
        }
        run.pass(Mode.EVALUATION, Gradients.ALL_WEIGHTS);
        Weights all = run.engine.weights();
        Weights gradient = run.engine.gradient();
        Weights moment = run.engine.moment(1);
        for (Parameter parameter : run.network.graph().parameters()) {
            float[] values = all.values(parameter.name());
            for (int i = 0; i < values.length; i++) {
                values[i] += gradient.values(parameter.name())[i] + moment.values(parameter.name())[i];
            }
        }
        return all;
    }

    /** Updates of both engines go the same way, and pruned weights stay zero. */
    @ParameterizedTest
    @MethodSource("cases")
    void updatesAgreeWithFloat64(String name, double density) {
        Case truth = new Case(name, density, new ReferenceGraphEngine(network(name)));
        Case tried = new Case(name, density, engine(name, KernelMode.AUTO, KernelChoice.chosen()));
        for (Case run : new Case[] {truth, tried}) {
            run.pass(Mode.TRAINING, Gradients.WEIGHTS);
            run.engine.update(new Update.Momentum(0.01f, 0.9f, 1e-4f, 1e-3f));
        }
        assertClose(truth.engine.weights(), tried.engine.weights(), name);
        Weights after = tried.engine.weights();
        for (int layer = 0; layer < tried.network.layers(); layer++) {
            for (int i = 0; i < tried.network.weights(layer); i++) {
                if (!tried.mask.keeps(layer, i)) {
                    assertThat(Float.floatToRawIntBits(after.matrix(layer)[i])).isZero();
                }
            }
        }
    }

    @Test
    void momentsAndWeightsComeBackAsTheyWere() {
        Case run = new Case("batch norm", 0.4, engine("batch norm", KernelMode.SPARSE, KernelChoice.chosen()));
        run.pass(Mode.TRAINING, Gradients.WEIGHTS);
        run.engine.update(ADAM);
        Engine other = engine("batch norm", KernelMode.DENSE, KernelChoice.chosen());
        other.load(run.engine.weights(), run.mask);
        other.loadMoments(run.engine.moment(0), run.engine.moment(1));
        assertThat(other.weights()).isEqualTo(run.engine.weights());
        assertThat(other.moment(0)).isEqualTo(run.engine.moment(0));
        assertThat(other.moment(1)).isEqualTo(run.engine.moment(1));
    }
}
