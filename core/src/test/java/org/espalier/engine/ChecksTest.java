package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

/** Kernels address memory without bounds: everything out of range must be refused before it reaches them. */
class ChecksTest {
    private static final Architecture SHAPE = new Architecture(List.of(5, 4, 3), false);
    private final Engine engine = Engines.create(SHAPE);
    private final ActivationBuffers buffers = engine.newBuffers(64);
    private final ActivationPanels five = new ActivationPanels(5, 64);

    @Test
    void panelsThatAPassDoesNotHaveAreRefused() {
        assertThatThrownBy(() -> engine.forward(buffers, 0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> engine.forward(buffers, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> engine.backward(buffers, 1, 1, Gradients.WEIGHTS))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> engine.backward(buffers, 0, Integer.MAX_VALUE, Gradients.INPUTS))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aPassOfAnotherArchitectureIsRefused() {
        ActivationBuffers other =
                Engines.create(new Architecture(List.of(5, 3), false)).newBuffers(64);
        assertThatThrownBy(() -> engine.forward(other, 0, 1))
                .hasMessageContaining("5-3")
                .hasMessageContaining("5-4-3");
    }

    @Test
    void featuresLabelsAndImagesOutOfRangeAreRefused() {
        assertThatThrownBy(() ->
                        PanelOps.CHOSEN.uniformNoise(Stream.root(1), 0, five, 0, five, 0, 1, new int[] {0, 5}, 0.1f))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> PanelOps.CHOSEN.uniformNoise(
                        Stream.root(1), 0, five, 0, new ActivationPanels(4, 64), 0, 1, new int[] {0}, 0.1f))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PanelOps.CHOSEN.crossEntropyGradient(
                        buffers.logits(), buffers.logitGradient(), 0, 1, new int[3], 0, 4, 0f, 1f))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> PanelOps.CHOSEN.loadImages(new byte[10], new int[] {2}, 0, 1, five, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> PanelOps.CHOSEN.loadImages(new byte[10], new int[65], 0, 65, five, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void labelsThatAreNoClassAreRefused() {
        assertThatThrownBy(() -> PanelOps.CHOSEN.crossEntropyGradient(
                        buffers.logits(), buffers.logitGradient(), 0, 1, new int[] {0, 3}, 0, 2, 0f, 1f))
                .hasMessage("label 3 of example 1 is none of 3 classes");
    }
}
