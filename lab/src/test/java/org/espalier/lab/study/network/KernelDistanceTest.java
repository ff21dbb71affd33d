package org.espalier.lab.study.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class KernelDistanceTest {
    /** K(x, y) is x . y for equal classes and 0 for others; a mask leaves the terms of the inputs that the class reads. */
    @Test
    void oneLayerHasAClosedForm() {
        Architecture architecture = new Architecture(List.of(2, 2), false);
        double[][] inputs = {{1, 2}, {3, 0.5}};
        BitSet kept = new BitSet();
        kept.set(0, 3); // class 1 does not read the second input
        Mask mask = Mask.of(architecture, new BitSet[] {kept});
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(architecture, Stream.root(1));
        Weights pruned = weights.copy();
        pruned.apply(mask);
        double[] found = new KernelDistance(architecture, weights, inputs).of(pruned, mask);
        // Products are 5, 4, 4 and 9.25 for each class; those of the second input alone are 4, 1, 1 and 0.25.
        double lost = 4 * 4 + 1 + 1 + 0.25 * 0.25;
        double size = 2 * (5 * 5 + 4 * 4 + 4 * 4 + 9.25 * 9.25);
        assertThat(found[0]).isCloseTo(Math.sqrt(lost / size), within(1e-12));
        assertThat(found[1]).isZero(); // the kernel over all weights of one layer reads no weight
    }

    /** Half of the last layer's weights in value, and a mask that keeps all: only the first layer's part of K changes, to a quarter. */
    @Test
    void scaledOutputsChangeTheFirstLayersPartOnly() {
        Architecture architecture = new Architecture(List.of(1, 1, 1), false);
        Weights weights = new Weights(architecture);
        weights.matrix(0)[0] = 2;
        weights.matrix(1)[0] = 4;
        Weights half = weights.copy();
        half.matrix(1)[0] = 2;
        // K(x, x) = (w2^2 + w1^2) x^2: 20 x^2 and 8 x^2.
        double[] found = new KernelDistance(architecture, weights, new double[][] {{0.5}, {1}})
                .of(half, Mask.dense(architecture));
        assertThat(found).containsExactly(new double[] {0.6, 0.6}, within(1e-12));
    }

    @Test
    void attackedPointsLieInTheBallAndDoNotDependOnKernels() {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(MaskTrainings.NETWORK, Stream.root(1));
        Pgd pgd = new Pgd(0.2, 0.05, 5, true, 1, KeptIterate.LAST, LabelChoice.PREDICTED);
        List<double[][]> first = List.of();
        for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            Engine engine = Engines.create(MaskTrainings.NETWORK, mode);
            engine.load(weights, Mask.dense(MaskTrainings.NETWORK));
            List<double[][]> found = KernelDistance.points(engine, MaskTrainings.split(), pgd, Stream.root(4));
            for (int e = 0; e < MaskTrainings.IMAGES; e++) {
                double[] pixels = MaskTrainings.split().pixels(e);
                double moved = 0;
                for (int i = 0; i < pixels.length; i++) {
                    assertThat(found.get(0)[e][i]).isCloseTo(pixels[i], within(1e-7));
                    double attacked = found.get(1)[e][i];
                    assertThat(attacked)
                            .isBetween(Math.max(0, pixels[i] - 0.2 - 1e-6), Math.min(1, pixels[i] + 0.2 + 1e-6));
                    moved = Math.max(moved, Math.abs(attacked - pixels[i]));
                }
                assertThat(moved).isGreaterThan(0.05);
            }
            if (!first.isEmpty()) {
                assertThat(found.get(1)).isDeepEqualTo(first.get(1));
            }
            first = found;
        }
    }
}
