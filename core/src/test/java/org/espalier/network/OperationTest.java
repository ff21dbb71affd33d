package org.espalier.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OperationTest {
    private static final Shape IMAGE = Shape.of(3, 8, 8);

    @Test
    void channelsThatDoNotFitNameBothLayersAndBothNumbers() {
        List<Graph.Node> nodes = List.of(
                new Graph.Node("conv1", new Operation.Conv2d(3, 32, 3, 1, 1, true), List.of(Graph.INPUT)),
                new Graph.Node("relu1", new Operation.Relu(), List.of("conv1")),
                new Graph.Node("conv2", new Operation.Conv2d(16, 8, 3, 1, 1, true), List.of("relu1")));
        assertThatThrownBy(() -> new Graph(IMAGE, nodes, "conv2"))
                .hasMessage("layer conv2 expects 16 channels, relu1 gives 32");
    }

    @Test
    void aWindowLargerThanItsImageNamesTheLayer() {
        GraphBuilder builder = new GraphBuilder(Shape.of(1, 3, 3));
        assertThatThrownBy(() -> builder.conv("conv1", 4, 6, 1, 1, true))
                .hasMessage("layer conv1 has a window of 6, input gives 1 x 3 x 3 and the padding is 1");
        assertThat(builder.conv("conv1", 4, 5, 1, 1, true).shape()).isEqualTo(Shape.of(4, 1, 1));
    }

    @Test
    void sumsOfUnlikeShapesNameBoth() {
        GraphBuilder builder = new GraphBuilder(IMAGE).conv("conv1", 4, 3, 2, 1, false);
        assertThatThrownBy(() -> builder.sum("add", Graph.INPUT))
                .hasMessage("layer add adds inputs of one shape, conv1 gives 4 x 4 x 4 and input gives 3 x 8 x 8");
    }

    @Test
    void aLinearLayerAfterAnImageAsksForAFlatten() {
        assertThatThrownBy(() -> new GraphBuilder(IMAGE).add("fc", new Operation.Linear(192, 10, true)))
                .hasMessage("layer fc expects 192 inputs, input gives 3 x 8 x 8; a flatten between them makes it flat");
    }

    @Test
    void logitsAreFlat() {
        assertThatThrownBy(() -> new Architecture(
                        new GraphBuilder(IMAGE).conv("conv1", 4, 3, 1, 1, true).build()))
                .hasMessage("layer conv1 gives the logits and must be flat, it gives 4 x 8 x 8");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Operation.Conv2d(1, 1, 3, 0, 1, true)).hasMessageContaining("stride");
        assertThatThrownBy(() -> new Operation.MaxPool(2, 2, 2)).hasMessageContaining("padding");
        assertThatThrownBy(() -> new Operation.Normalise(List.of(0f), List.of(0f)))
                .hasMessageContaining("above 0");
        assertThatThrownBy(() -> new Operation.PadChannels(1, -1, 0)).hasMessageContaining("negative");
    }
}
