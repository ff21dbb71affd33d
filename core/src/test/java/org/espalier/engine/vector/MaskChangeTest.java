package org.espalier.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks that change in training, and gradients of pruned weights: the same bits with every kind of kernel. */
class MaskChangeTest {
    private static final int EXAMPLES = 71;
    private static final Update ADAM = new Update.Adam(0.003f, 0.9f, 0.999f, 1e-7f, 1e-5f, 1e-4f);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyKindOfKernelGivesTheSameBits(boolean biases) {
        Architecture shape = new Architecture(List.of(207, 31, 17, 10), biases);
        List<Weights> expected = run(new VectorEngine(shape, new ScalarKernels(), DenseOrSparsePolicy.DENSE), shape);
        for (Kernels kernels : new Kernels[] {new ScalarKernels(), KernelChoice.chosen()}) {
            for (DenseOrSparsePolicy policy : RandomCases.POLICIES) {
                assertThat(run(new VectorEngine(shape, kernels, policy), shape)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReferenceAgrees(boolean biases) {
        Architecture shape = new Architecture(List.of(207, 31, 17, 10), biases);
        List<Weights> expected = run(new ReferenceEngine(shape), shape);
        List<Weights> actual = run(new VectorEngine(shape, KernelChoice.chosen(), DenseOrSparsePolicy.SPARSE), shape);
        for (int i = 0; i < expected.size(); i++) {
            for (int layer = 0; layer < shape.layers(); layer++) {
                assertClose(actual.get(i).matrix(layer), expected.get(i).matrix(layer), i, layer);
            }
        }
    }

    private static void assertClose(float[] actual, float[] expected, int result, int layer) {
        double largest = 1e-3;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs((double) actual[i] - expected[i]))
                    .as("result %d, layer %d, weight %d", result, layer, i)
                    .isLessThan(1e-3 * largest);
        }
    }

    /** Gradients of all weights, weights and moments of a search that changes its mask twice. */
    private static List<Weights> run(Engine engine, Architecture shape) {
        Stream stream = Stream.root(21);
        List<Weights> results = new ArrayList<>();
        engine.load(RandomCases.weights(shape, stream), RandomCases.mask(shape, 0.3, stream));
        ActivationBuffers buffers = engine.newBuffers(EXAMPLES);
        RandomCases.inputs(buffers.input(), EXAMPLES, stream);
        int[] labels = RandomCases.labels(EXAMPLES, shape.classes(), stream);
        for (int c = 0; c < shape.classes(); c++) {
            for (int e = 0; e < EXAMPLES; e++) {
                buffers.logitGradient().set(c, e, labels[e] == c ? -0.75f : 0.25f + 0.001f * e);
            }
        }
        // The thinnest of these masks leaves units that nothing reads.
        for (double density : new double[] {0.3, 0.05, 0.7}) {
            Mask mask = RandomCases.mask(shape, density, stream.child((int) (100 * density)));
            engine.setMask(mask);
            for (int step = 0; step < 2; step++) {
                engine.forward(buffers, 0, 2);
                engine.backward(buffers, 0, 2, step == 0 ? Gradients.ALL_WEIGHTS : Gradients.WEIGHTS);
                results.add(engine.gradient());
                engine.update(ADAM);
            }
            results.add(engine.weights());
            results.add(engine.moment(0));
            results.add(engine.moment(1));
        }
        return results;
    }
}
