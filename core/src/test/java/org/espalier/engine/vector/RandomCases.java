package org.espalier.engine.vector;

import java.util.BitSet;
import java.util.List;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/** Random networks, masks and batches for tests. */
public final class RandomCases {
    /** Every way that an engine can run its products; all must give the same bits. */
    static final List<DenseOrSparsePolicy> POLICIES = List.of(
            DenseOrSparsePolicy.DENSE,
            DenseOrSparsePolicy.SPARSE,
            skipping(DenseOrSparsePolicy.DENSE, 2), // a share is at most 1
            skipping(DenseOrSparsePolicy.SPARSE, 2),
            skipping(DenseOrSparsePolicy.DENSE, 0.6));

    private RandomCases() {}

    /** The same kernels, but zeros are left out of panels whose share of others is below some share. */
    static DenseOrSparsePolicy skipping(DenseOrSparsePolicy policy, double below) {
        return new DenseOrSparsePolicy() {
            @Override
            public boolean dense(int inputs, int outputs, int live) {
                return policy.dense(inputs, outputs, live);
            }

            @Override
            public double activeBelow(int inputs, int outputs, int live, boolean dense) {
                return below;
            }
        };
    }

    static Weights weights(Architecture architecture, Stream stream) {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, stream.child("weights"));
        for (int layer = 0; layer < architecture.layers(); layer++) {
            float[] biases = weights.biases(layer);
            for (int o = 0; o < biases.length; o++) {
                biases[o] = stream.child("biases").child(layer).uniform(o) - 0.5f;
            }
        }
        return weights;
    }

    /** Each weight survives with probability density; at density 0 none, at 1 all. */
    static Mask mask(Architecture architecture, double density, Stream stream) {
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, stream.child("mask").child(layer).uniform(i) < density);
            }
        }
        return Mask.of(architecture, kept);
    }

    /** Pixels in [0, 1], a quarter of them exactly 0. */
    public static void inputs(ActivationPanels panels, int examples, Stream stream) {
        for (int f = 0; f < panels.features(); f++) {
            for (int e = 0; e < examples; e++) {
                float value = stream.child("inputs").uniform((long) f * 4096 + e);
                panels.set(f, e, value < 0.25f ? 0f : value);
            }
        }
    }

    public static int[] labels(int examples, int classes, Stream stream) {
        int[] labels = new int[examples];
        for (int e = 0; e < examples; e++) {
            labels[e] = stream.child("labels").below(classes, e);
        }
        return labels;
    }
}
