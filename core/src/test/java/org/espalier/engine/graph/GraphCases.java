package org.espalier.engine.graph;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.engine.ActivationPanels;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Operation;
import org.espalier.network.Parameter;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Small networks of every layer, at awkward sizes. */
public final class GraphCases {
    private GraphCases() {}

    /** By name. */
    public static Map<String, Architecture> all() {
        Map<String, Graph> graphs = new LinkedHashMap<>();
        graphs.put(
                "conv",
                builder(2, 6, 5)
                        .conv("conv1", 3, 3, 1, 1, true)
                        .relu("relu1")
                        .linear("fc", 4)
                        .build());
        graphs.put(
                "stride 2, kernel 4",
                builder(1, 8, 8)
                        .conv("conv1", 5, 4, 2, 1, true)
                        .relu("relu1")
                        .conv("conv2", 7, 4, 2, 1, false)
                        .relu("relu2")
                        .linear("fc1", 6)
                        .relu("relu3")
                        .linear("fc2", 3)
                        .build());
        graphs.put(
                "stride 3, 17 channels, no padding",
                builder(3, 10, 11)
                        .conv("conv1", 17, 2, 3, 0, true)
                        .relu("relu1")
                        .conv("conv2", 1, 3, 1, 2, true)
                        .linear("fc", 3)
                        .build());
        graphs.put(
                "1 x 1 image",
                builder(3, 1, 1)
                        .conv("conv1", 4, 1, 1, 0, true)
                        .relu("relu1")
                        .linear("fc", 2)
                        .build());
        graphs.put(
                "kernel larger than the image",
                builder(2, 2, 3)
                        .conv("conv1", 3, 5, 1, 4, true)
                        .relu("relu1")
                        .linear("fc", 2)
                        .build());
        graphs.put(
                "max pool",
                builder(2, 7, 7)
                        .conv("conv1", 3, 3, 1, 0, true)
                        .relu("relu1")
                        .maxPool("pool1", 2)
                        .linear("fc", 3)
                        .build());
        graphs.put(
                "pools that overlap",
                builder(2, 7, 6)
                        .conv("conv1", 3, 3, 1, 1, true)
                        .add("pool1", new Operation.MaxPool(3, 2, 1))
                        .add("pool2", new Operation.AveragePool(3, 2, 1))
                        .relu("relu1")
                        .linear("fc", 3)
                        .build());
        graphs.put(
                "normalised input",
                builder(3, 4, 4)
                        .add(
                                "normalise",
                                new Operation.Normalise(List.of(0.5f, 0.4f, 0.3f), List.of(0.2f, 0.3f, 0.25f)))
                        .conv("conv1", 4, 3, 2, 1, true)
                        .relu("relu1")
                        .add("mean", new Operation.GlobalAveragePool())
                        .linear("fc", 3)
                        .build());
        graphs.put(
                "batch norm",
                builder(2, 5, 5)
                        .conv("conv1", 4, 3, 1, 1, false)
                        .norm("norm1")
                        .relu("relu1")
                        .add("norm2", new Operation.BatchNorm(4, false))
                        .linear("fc1", 5)
                        .norm("norm3")
                        .relu("relu2")
                        .linear("fc2", 3)
                        .build());
        // The layers of resnet8 with few channels: float64 takes a tenth of the time.
        graphs.put("residual blocks", NamedNetworks.resnet(Shape.of(3, 4, 4), 3, 1, 5, 9, 18));
        graphs.put(
                "1 x 1 shortcut",
                builder(2, 5, 5)
                        .conv("conv1", 4, 3, 2, 1, true)
                        .relu("relu1")
                        .conv("conv2", 4, 3, 1, 1, true)
                        .from(Graph.INPUT)
                        .conv("shortcut", 4, 1, 2, 0, false)
                        .sum("add", "conv2")
                        .relu("relu2")
                        .linear("fc", 3)
                        .build());
        graphs.put(
                "value read three times",
                builder(2, 4, 4)
                        .conv("conv1", 2, 3, 1, 1, true)
                        .relu("relu1")
                        .sum("twice", "relu1")
                        .conv("conv2", 2, 3, 1, 1, true)
                        .sum("again", "relu1")
                        .relu("relu2")
                        .linear("fc", 3)
                        .build());
        graphs.put(
                "linear on an image",
                builder(2, 3, 3).linear("fc1", 5).relu("relu1").linear("fc2", 3).build());
        Map<String, Architecture> all = new LinkedHashMap<>();
        graphs.forEach((name, graph) -> all.put(name, new Architecture(graph)));
        return all;
    }

    private static GraphBuilder builder(int channels, int height, int width) {
        return new GraphBuilder(Shape.of(channels, height, width));
    }

    /** Random weights, biases, scales and statistics. */
    public static Weights weights(Architecture network, Mask mask, Stream stream) {
        Weights weights = InitialWeights.KAIMING_NORMAL.draw(network, stream);
        for (Parameter parameter : network.graph().parameters()) {
            if (parameter.role() != Parameter.Role.WEIGHT) {
                float[] values = weights.values(parameter.name());
                boolean positive =
                        parameter.role() == Parameter.Role.RUNNING_VARIANCE || parameter.role() == Parameter.Role.SCALE;
                for (int i = 0; i < values.length; i++) {
                    float drawn = stream.child(parameter.name()).uniform(i);
                    values[i] = positive ? 0.5f + drawn : drawn - 0.5f;
                }
            }
        }
        weights.apply(mask);
        return weights;
    }

    /** A random mask. */
    public static Mask mask(Architecture network, double density, Stream stream) {
        BitSet[] kept = new BitSet[network.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < network.weights(layer); i++) {
                kept[layer].set(i, stream.child(layer).uniform(i) < density);
            }
        }
        return Mask.of(network, kept);
    }

    /** Fills the lanes of some examples; others become 0. */
    public static void fill(ActivationPanels panels, int examples, float least, float most, Stream stream) {
        for (int f = 0; f < panels.features(); f++) {
            for (int e = 0; e < panels.panels() * ActivationPanels.LANES; e++) {
                float u = stream.uniform((long) f * 1000 + e);
                panels.set(f, e, e < examples ? least + u * (most - least) : 0f);
            }
        }
    }
}
