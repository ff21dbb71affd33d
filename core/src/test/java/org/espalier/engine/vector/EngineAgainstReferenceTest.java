package org.espalier.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Update;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The float32 engine, with the kernels of this machine, against the float64 reference at awkward shapes and densities.
 * Bounds grow with the length of the sums: a chain of n float32 multiply-adds errs by at most n 2^-24 of the sum of
 * the terms' magnitudes.
 */
class EngineAgainstReferenceTest {
    private static final int EXAMPLES = 71; // one whole panel and a few lanes of the next

    @ParameterizedTest
    @CsvSource({
        "1-1, 1, false",
        "6-13-2, 1, true",
        "13-6-3, 0.5, false",
        "207-31-17-10, 1, false",
        "207-31-17-10, 0.2, true",
        "64-80-5, 0.03, false",
        "50-33-20-11-4, 0.6, true",
        "784-30-20-10, 0.05, false",
        "9-7-3, 0, true"
    })
    void forwardAndGradientsAgree(String shape, double density, boolean biases) {
        Architecture architecture = new Architecture(
                Arrays.stream(shape.split("-")).map(Integer::valueOf).toList(), biases);
        Stream stream = Stream.root(11).child(shape);
        Mask mask = RandomCases.mask(architecture, density, stream);
        Weights weights = RandomCases.weights(architecture, stream);
        Engine reference = new ReferenceEngine(architecture);
        for (DenseOrSparsePolicy policy : RandomCases.POLICIES) {
            Engine engine = new VectorEngine(architecture, KernelChoice.chosen(), policy);
            Result expected = run(reference, architecture, weights, mask, stream);
            Result actual = run(engine, architecture, weights, mask, stream);
            assertClose(actual.logits, expected.logits, 2e-6);
            assertClose(actual.inputGradient, expected.inputGradient, 2e-6);
            for (int layer = 0; layer < architecture.layers(); layer++) {
                assertClose(actual.gradient.matrix(layer), expected.gradient.matrix(layer), 4e-6);
                assertClose(actual.gradient.biases(layer), expected.gradient.biases(layer), 4e-6);
                assertClose(actual.weights.matrix(layer), expected.weights.matrix(layer), 4e-6);
                assertClose(actual.weights.biases(layer), expected.weights.biases(layer), 4e-6);
                for (int i = 0; i < architecture.weights(layer); i++) {
                    if (!mask.keeps(layer, i)) {
                        assertThat(actual.weights.matrix(layer)[i]).isZero();
                        assertThat(actual.gradient.matrix(layer)[i]).isZero();
                    }
                }
            }
        }
    }

    @Test
    void aPassMayOutliveAMask() {
        Architecture architecture = new Architecture(List.of(10, 10, 2), false);
        Stream stream = Stream.root(4);
        Weights weights = RandomCases.weights(architecture, stream);
        byte[][] kept = {
            Mask.dense(architecture).bytes(0), Mask.dense(architecture).bytes(1)
        };
        kept[1][3] = 0; // nothing reads hidden unit 3 any more
        kept[1][13] = 0;
        Mask pruned = Mask.of(architecture, kept);
        for (DenseOrSparsePolicy policy : RandomCases.POLICIES) {
            Engine engine = new VectorEngine(architecture, KernelChoice.chosen(), policy);
            ActivationBuffers buffers = engine.newBuffers(EXAMPLES);
            run(engine, buffers, architecture, weights, Mask.dense(architecture), stream);
            Result reused = run(engine, buffers, architecture, weights, pruned, stream);
            Result fresh = run(engine, architecture, weights, pruned, stream);
            assertThat(reused.inputGradient).isEqualTo(fresh.inputGradient);
            assertThat(reused.gradient).isEqualTo(fresh.gradient);
        }
    }

    private record Result(float[] logits, float[] inputGradient, Weights gradient, Weights weights) {}

    private static Result run(Engine engine, Architecture architecture, Weights weights, Mask mask, Stream stream) {
        return run(engine, engine.newBuffers(EXAMPLES), architecture, weights, mask, stream);
    }

    private static Result run(
            Engine engine,
            ActivationBuffers buffers,
            Architecture architecture,
            Weights weights,
            Mask mask,
            Stream stream) {
        engine.load(weights, mask);
        RandomCases.inputs(buffers.input(), EXAMPLES, stream);
        int[] labels = RandomCases.labels(EXAMPLES, architecture.classes(), stream);
        engine.forward(buffers, 0, 2);
        // The reference's logits' gradient is given to both, so that only the engines differ.
        ActivationPanels logits = buffers.logits();
        for (int c = 0; c < architecture.classes(); c++) {
            for (int e = 0; e < EXAMPLES; e++) {
                buffers.logitGradient().set(c, e, labels[e] == c ? -0.75f : 0.25f + 0.001f * e);
            }
        }
        float[] inputGradient = new float[architecture.inputs() * EXAMPLES];
        engine.backward(buffers, 0, 2, Gradients.INPUTS);
        for (int i = 0; i < architecture.inputs(); i++) {
            for (int e = 0; e < EXAMPLES; e++) {
                inputGradient[i * EXAMPLES + e] = buffers.inputGradient().get(i, e);
            }
        }
        engine.backward(buffers, 0, 2, Gradients.WEIGHTS);
        Weights gradient = engine.gradient();
        engine.update(new Update.Momentum(0.001f, 0.9f, 1e-3f, 1e-2f));
        float[] values = new float[architecture.classes() * EXAMPLES];
        for (int c = 0; c < architecture.classes(); c++) {
            for (int e = 0; e < EXAMPLES; e++) {
                values[c * EXAMPLES + e] = logits.get(c, e);
            }
        }
        return new Result(values, inputGradient, gradient, engine.weights());
    }

    private static void assertClose(float[] actual, float[] expected, double bound) {
        double largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("entry %d", i)
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(bound * largest * 8));
        }
    }
}
