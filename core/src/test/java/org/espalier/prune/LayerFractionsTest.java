package org.espalier.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.network.Architecture;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.junit.jupiter.api.Test;

class LayerFractionsTest {
    private static final Architecture SMALL =
            new Architecture(NamedNetworks.graph("cnn-small", Shape.of(1, 28, 28), 10));

    @Test
    void convolutionsAreHiddenLayersUnlessTheyHaveAFractionOfTheirOwn() {
        assertThat(new LayerFractions(0.2, 0.1).fractions(SMALL, 5)).isEqualTo(List.of(0.2, 0.2, 0.2, 0.1));
        assertThat(new LayerFractions(0.2, 0.1, Optional.of(0.15), Map.of()).fractions(SMALL, 5))
                .isEqualTo(List.of(0.15, 0.15, 0.2, 0.1));
    }

    @Test
    void aLayersNameGoesBeforeItsKind() {
        LayerFractions named = new LayerFractions(0.2, 0.1, Optional.of(0.15), Map.of("conv1", 0.0, "fc2", 0.5));
        assertThat(named.fractions(SMALL, 5)).isEqualTo(List.of(0.0, 0.15, 0.2, 0.5));
        assertThat(new LayerFractions(0.2, 0.1, Optional.empty(), Map.of("layers.1", 0.3))
                        .fractions(Architecture.PAPER, 5))
                .isEqualTo(List.of(0.2, 0.3, 0.1));
    }

    @Test
    void anUnknownLayerIsRefusedWithThoseThatThereAre() {
        LayerFractions named = new LayerFractions(0.2, 0.1, Optional.empty(), Map.of("relu1", 0.3));
        assertThatThrownBy(() -> named.fractions(SMALL, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layers has \"relu1\", expected a layer with weights, one of conv1, conv2, fc1, fc2");
    }

    /** Evci et al.: a convolution's weights in proportion to channels in and out and the kernel's two sides. */
    @Test
    void erkCountsTheSidesOfKernels() {
        List<Double> densities = new ErdosRenyi(0.05).densities(SMALL);
        // Below a density of 1, kept weights are in proportion to the shares.
        double factor = densities.get(1) * SMALL.weights(1) / (16 + 32 + 4 + 4);
        assertThat(densities.get(2) * SMALL.weights(2) / (1568 + 100)).isCloseTo(factor, within());
        assertThat(densities.get(0)).isEqualTo(Math.min(1, factor * (1 + 16 + 4 + 4) / (1 * 16 * 4 * 4)));
        double kept = 0;
        for (int layer = 0; layer < SMALL.layers(); layer++) {
            kept += densities.get(layer) * SMALL.weights(layer);
        }
        assertThat(kept / SMALL.weights()).isCloseTo(0.05, within());
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-12);
    }
}
