package org.espalier.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class InitialWeightsTest {
    @Test
    void normalTenthHasOneDeviationInAllLayers() {
        Architecture network = new Architecture(List.of(400, 100, 50), true);
        Weights weights = InitialWeights.NORMAL_TENTH.draw(network, Stream.root(1));
        for (int layer = 0; layer < network.layers(); layer++) {
            double squares = 0;
            for (float weight : weights.matrix(layer)) {
                squares += (double) weight * weight;
            }
            assertThat(Math.sqrt(squares / network.weights(layer))).isCloseTo(0.1, within(0.003));
            assertThat(weights.biases(layer)).containsOnly(0f);
        }
    }
}
