package org.espalier.engine.graph;

import java.util.Arrays;
import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.ops.KernelChoice;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Prints what short trainings of all {@link GraphCases} come to at this register width, bit by bit, for a comparison of widths:
 * attack, pass with the batch's statistics, update, and evaluation with running statistics.
 */
public final class GraphTrainingDigest {
    private static final Update ADAM = new Update.Adam(0.01f, 0.9f, 0.999f, 1e-7f, 1e-4f, 1e-3f);
    private static final int[] BATCHES = {70, 1};

    private GraphTrainingDigest() {}

    /** Prints a line for each network, density, kind of kernels and batch. */
    public static void print() {
        GraphCases.all().forEach((name, network) -> {
            for (double density : new double[] {1, 0.3}) {
                for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
                    for (int batch : BATCHES) {
                        System.out.println("digest of training, " + name + ", density " + density + ", " + mode
                                + ", batch " + batch + " = " + digest(network, density, mode, batch));
                    }
                }
            }
        });
    }

    private static String digest(Architecture network, double density, KernelMode mode, int batch) {
        Stream stream = Stream.root(37);
        DenseOrSparsePolicy policy = mode == KernelMode.SPARSE ? DenseOrSparsePolicy.SPARSE : DenseOrSparsePolicy.DENSE;
        Engine engine = new GraphEngine(network, KernelChoice.chosen(), mode, policy);
        Mask mask = GraphCases.mask(network, density, stream.child("mask"));
        engine.load(GraphCases.weights(network, mask, stream.child("weights")), mask);
        int panels = ActivationPanels.panelsFor(batch);
        int lanes = panels * ActivationPanels.LANES;
        ActivationBuffers buffers = engine.newBuffers(lanes);
        buffers.batch(0, panels, batch);
        GraphCases.fill(buffers.input(), batch, 0f, 1f, stream.child("inputs"));
        GraphCases.fill(buffers.logitGradient(), batch, -1f, 1f, stream.child("logits"));
        ActivationPanels clean = new ActivationPanels(network.inputs(), lanes);
        clean.copy(buffers.input(), 0, 0, panels);
        int digest = 0;
        for (int update = 0; update < 3; update++) {
            engine.forward(buffers, 0, panels);
            engine.perturb(buffers, 0, panels, new StepRule.Sign(0.05f, 0.1f), clean, 0, buffers.input(), 0);
            engine.forward(buffers, 0, panels, Mode.TRAINING);
            engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
            engine.update(ADAM);
            digest = 31 * digest + bits(engine.weights());
        }
        engine.forward(buffers, 0, panels, Mode.EVALUATION);
        engine.backward(buffers, 0, panels, Gradients.ALL_WEIGHTS);
        digest = 31 * digest + bits(engine.gradient());
        for (int c = 0; c < network.classes(); c++) {
            for (int e = 0; e < batch; e++) {
                digest = 31 * digest + Float.floatToRawIntBits(buffers.logits().get(c, e));
            }
        }
        return Integer.toHexString(digest);
    }

    private static int bits(Weights weights) {
        int bits = 0;
        for (Parameter parameter : weights.graph().parameters()) {
            bits = 31 * bits + Arrays.hashCode(weights.values(parameter.name()));
        }
        return bits;
    }
}
