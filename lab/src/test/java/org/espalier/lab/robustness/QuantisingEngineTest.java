package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;

class QuantisingEngineTest {
    @Test
    void inputsAreRoundedForTheNetworkOnlyAndNoGradientComesBack() {
        Architecture architecture = new Architecture(List.of(1, 1), false);
        Weights weights = new Weights(architecture);
        weights.matrix(0)[0] = 1;
        Engine plain = Engines.create(architecture);
        plain.load(weights, Mask.dense(architecture));
        Engine masked = new QuantisingEngine(plain, 4);
        ActivationBuffers pass = masked.newPass(ActivationPanels.LANES);
        pass.input().set(0, 3, 0.3f);
        pass.input().set(0, 63, 0.9f);
        masked.forward(pass, 0, 1);
        assertThat(pass.logits().get(0, 3)).isEqualTo(0.25f);
        assertThat(pass.logits().get(0, 63)).isEqualTo(1f);
        assertThat(pass.input().get(0, 3)).isEqualTo(0.3f);
        pass.logitGradient().set(0, 3, 1);
        int[] rows = {0};
        masked.inputGradient(pass, 0, 1, (panel, gradient, offset, features, first, count) -> {
            rows[0] += count;
            for (long at = offset; at < offset + count * ActivationPanels.ROW_BYTES; at += 4) {
                assertThat(gradient.get(ValueLayout.JAVA_FLOAT, at)).isZero();
            }
        });
        assertThat(rows[0]).isEqualTo(1);
    }

    @Test
    void itComputesNoBounds() {
        Architecture architecture = new Architecture(List.of(2, 2), false);
        Engine masked = new QuantisingEngine(Engines.create(architecture), 4);
        assertThatThrownBy(() -> BoundEngine.of(masked))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("QuantisingEngine does not");
    }
}
