package org.espalier.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Update;
import org.espalier.engine.graph.GraphEngine;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.engine.scalar.ScalarKernels;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Update rules against hand-written steps in float64 and values of PyTorch; clipping to the same bits everywhere. */
class UpdateRulesTest {
    private static final int COUNT = 32;

    static Stream<Kernels> kernels() {
        return Stream.of(new ScalarKernels(), KernelChoice.chosen());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void nesterovsMomentumIsPyTorchs(Kernels kernels) {
        // torch.optim.SGD([1.0], lr=0.1, momentum=0.9, nesterov=True) with gradients 0.5 and 0.25: 0.905, then 0.817.
        float[] weights = filled(1f);
        float[] velocity = new float[COUNT];
        Update.Nesterov update = new Update.Nesterov(0.1f, 0.9f, 0, 0, 0);
        kernels.nesterov(weights, filled(0.5f), velocity, COUNT, update);
        assertThat(weights).containsExactly(filled(0.905f), within(1e-6f));
        kernels.nesterov(weights, filled(0.25f), velocity, COUNT, update);
        assertThat(weights).containsExactly(filled(0.817f), within(1e-6f));
        assertThat(velocity).containsExactly(filled(0.7f), within(1e-6f));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void nesterovWithACoupledDecayIsPyTorchs(Kernels kernels) {
        // The same with weight_decay=0.1 (PyTorch's SGD couples it): g = 0.6, v = 0.6, step 0.1 (0.6 + 0.54).
        float[] weights = filled(1f);
        kernels.nesterov(weights, filled(0.5f), new float[COUNT], COUNT, new Update.Nesterov(0.1f, 0.9f, 0, 0.1f, 0));
        assertThat(weights).containsExactly(filled(0.886f), within(1e-6f));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void adamWithADecayIsPyTorchsAdamW(Kernels kernels) {
        // torch.optim.AdamW([1.0], lr=0.1, weight_decay=0.01) with gradients 0.5 and 0.25: 0.899, then 0.804883.
        float[] weights = filled(1f);
        float[] first = new float[COUNT];
        float[] second = new float[COUNT];
        kernels.adam(weights, filled(0.5f), first, second, COUNT, adamW(1));
        assertThat(weights).containsExactly(filled(0.899f), within(1e-6f));
        kernels.adam(weights, filled(0.25f), first, second, COUNT, adamW(2));
        assertThat(weights).containsExactly(filled(0.804883f), within(2e-6f));
        double m = (0.9 * 0.05 + 0.1 * 0.25) / (1 - 0.81);
        double v = (0.999 * 0.00025 + 0.001 * 0.0625) / (1 - 0.999 * 0.999);
        assertThat(weights).containsExactly(filled((float) (0.899 * 0.999 - 0.1 * m / Math.sqrt(v))), within(2e-6f));
    }

    private static Update.Adam adamW(int t) {
        double stepSize = 0.1 * Math.sqrt(1 - Math.pow(0.999, t)) / (1 - Math.pow(0.9, t));
        return new Update.Adam((float) stepSize, 0.9f, 0.999f, 1e-10f, 0, 0, 0.1f * 0.01f);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void momentumDecaysTheWeightBeforeItsStep(Kernels kernels) {
        float[] weights = filled(-2f);
        float[] velocity = filled(0.5f);
        // v = 0.9 x 0.5 - 0.1 x (0.5 + 0.2 x -2) = 0.44; the coupled penalty has the weight before the decay.
        kernels.momentum(weights, filled(0.5f), velocity, COUNT, new Update.Momentum(0.1f, 0.9f, 0, 0.2f, 0.25f));
        assertThat(weights).containsExactly(filled(-1.5f + 0.44f), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClippedGradientHasTheNormAndTheSameBitsWithEveryKernel(boolean biases) {
        Architecture shape = new Architecture(List.of(207, 31, 17, 10), biases);
        Weights whole = gradient(engine(shape, new ScalarKernels(), DenseOrSparsePolicy.DENSE), 0);
        // By the definition, layer by layer, in the order of positions, then biases.
        double squares = 0;
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (float g : whole.matrix(layer)) {
                squares += (double) g * g;
            }
            for (float g : whole.biases(layer)) {
                squares += (double) g * g;
            }
        }
        float norm = (float) (Math.sqrt(squares) / 3);
        float factor = (float) (norm / Math.sqrt(squares));
        for (Kernels kernels : kernels().toList()) {
            for (DenseOrSparsePolicy policy : RandomCases.POLICIES) {
                Weights clipped = gradient(engine(shape, kernels, policy), norm);
                for (int layer = 0; layer < shape.layers(); layer++) {
                    assertThat(clipped.matrix(layer)).containsExactly(times(whole.matrix(layer), factor));
                    assertThat(clipped.biases(layer)).containsExactly(times(whole.biases(layer), factor));
                }
                assertThat(gradient(engine(shape, kernels, policy), 3.01f * norm))
                        .isEqualTo(whole);
            }
        }
        for (Kernels kernels : kernels().toList()) {
            for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
                DenseOrSparsePolicy policy =
                        mode == KernelMode.DENSE ? DenseOrSparsePolicy.DENSE : DenseOrSparsePolicy.SPARSE;
                Weights clipped = gradient(new GraphEngine(shape, kernels, mode, policy), norm);
                for (int layer = 0; layer < shape.layers(); layer++) {
                    assertThat(clipped.matrix(layer)).containsExactly(times(whole.matrix(layer), factor));
                    assertThat(clipped.biases(layer)).containsExactly(times(whole.biases(layer), factor));
                }
            }
        }
        Weights reference = gradient(new ReferenceEngine(shape), norm);
        for (int layer = 0; layer < shape.layers(); layer++) {
            assertThat(reference.matrix(layer)).containsExactly(times(whole.matrix(layer), factor), within(1e-6f));
        }
    }

    @Test
    void decayAndClippingLeavePrunedWeightsZeroAndBiasesUndecayed() {
        Architecture shape = new Architecture(List.of(207, 31, 17, 10), true);
        for (DenseOrSparsePolicy policy : RandomCases.POLICIES) {
            Engine engine = engine(shape, KernelChoice.chosen(), policy);
            gradient(engine, 0);
            Weights before = engine.weights();
            engine.clipGradient(1e-30f); // no step worth speaking of: what is left is the decay
            engine.update(new Update.Nesterov(0.1f, 0.9f, 0, 0, 0.5f));
            Weights after = engine.weights();
            for (int layer = 0; layer < shape.layers(); layer++) {
                assertThat(after.matrix(layer)).containsExactly(times(before.matrix(layer), 0.5f), within(1e-20f));
                assertThat(after.biases(layer)).containsExactly(before.biases(layer), within(1e-20f));
                for (int i = 0; i < shape.weights(layer); i++) {
                    assertThat(engine.mask().keeps(layer, i) || Float.floatToRawIntBits(after.matrix(layer)[i]) == 0)
                            .isTrue();
                }
            }
        }
    }

    private static Engine engine(Architecture shape, Kernels kernels, DenseOrSparsePolicy policy) {
        return new VectorEngine(shape, kernels, policy);
    }

    /** The gradient of a batch, clipped to a norm; unclipped for 0. */
    private static Weights gradient(Engine engine, float norm) {
        Architecture shape = engine.architecture();
        org.espalier.random.Stream stream = org.espalier.random.Stream.root(3);
        Mask mask = RandomCases.mask(shape, 0.3, stream);
        engine.load(RandomCases.weights(shape, stream), mask);
        ActivationBuffers buffers = engine.newBuffers(61);
        RandomCases.inputs(buffers.input(), 61, stream);
        engine.forward(buffers, 0, 1);
        engine.ops()
                .crossEntropyGradient(
                        buffers.logits(),
                        buffers.logitGradient(),
                        0,
                        1,
                        RandomCases.labels(61, shape.classes(), stream),
                        0,
                        61,
                        0f,
                        1f / 61);
        engine.backward(buffers, 0, 1, Gradients.WEIGHTS);
        if (norm > 0) {
            engine.clipGradient(norm);
        }
        return engine.gradient();
    }

    private static float[] times(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private static float[] filled(float value) {
        float[] filled = new float[COUNT];
        Arrays.fill(filled, value);
        return filled;
    }
}
