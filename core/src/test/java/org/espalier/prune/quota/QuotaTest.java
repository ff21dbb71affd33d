package org.espalier.prune.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.prune.CountingRule;
import org.espalier.prune.ErdosRenyi;
import org.junit.jupiter.api.Test;

class QuotaTest {
    private static final Architecture PAPER = Architecture.PAPER;

    /** The table of the published code's quotas for 784-300-100-10 without biases. */
    @Test
    void idealGasQuotasKeepThePublishedNumbersOfWeights() {
        keeps(0.5, 106_134, 25_972, 995);
        keeps(0.2, 34_935, 17_329, 976);
        keeps(0.1, 15_158, 10_520, 942);
        keeps(0.05, 6_775, 5_660, 875);
        keeps(0.01, 1_087, 1_053, 522);
        assertThat(new IdealGas(1).densities(PAPER)).containsExactly(1.0, 1.0, 1.0);
    }

    private static void keeps(double density, int... kept) {
        List<Double> fractions = new IdealGas(density).fractions(PAPER, 1);
        for (int layer = 0; layer < kept.length; layer++) {
            int weights = PAPER.weights(layer);
            assertThat(weights - CountingRule.EXACT.pruned(fractions.get(layer), weights))
                    .as("density %s, layer %s", density, layer)
                    .isEqualTo(kept[layer]);
        }
    }

    @Test
    void erIsErkWithoutConvolutionsAndNotWithThem() {
        for (int layer = 0; layer < 3; layer++) {
            assertThat(new ErdosRenyiPlain(0.05).densities(PAPER).get(layer))
                    .isCloseTo(new ErdosRenyi(0.05).densities(PAPER).get(layer), within(1e-15));
        }
        Architecture conv = new Architecture(NamedNetworks.graph("cnn-small", Shape.of(1, 28, 28), 10));
        List<Double> plain = new ErdosRenyiPlain(0.2).densities(conv);
        assertThat(plain).isNotEqualTo(new ErdosRenyi(0.2).densities(conv));
        double kept = 0;
        for (int layer = 0; layer < conv.layers(); layer++) {
            kept += plain.get(layer) * conv.weights(layer);
        }
        assertThat(kept).isCloseTo(0.2 * conv.weights(), within(1e-6));
    }

    @Test
    void uniformAndFixedDensitiesAreWhatTheySay() {
        assertThat(new Uniform(0.25).fractions(PAPER, 2)).containsExactly(0.5, 0.5, 0.5);
        assertThat(new FixedDensities(List.of(0.25, 0.5, 1.0)).fractions(PAPER, 1))
                .containsExactly(0.75, 0.5, 0.0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FixedDensities(List.of(0.25)).fractions(PAPER, 1))
                .withMessage("densities has 1 numbers, expected 3, one for each layer with weights");
    }
}
