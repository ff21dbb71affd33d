package org.espalier.engine.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.KernelMode;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Prints what bounds of graphs come to at this register width, bit by bit, for a comparison of widths. */
public final class GraphBoundDigest {
    private static final List<String> NETWORKS =
            List.of("stride 2, kernel 4", "stride 3, 17 channels, no padding", "batch norm", "pools that overlap");

    private GraphBoundDigest() {}

    /** Prints a line for each network, density, kind of kernels and share of linear bounds. */
    public static void print() {
        Map<String, Architecture> all = GraphCases.all();
        for (String name : NETWORKS) {
            Architecture network = Objects.requireNonNull(all.get(name));
            for (double density : new double[] {1, 0.3}) {
                for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
                    for (float share : name.startsWith("stride") || name.startsWith("pools")
                            ? new float[] {0, 0.4f}
                            : new float[] {0}) {
                        System.out.println("digest of bounds, " + name + ", density " + density + ", " + mode
                                + ", linear share " + share + " = " + digest(network, density, mode, share));
                    }
                }
            }
        }
    }

    private static String digest(Architecture network, double density, KernelMode mode, float share) {
        Stream stream = Stream.root(31);
        DenseOrSparsePolicy policy = mode == KernelMode.SPARSE ? DenseOrSparsePolicy.SPARSE : DenseOrSparsePolicy.DENSE;
        GraphEngine engine = new GraphEngine(network, KernelChoice.chosen(), mode, policy);
        Mask mask = GraphCases.mask(network, density, stream.child("mask"));
        engine.load(GraphCases.weights(network, mask, stream.child("weights")), mask);
        BoundBuffers buffers = engine.newBoundBuffers(70, share > 0);
        GraphCases.fill(buffers.natural().input(), 70, 0f, 1f, stream.child("inputs"));
        engine.forward(buffers.natural(), 0, 2);
        GraphCases.fill(buffers.natural().logitGradient(), 70, -1f, 1f, stream.child("logits"));
        engine.boundMargins(buffers, 0.05f, share, new int[70], 0, 70);
        GraphCases.fill(buffers.marginBoundGradients(), 70, -1f, 1f, stream.child("margins"));
        engine.backward(buffers, true);
        int digest = 0;
        for (int c = 0; c < network.classes(); c++) {
            for (int e = 0; e < 70; e++) {
                digest = 31 * digest
                        + Float.floatToRawIntBits(buffers.marginBounds().get(c, e));
            }
        }
        Weights gradient = engine.gradient();
        for (Parameter parameter : network.graph().parameters()) {
            digest = 31 * digest + Arrays.hashCode(gradient.values(parameter.name()));
        }
        return Integer.toHexString(digest);
    }
}
