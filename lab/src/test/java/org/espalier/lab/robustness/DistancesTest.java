package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistancesTest {
    @Test
    void medianMeanAndQuantilesAreOfTheImagesSeen() {
        Distances distances = Distances.of(new double[] {0.4, Double.NaN, 0.1, 0.2, 0.3, 0});
        assertThat(distances.images()).isEqualTo(5);
        assertThat(distances.found()).isEqualTo(5);
        assertThat(distances.median()).isEqualTo(0.2);
        assertThat(distances.mean()).isCloseTo(0.2, within(1e-12));
        assertThat(distances.quantiles()).containsEntry(0.25, 0.1).containsEntry(0.75, 0.3);
        assertThat(distances.quantiles().get(0.05)).isCloseTo(0.02, within(1e-12));
    }

    @Test
    void whatIsNotFoundIsInfinitelyFarAndHasNoMean() {
        Distances distances =
                Distances.of(new double[] {Double.POSITIVE_INFINITY, 0.1, Double.POSITIVE_INFINITY, 0.3, 0.2});
        assertThat(distances.found()).isEqualTo(3);
        assertThat(distances.median()).isEqualTo(0.3);
        assertThat(distances.mean()).isCloseTo(0.2, within(1e-12));
        assertThat(distances.quantiles().get(0.95)).isInfinite();
        assertThatThrownBy(() -> Distances.of(new double[] {Double.NaN})).hasMessageContaining("no median");
    }
}
