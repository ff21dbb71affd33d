package org.espalier.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class MaskTest {
    private static final Architecture SHAPE = new Architecture(List.of(2, 3, 1), false);

    @Test
    void refusesAnythingButZeroAndOne() {
        assertThatThrownBy(() -> Mask.of(SHAPE, new byte[][] {{0, 1, 2, 0, 0, 0}, {1, 1, 1}}))
                .hasMessage("a mask holds 0 and 1 only, layer 0 position 2 is 2");
    }

    @Test
    void refusesAWrongLength() {
        assertThatThrownBy(() -> Mask.of(SHAPE, new byte[][] {{0, 1}, {1, 1, 1}}))
                .hasMessageContaining("has 6 weights");
        assertThatThrownBy(() -> Mask.of(SHAPE, new byte[][] {{0, 1, 1, 1, 1, 1}}))
                .hasMessageContaining("2 layer masks");
    }

    @Test
    void countsItsSurvivorsAndItsDensity() {
        Mask mask = Mask.of(SHAPE, new byte[][] {{0, 1, 1, 0, 0, 0}, {1, 0, 0}});
        assertThat(mask.count(0)).isEqualTo(2);
        assertThat(mask.count()).isEqualTo(3);
        assertThat(mask.density()).isEqualTo(3 / 9.0);
        assertThat(Mask.of(SHAPE, new byte[][] {mask.bytes(0), mask.bytes(1)})).isEqualTo(mask);
        assertThat(mask.within(Mask.dense(SHAPE))).isTrue();
        assertThat(Mask.dense(SHAPE).within(mask)).isFalse();
    }

    @Test
    void glorotWeightsFillTheirIntervalAndFollowTheirStream() {
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(Architecture.PAPER, Stream.root(1));
        for (int layer = 0; layer < 3; layer++) {
            double limit = Math.sqrt(6.0 / (Architecture.PAPER.inputs(layer) + Architecture.PAPER.outputs(layer)));
            double largest = 0;
            for (float w : weights.matrix(layer)) {
                largest = Math.max(largest, Math.abs(w));
            }
            assertThat(largest).isBetween(0.98 * limit, limit * (1 + 1e-6));
        }
        assertThat(InitialWeights.GLOROT_UNIFORM.draw(Architecture.PAPER, Stream.root(1)))
                .isEqualTo(weights);
        assertThat(InitialWeights.GLOROT_UNIFORM.draw(Architecture.PAPER, Stream.root(2)))
                .isNotEqualTo(weights);
    }
}
