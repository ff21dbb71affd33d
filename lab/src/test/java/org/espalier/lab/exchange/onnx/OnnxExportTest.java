package org.espalier.lab.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime computes the logits of exported networks, and reading the file gives the network back. */
class OnnxExportTest {
    private static final int EXAMPLES = 5;

    static Stream<Arguments> networks() {
        Shape image = Shape.of(1, 12, 12);
        List<Arguments> all = new ArrayList<>();
        for (double density : List.of(1.0, 0.2, 0.036)) {
            for (boolean sparse : List.of(false, true)) {
                all.add(Arguments.of(new Architecture(List.of(20, 30, 10, 4), false), density, sparse));
                all.add(Arguments.of(new Architecture(List.of(20, 30, 4), true), density, sparse));
                all.add(Arguments.of(new Architecture(NamedNetworks.graph("cnn-small", image, 3)), density, sparse));
                all.add(Arguments.of(
                        new Architecture(NamedNetworks.graph("resnet8", Shape.of(3, 8, 8), 3)), density, sparse));
                all.add(Arguments.of(new Architecture(pools()), density, sparse));
            }
        }
        return all.stream();
    }

    /** Every operation that no named network has. */
    private static Graph pools() {
        return new GraphBuilder(Shape.of(2, 9, 9))
                .add("normalise", new Operation.Normalise(List.of(0.25f, 0.5f), List.of(0.2f, 0.3f)))
                .conv("conv", 4, 3, 1, 1, true)
                .add("norm", new Operation.BatchNorm(4, false))
                .relu("relu")
                .add("max", new Operation.MaxPool(3, 2, 1))
                .add("average", new Operation.AveragePool(3, 2, 1))
                .add("shortcut", new Operation.PadChannels(1, 1, 2))
                .linear("fc", 3)
                .build();
    }

    private static Weights weights(Architecture architecture, Mask mask) {
        Random random = new Random(3);
        Weights weights = new Weights(architecture);
        for (Parameter parameter : architecture.graph().parameters()) {
            float[] values = weights.values(parameter.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (parameter.role()) {
                    case RUNNING_VARIANCE -> 0.5f + random.nextFloat();
                    default ->
                        (float) (random.nextGaussian()
                                * Math.sqrt(2.0 * parameter.shape().size(0) / values.length));
                };
            }
        }
        weights.apply(mask);
        return weights;
    }

    private static Mask mask(Architecture architecture, double density) {
        Random random = new Random(4);
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, random.nextDouble() < density);
            }
        }
        return Mask.of(architecture, kept);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theRuntimeComputesTheSameLogitsAndReadingGivesTheSameBits(
            Architecture architecture, double density, boolean sparse) throws Exception {
        Mask mask = mask(architecture, density);
        Weights weights = weights(architecture, mask);
        byte[] file = OnnxExport.encode(weights, mask, sparse, Map.of("espalier.note", "test"));

        float[] inputs = new float[EXAMPLES * architecture.inputs()];
        Random random = new Random(5);
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
        }
        float[][] here = here(architecture, weights, mask, inputs);
        float[][] there = there(file, architecture, inputs);
        for (int e = 0; e < EXAMPLES; e++) {
            for (int c = 0; c < architecture.classes(); c++) {
                assertThat(there[e][c]).isCloseTo(here[e][c], within(1e-5f * Math.max(1, Math.abs(here[e][c]))));
            }
        }

        OnnxModel model = OnnxFile.read(file, Path.of("net.onnx"));
        assertThat(model.metadata()).containsEntry("espalier.note", "test");
        OnnxImport.Read read = OnnxImport.read(model, Optional.empty(), "net.onnx");
        assertThat(read.graph()).isEqualTo(architecture.graph());
        for (Parameter parameter : architecture.graph().parameters()) {
            assertThat(read.parameters().get(parameter.name()))
                    .as(parameter.name())
                    .isEqualTo(weights.values(parameter.name()));
        }
    }

    private static float[][] here(Architecture architecture, Weights weights, Mask mask, float[] inputs) {
        Engine engine = Engines.create(architecture);
        engine.load(weights, mask);
        ActivationBuffers buffers = engine.newBuffers(EXAMPLES);
        for (int i = 0; i < inputs.length; i++) {
            buffers.input().set(i % architecture.inputs(), i / architecture.inputs(), inputs[i]);
        }
        engine.forward(buffers, 0, ActivationPanels.panelsFor(EXAMPLES));
        float[][] logits = new float[EXAMPLES][architecture.classes()];
        for (int e = 0; e < EXAMPLES; e++) {
            for (int c = 0; c < architecture.classes(); c++) {
                logits[e][c] = buffers.logits().get(c, e);
            }
        }
        return logits;
    }

    private static float[][] there(byte[] file, Architecture architecture, float[] inputs) throws Exception {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        List<Integer> sizes = architecture.graph().input().sizes();
        long[] shape = new long[sizes.size() + 1];
        shape[0] = EXAMPLES;
        for (int d = 0; d < sizes.size(); d++) {
            shape[d + 1] = sizes.get(d);
        }
        try (OrtSession session = environment.createSession(file);
                OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(inputs), shape);
                OrtSession.Result result = session.run(Map.of("input", tensor))) {
            return (float[][]) result.get(0).getValue();
        }
    }
}
