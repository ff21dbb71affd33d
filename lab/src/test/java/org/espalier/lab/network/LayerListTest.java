package org.espalier.lab.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerListTest {
    private static final Shape DIGITS = Shape.of(1, 28, 28);

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of(NamedNetworks.all().keySet());
    }

    /** Graph, list of layers, file, list of layers, graph. */
    @Property(tries = 60)
    void everyNamedNetworkIsTheListOfItsLayers(
            @ForAll("names") String name,
            @ForAll @IntRange(min = 1, max = 3) int channels,
            @ForAll @IntRange(min = 28, max = 40) int side,
            @ForAll @IntRange(min = 2, max = 12) int classes) {
        Shape image = Shape.of(channels, side, side);
        Graph graph = NamedNetworks.graph(name, image, classes);
        Experiment read = ExperimentFile.parse(ExperimentFile.write(LayerList.of(graph)), "test");
        assertThat(LayerList.graph(read.network().layers().orElseThrow(), image, classes))
                .isEqualTo(graph);
        Graph normalised = LayerList.normalised(
                graph,
                List.of(0.1307, 0.2, 0.3).subList(0, channels),
                List.of(0.3081, 0.1, 0.2).subList(0, channels));
        Experiment again = ExperimentFile.parse(ExperimentFile.write(LayerList.of(normalised)), "test");
        assertThat(LayerList.graph(again.network().layers().orElseThrow(), image, classes))
                .isEqualTo(normalised);
    }

    private static Architecture network(String layers) {
        Experiment experiment = ExperimentFile.parse("network: {layers: " + layers + "}", "my.yaml");
        return ExperimentTranslator.architecture(experiment.network(), DIGITS, 10);
    }

    @Test
    void theShortListOfCnnSmallIsCnnSmall() {
        assertThat(network("[{conv2d: {channels: 16, kernel: 4, stride: 2, padding: 1}}, relu,"
                                + " conv2d: {channels: 32, kernel: 4, stride: 2, padding: 1}, relu, flatten, linear: 100,"
                                + " relu, linear]")
                        .graph())
                .isEqualTo(NamedNetworks.graph("cnn-small", DIGITS, 10));
    }

    @Test
    void aResidualBlockReadsALayerTwice() {
        Architecture network = network(
                "[conv2d: {channels: 8, padding: 1}, relu: {name: start}, conv2d: {channels: 8, padding: 1, bias: false},"
                        + " batch-norm, add: [norm1, start], relu, max-pool: 2, average-pool: {window: 3, stride: 2, padding: 1},"
                        + " pad-channels: {stride: 2, before: 1, after: 3}, normalise: {mean: [0,0,0,0,0,0,0,0,0,0,0,0], std:"
                        + " [1,1,1,1,1,1,1,1,1,1,1,1]}, global-average-pool, linear]");
        assertThat(network.graph().nodes())
                .extracting(Graph.Node::name)
                .containsExactly(
                        "conv1",
                        "start",
                        "conv2",
                        "norm1",
                        "add1",
                        "relu2",
                        "pool1",
                        "pool2",
                        "shortcut1",
                        "normalise",
                        "mean",
                        "fc1");
        assertThat(network.graph().nodes().get(4).inputs()).containsExactly("norm1", "start");
        assertThat(network.graph().shape("mean")).isEqualTo(Shape.of(12));
        assertThat(network.layers()).isEqualTo(3);
    }

    @Test
    void aGivenNameIsNotTakenBySomeOtherLayer() {
        Architecture network = network("[flatten, linear: 5, linear: {outputs: 6, name: fc3}, linear: 7, linear]");
        assertThat(network.graph().nodes())
                .extracting(Graph.Node::name)
                .containsExactly("flatten", "fc1", "fc3", "fc4", "fc5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [conv2d: {channels: 4, in-channels: 3}, flatten, linear] | layer conv1 expects 3 channels, input gives 1
            [conv2d: {channels: 4}, linear] | layer fc1 expects a flat input, conv1 gives 4 x 26 x 26; a flatten between them makes it flat
            [flatten, linear: {outputs: 10, in-features: 700}] | layer fc1 expects 700 inputs, flatten gives 784
            [max-pool: 5, max-pool: 5, max-pool: 2, flatten, linear] | layer pool3 has a window of 2, pool2 gives 1 x 1 x 1
            [conv2d: {channels: 4}, conv2d: {channels: 4}, add: [conv1, conv2], flatten, linear] | layer add1 adds inputs of one shape, conv1 gives 4 x 26 x 26 and conv2 gives 4 x 24 x 24
            [conv2d: {channels: 10}] | layer conv1 gives the logits and must be flat, it gives 10 x 26 x 26
            [flatten, linear: 11] | layer fc1 gives 11 outputs, expected as many as the data has classes, 10
            [normalise: {mean: [0, 0, 0], std: [1, 1, 1]}, flatten, linear] | layer normalise expects 3 channels, input gives 1
            [conv2d: {channels: 4, kernel: 2, padding: 2}, flatten, linear] | layer conv1: a convolution needs a window and a stride of at least 1 and a padding from 0 to below its window, got 2, 1 and 2
            [conv2d: {channels: 20000000}, flatten, linear] | layer conv1 has more values than 2147483647
            [flatten, linear: 1000000, relu, linear] | layer fc1 has 784000000 of 794000000 weights, expected at most 165110390 in the network
            [flatten, relu] | layer relu1 gives 784 outputs, expected as many as the data has classes, 10
            """)
    void whatDoesNotFitIsNamedWithBothNumbers(String layers, String message) {
        assertThatThrownBy(() -> network(layers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void withoutDataOnlyNamesAreChecked() {
        Optional<String> none = Optional.empty();
        LayerList.check(List.of(new LayerSettings.Linear(OptionalInt.empty(), true, OptionalInt.empty(), none, none)));
        assertThatThrownBy(() -> LayerList.check(List.of(
                        new LayerSettings.Relu(Optional.of("a"), Optional.of("b")),
                        new LayerSettings.Relu(Optional.of("b"), Optional.of("a")),
                        new LayerSettings.Relu(Optional.of("c"), Optional.of("b")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layers form a cycle: a reads b reads a");
    }

    @Test
    void sizesAreThoseOfTheSpecification() {
        NetworkSize small = NetworkSize.of(NamedNetworks.graph("cnn-small", DIGITS, 10));
        assertThat(small.weights()).isEqualTo(16 * 16 + 16 * 32 * 16 + 1568 * 100 + 1000);
        assertThat(small.multiplyAdds()).isEqualTo(256 * 196 + 8192 * 49 + 156_800 + 1000);
        assertThat(small.values()).isEqualTo(784 + 2 * 3136 + 2 * 1568 + 1568 + 200 + 10);
        assertThat(small.largest()).isEqualTo("conv1");
        assertThat(NetworkSize.of(NamedNetworks.graph("resnet18", Shape.of(3, 32, 32), 10))
                        .multiplyAdds())
                .isBetween(554_000_000L, 557_000_000L);
    }
}
