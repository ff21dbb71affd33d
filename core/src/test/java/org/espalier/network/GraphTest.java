package org.espalier.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.espalier.network.Graph.Node;
import org.espalier.network.Operation.Linear;
import org.espalier.network.Operation.Relu;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static final Architecture SHAPE = new Architecture(List.of(4, 3, 2), true);

    private static Node node(String name, Operation operation, String... inputs) {
        return new Node(name, operation, List.of(inputs));
    }

    private static Graph graph(Node... nodes) {
        return new Graph(Shape.of(4), List.of(nodes), "out");
    }

    private static void refused(String message, Node... nodes) {
        assertThatThrownBy(() -> graph(nodes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void widthsMakeAChainWithTheStoresTensorNames() {
        Graph graph = SHAPE.graph();
        assertThat(graph.nodes()).extracting(Node::name).containsExactly("layers.0", "relu.0", "layers.1");
        assertThat(graph.output()).isEqualTo("layers.1");
        assertThat(graph.shape("relu.0")).isEqualTo(Shape.of(3));
        assertThat(graph.parameters())
                .containsExactly(
                        new Parameter("layers.0.weight", "layers.0", Shape.of(3, 4), Parameter.Role.WEIGHT, true),
                        new Parameter("layers.0.bias", "layers.0", Shape.of(3), Parameter.Role.BIAS, false),
                        new Parameter("layers.1.weight", "layers.1", Shape.of(2, 3), Parameter.Role.WEIGHT, true),
                        new Parameter("layers.1.bias", "layers.1", Shape.of(2), Parameter.Role.BIAS, false));
        assertThat(graph.prunable()).extracting(Parameter::size).containsExactly(12, 6);
        assertThat(graph).isEqualTo(SHAPE.graph()).isNotEqualTo(new Architecture(List.of(4, 3, 2), false).graph());
    }

    @Test
    void nodesMayComeInAnyOrder() {
        Graph graph = graph(
                node("out", new Linear(3, 2, false), "a"),
                node("a", new Relu(), "first"),
                node("first", new Linear(4, 3, false), Graph.INPUT));
        assertThat(graph.nodes()).extracting(Node::name).containsExactly("first", "a", "out");
    }

    @Test
    void shapesThatDoNotFitNameBothLayers() {
        refused(
                "layer out expects 300 inputs, relu1 gives 3",
                node("linear1", new Linear(4, 3, false), Graph.INPUT),
                node("relu1", new Relu(), "linear1"),
                node("out", new Linear(300, 2, false), "relu1"));
        refused("layer out expects 5 inputs, input gives 4", node("out", new Linear(5, 2, false), Graph.INPUT));
        refused("layer out takes 1 input, got 2", node("out", new Relu(), Graph.INPUT, Graph.INPUT));
        refused("layer out takes 1 input, got 0", node("out", new Relu()));
    }

    @Test
    void cyclesUnknownInputsAndMissingOutputsAreRefusedInOneLine() {
        refused(
                "layers form a cycle: b reads c reads b",
                node("out", new Relu(), "b"),
                node("b", new Relu(), "c"),
                node("c", new Relu(), "b"));
        refused("layer out reads a, which is no layer of the network", node("out", new Relu(), "a"));
        refused("the network has no output: expected a layer called out, found none");
        refused(
                "the network has no output: expected a layer called out, found a, b",
                node("a", new Relu(), Graph.INPUT),
                node("b", new Relu(), "a"));
        refused(
                "layer a is read by none and is not the output out",
                node("a", new Relu(), Graph.INPUT),
                node("out", new Relu(), Graph.INPUT));
        refused("two layers are called out", node("out", new Relu(), Graph.INPUT), node("out", new Relu(), "out"));
        assertThatThrownBy(() -> node("input", new Relu()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got \"input\"");
    }

    @Test
    void weightsByNameAreTheArraysOfTheLayers() {
        Weights weights = new Weights(SHAPE);
        weights.values("layers.1.weight")[5] = 7;
        weights.values("layers.0.bias")[2] = 8;
        assertThat(weights.matrix(1)[5]).isEqualTo(7);
        assertThat(weights.biases(0)[2]).isEqualTo(8);
        assertThat(weights.copy().values("layers.1.weight")).containsExactly(0, 0, 0, 0, 0, 7);
        assertThatThrownBy(() -> weights.values("layers.2.weight"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("layers.2.weight", "layers.0.weight, layers.0.bias");
    }

    @Test
    void masksByNameAreThoseOfTheLayers() {
        BitSet one = new BitSet();
        one.set(2);
        Mask mask = Mask.of(SHAPE, Map.of("layers.0.weight", one, "layers.1.weight", new BitSet()));
        assertThat(mask.keeps(0, 2)).isTrue();
        assertThat(mask.count("layers.0.weight")).isEqualTo(1);
        assertThat(mask.survivors("layers.0.weight")).isEqualTo(one);
        assertThat(mask.bytes("layers.1.weight")).isEqualTo(new byte[6]);
        assertThat(mask).isEqualTo(Mask.of(SHAPE, new BitSet[] {one, new BitSet()}));
        for (String wrong : Arrays.asList("layers.0.bias", "layers.2.weight")) {
            assertThatThrownBy(() -> mask.count(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(wrong, "layers.0.weight, layers.1.weight");
        }
        assertThatThrownBy(() -> Mask.of(SHAPE, Map.of("layers.0.weight", one)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("covers layers.0.weight, layers.1.weight, got layers.0.weight");
    }
}
