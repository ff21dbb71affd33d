package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.network.InitialWeights;
import org.espalier.network.NamedNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkSettingsTest {
    @TempDir
    Path directory;

    private static Experiment.Network network(String yaml) {
        return ExperimentFile.parse(yaml, "my.yaml").network();
    }

    @Test
    void aNetworkIsAnMlpUnlessItSaysMore() {
        assertThat(network("").kind()).isEqualTo("mlp");
        assertThat(network("").hidden()).contains(List.of(300, 100));
        assertThat(network("").biases()).contains(false);
        assertThat(network("network: {biases: true}").biases()).contains(true);
        assertThat(network("network: mlp")).isEqualTo(network("network: {hidden: [300, 100]}"));
    }

    @Test
    void everyNamedNetworkIsAKindAndItsResolvedFileMeansTheSame() {
        for (String name : NamedNetworks.all().keySet()) {
            Experiment experiment = ExperimentFile.parse("network: " + name, "my.yaml");
            assertThat(experiment.network().kind()).isEqualTo(name);
            assertThat(experiment.network().hidden()).isEmpty();
            assertThat(ExperimentFile.parse(ExperimentFile.write(experiment), "resolved.yaml"))
                    .isEqualTo(experiment);
        }
        Experiment.Network all = network("""
                network:
                  kind: cnn-small
                  initial: kaiming-normal-fan-out
                  normalise: {mean: [0.1307], std: [0.3081]}
                """);
        assertThat(all.initial()).isEqualTo(InitialWeights.KAIMING_NORMAL_FAN_OUT);
        assertThat(all.normalise()).contains(new Experiment.Normalisation(List.of(0.1307), List.of(0.3081)));
    }

    @Test
    void aListOfLayersIsReadBackFromItsResolvedFile() {
        Experiment experiment = ExperimentFile.parse(
                "network: {layers: [conv2d: 8, relu, max-pool: {window: 3, stride: 2}, flatten, linear]}", "my.yaml");
        assertThat(experiment.network().kind()).isEqualTo("layers");
        assertThat(experiment.network().layers()).map(List::size).contains(5);
        assertThat(ExperimentFile.parse(ExperimentFile.write(experiment), "resolved.yaml"))
                .isEqualTo(experiment);
    }

    @Test
    void aNetworkOfAnotherKindReplacesTheBasesAsAWhole() throws IOException {
        Path base = Files.writeString(directory.resolve("base.yaml"), "network: {hidden: [5], biases: true}");
        for (String over : List.of("cnn-small", "{kind: cnn-small}")) {
            Path file = Files.writeString(directory.resolve("over.yaml"), "extends: base.yaml\nnetwork: " + over);
            assertThat(ExperimentFile.read(file.toString(), List.of()).network().kind())
                    .isEqualTo("cnn-small");
            Experiment changed = ExperimentFile.read(file.toString(), List.of("network.initial=kaiming-normal"));
            assertThat(changed.network().kind()).isEqualTo("cnn-small");
            assertThat(changed.network().initial()).isEqualTo(InitialWeights.KAIMING_NORMAL);
        }
        Experiment listed = ExperimentFile.read(base.toString(), List.of("network.layers=[flatten, linear]"));
        assertThat(listed.network().kind()).isEqualTo("layers");
        assertThat(listed.network().hidden()).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            cnn-smal | network.kind is cnn-smal, did you mean "cnn-small"?
            {kind: cnn-small, hidden: [5]} | network.hidden is given, expected none for network.kind cnn-small: a network of kind mlp has it
            {kind: cnn-small, biases: true} | network.biases is given, expected none for network.kind cnn-small: a network of kind mlp has it
            {kind: cnn-small, layers: [relu]} | network.layers is given, expected none for network.kind cnn-small: a network of kind layers has it
            {normalise: {mean: [0], std: [1]}} | network.normalise is given, expected none for network.kind mlp: a list of layers has a layer normalise
            {kind: cnn-small, normalise: {mean: [0, 1], std: [1]}} | network.normalise: mean has 2 channels and std has 1, expected as many
            {layers: [relu], outputs: 5} | network.outputs is given, expected none for network.kind layers: the last layer of the list has it
            {kind: layers} | network.layers is missing, expected a list of layers
            {layers: []} | network.layers has 0 elements, expected at least 1
            {layers: [relu, conv3d: {channels: 5}]} | network.layers[1] is conv3d, did you mean "conv2d"?
            {layers: [reluu]} | network.layers[0] is reluu, did you mean "relu"?
            {layers: [conv2d]} | network.layers[0].conv2d.channels is missing
            {layers: [conv2d: {channels: 0}]} | network.layers[0].conv2d.channels is 0, expected a whole number of at least 1
            {layers: [{conv2d: {channels: 5}, name: a}]} | network.layers[0] has the keys conv2d, name, expected one, the kind, with all settings below it
            {layers: [add: [a, b, c]]} | network.layers[0].add: inputs has 3 layers, expected 2
            {layers: [relu: {name: a, from: b}, relu: {name: b, from: a}, relu: {from: b}]} | network.layers cannot be used: layers form a cycle: a reads b reads a
            {layers: [relu: {from: a}]} | network.layers cannot be used: layer relu1 reads a, which is no layer of the network
            {layers: [relu: {name: a}, relu: {name: a}]} | network.layers cannot be used: two layers are called a
            {layers: [relu, relu: {from: input}]} | network.layers cannot be used: layer relu1 is read by none and is not the output relu2
            """)
    void whatIsWrongIsNamedWithFileAndLine(String network, String message) {
        assertThatThrownBy(() -> network("name: x\nnetwork: " + network))
                .isInstanceOf(UserException.class)
                .hasMessage("my.yaml, line 2: " + message);
    }
}
