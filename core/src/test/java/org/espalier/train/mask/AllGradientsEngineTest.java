package org.espalier.train.mask;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engines;
import org.espalier.engine.Gradients;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllGradientsEngineTest {
    private static final int EXAMPLES = 7;

    /** Gradients after one pass back, and the inputs' where they are wanted. */
    private record Found(Weights weights, float[] inputs) {}

    private static Architecture network(boolean convolution) {
        return convolution
                ? new Architecture(NamedNetworks.graph("cnn-small", Shape.of(1, 8, 8), 4))
                : new Architecture(List.of(12, 9, 4), true);
    }

    private static Found pass(Architecture network, boolean all, Gradients wanted) {
        BitSet[] kept = IntStream.range(0, network.layers())
                .mapToObj(layer -> {
                    BitSet every = new BitSet();
                    IntStream.iterate(0, i -> i < network.weights(layer), i -> i + 3)
                            .forEach(every::set);
                    return every;
                })
                .toArray(BitSet[]::new);
        Mask mask = Mask.of(network, kept);
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(1));
        weights.apply(mask);
        AllGradientsEngine engine = new AllGradientsEngine(Engines.create(network));
        engine.load(weights, mask);
        ActivationBuffers buffers = engine.newBuffers(ActivationPanels.LANES);
        Stream pixels = Stream.root(2);
        for (int feature = 0; feature < network.inputs(); feature++) {
            for (int e = 0; e < EXAMPLES; e++) {
                buffers.input().set(feature, e, pixels.uniform((long) feature * EXAMPLES + e));
            }
        }
        engine.forward(buffers, 0, 1);
        new BatchLoss(engine.ops(), buffers)
                .set(CrossEntropy.HARD, 0, 0, 1, new int[EXAMPLES], 0, EXAMPLES, 1.0 / EXAMPLES, null);
        engine.all(all);
        engine.backward(buffers, 0, 1, wanted);
        float[] inputs = new float[wanted.inputs() ? network.inputs() * EXAMPLES : 0];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = buffers.inputGradient().get(i / EXAMPLES, i % EXAMPLES);
        }
        return new Found(engine.gradient(), inputs);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void weightsAndInputsAtOnceGiveTheGradientsOfPrunedWeightsToo(boolean convolution) {
        Architecture network = network(convolution);
        Weights every = pass(network, false, Gradients.ALL_WEIGHTS).weights();
        assertThat(every.matrix(0)[1]).as("a pruned weight's gradient").isNotZero();
        assertThat(pass(network, true, Gradients.WEIGHTS).weights()).isEqualTo(every);
        Found both = pass(network, true, Gradients.WEIGHTS_AND_INPUTS);
        assertThat(both.weights()).isEqualTo(every);
        assertThat(both.inputs())
                .isEqualTo(pass(network, false, Gradients.WEIGHTS_AND_INPUTS).inputs());
    }
}
