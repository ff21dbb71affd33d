package org.espalier.lab.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.Gradients;
import org.espalier.engine.StepRule;
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
        ActivationBuffers buffers = masked.newBuffers(ActivationPanels.LANES);
        buffers.input().set(0, 3, 0.3f);
        buffers.input().set(0, 63, 0.9f);
        masked.forward(buffers, 0, 1);
        assertThat(buffers.logits().get(0, 3)).isEqualTo(0.25f);
        assertThat(buffers.logits().get(0, 63)).isEqualTo(1f);
        assertThat(buffers.input().get(0, 3)).isEqualTo(0.3f);
        buffers.logitGradient().set(0, 3, 1);
        buffers.inputGradient().set(0, 3, 9);
        masked.backward(buffers, 0, 1, Gradients.INPUTS);
        for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
            assertThat(buffers.inputGradient().get(0, lane)).isZero();
        }
        ActivationPanels clean = new ActivationPanels(1, 1);
        clean.copy(buffers.input(), 0, 0, 1);
        buffers.logitGradient().set(0, 3, 1);
        masked.perturb(buffers, 0, 1, new StepRule.Sign(0.1f, 0.2f), clean, 0, buffers.input(), 0);
        assertThat(buffers.input().get(0, 3)).isEqualTo(0.3f);
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
