package org.espalier.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.espalier.lab.network.LayerList;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphDescriptionTest {
    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of(NamedNetworks.all().keySet());
    }

    private static Architecture readBack(Architecture network) {
        String text = Json.canonical(NetworkDescription.write(network));
        return NetworkDescription.network(Json.parse(text, "level.json"), "level.json");
    }

    @Property(tries = 60)
    void everyNamedNetworkIsReadBackEqual(
            @ForAll("names") String name,
            @ForAll @IntRange(min = 1, max = 3) int channels,
            @ForAll @IntRange(min = 28, max = 40) int side,
            @ForAll @IntRange(min = 2, max = 12) int classes,
            @ForAll float mean) {
        Graph graph = NamedNetworks.graph(name, Shape.of(channels, side, side), classes);
        assertThat(readBack(new Architecture(graph))).isEqualTo(new Architecture(graph));
        Graph normalised = LayerList.normalised(
                graph,
                List.of((double) mean, 0.1, 0.2).subList(0, channels),
                List.of(0.3081, 0.1, 0.2).subList(0, channels));
        assertThat(readBack(new Architecture(normalised)).graph()).isEqualTo(normalised);
    }

    @Test
    void everyOperationHasAName() {
        for (Class<?> operation : Operation.class.getPermittedSubclasses()) {
            assertThat(NetworkDescription.OPERATIONS).containsValue(operation.asSubclass(Operation.class));
        }
        Architecture pooled = new Architecture(new GraphBuilder(Shape.of(2, 9, 9))
                .add("mean", new Operation.AveragePool(3, 2, 1))
                .add("max", new Operation.MaxPool(2, 1, 1))
                .add("norm", new Operation.BatchNorm(2, false))
                .add("all", new Operation.GlobalAveragePool())
                .linear("last", 3)
                .build());
        assertThat(readBack(pooled)).isEqualTo(pooled);
    }

    @Test
    void aFullyConnectedNetworkKeepsItsForm() {
        assertThat(Json.write(NetworkDescription.write(Architecture.PAPER)))
                .isEqualTo("{\"kind\":\"fully-connected\",\"widths\":[784,300,100,10],\"biases\":false}");
        assertThat(readBack(Architecture.PAPER)).isEqualTo(Architecture.PAPER);
    }

    @Test
    void aGraphsFormIsWhatItWas() {
        Architecture network = new Architecture(new GraphBuilder(Shape.of(1, 4, 4))
                .conv("conv1", 2, 3, 1, 1, false)
                .linear("fc1", 3)
                .build());
        assertThat(Json.write(NetworkDescription.write(network)))
                .isEqualTo("{\"kind\":\"graph\",\"input\":[1,4,4],\"layers\":["
                        + "{\"name\":\"conv1\",\"operation\":\"conv2d\",\"reads\":[\"input\"],\"settings\":{\"inputs\":1,"
                        + "\"outputs\":2,\"kernel\":3,\"stride\":1,\"padding\":1,\"bias\":false}},"
                        + "{\"name\":\"flatten\",\"operation\":\"flatten\",\"reads\":[\"conv1\"],\"settings\":{}},"
                        + "{\"name\":\"fc1\",\"operation\":\"linear\",\"reads\":[\"flatten\"],\"settings\":{\"inputs\":32,"
                        + "\"outputs\":3,\"bias\":true}}],\"output\":\"fc1\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"kind":"tree"} | level.json: network.kind is "tree", expected "fully-connected" or "graph"
            {"kind":"graph","input":[4],"layers":[{"name":"a","operation":"lstm","reads":["input"],"settings":{}}],"output":"a"} | level.json: operation of layer a is "lstm", expected one of linear, conv2d,
            {"kind":"graph","input":[4],"layers":[{"name":"a","operation":"linear","reads":["input"],"settings":{"inputs":5,"outputs":2,"bias":true}}],"output":"a"} | level.json is damaged: layer a expects 5 inputs, input gives 4
            {"kind":"graph","input":[4],"layers":[{"name":"a","operation":"linear","reads":["input"],"settings":{"inputs":4,"outputs":0,"bias":true}}],"output":"a"} | level.json is damaged: layer a: a linear layer needs at least 1 input and 1 output
            {"kind":"graph","input":[4],"layers":[{"name":"a","operation":"linear","reads":["input"],"settings":{"inputs":4,"outputs":2,"bias":true}}],"output":"b"} | level.json is damaged: the network has no output: expected a layer called b, found a
            {"kind":"graph","input":[0],"layers":[],"output":"b"} | level.json is damaged: a shape needs
            """)
    void whatIsUnknownOrDamagedIsRefused(String text, String message) {
        assertThatThrownBy(() -> NetworkDescription.network(Json.parse(text, "level.json"), "level.json"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(message);
    }
}
