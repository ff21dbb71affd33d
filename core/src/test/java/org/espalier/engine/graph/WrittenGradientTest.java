package org.espalier.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Objectives may write gradients of penalties, which surviving weights have on no path too. */
class WrittenGradientTest {
    @ParameterizedTest
    @EnumSource(KernelMode.class)
    void everySurvivingWeightKeepsTheGradientWrittenToIt(KernelMode kernels) {
        Architecture architecture = new Architecture(new GraphBuilder(Shape.of(1, 4, 4))
                .conv("conv", 2, 3, 1, 1, true)
                .relu("a")
                .linear("hidden", 5)
                .relu("b")
                .linear("out", 3)
                .build());
        BitSet[] survivors = new BitSet[3];
        for (int layer = 0; layer < 3; layer++) {
            survivors[layer] = new BitSet();
            survivors[layer].set(0, architecture.weights(layer));
        }
        survivors[1].clear(7);
        for (int row = 0; row < 3; row++) {
            survivors[2].clear(row * 5 + 1); // nothing reads the second hidden unit
        }
        Mask mask = Mask.of(architecture, survivors);
        Weights weights = InitialWeights.PYTORCH.draw(architecture, Stream.root(1));
        weights.apply(mask);
        Engine engine = Engines.create(architecture, kernels);
        engine.load(weights, mask);
        Weights written = new Weights(architecture);
        for (int layer = 0; layer < 3; layer++) {
            Arrays.fill(written.matrix(layer), 0.25f);
            Arrays.fill(written.biases(layer), 0.5f);
        }
        engine.writeGradient(written);
        written.apply(mask);
        assertThat(engine.gradient()).isEqualTo(written);
        assertThat(written.matrix(1)[architecture.inputs(1)]).isEqualTo(0.25f); // of the unit that nothing reads
    }
}
