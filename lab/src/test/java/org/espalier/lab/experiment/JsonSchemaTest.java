package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonSchemaTest {
    private static final Path PUBLISHED = Path.of("..", "docs", "experiment.schema.json");
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(MAPPER.readTree(Json.write(JsonSchema.ofExperiment())));

    private static List<String> complaints(String yaml) {
        JsonNode document = MAPPER.readTree(Json.write(JsonSchema.plain(Yaml.parse(yaml, "test", false))));
        return SCHEMA.validate(document).stream().map(Object::toString).toList();
    }

    @Test
    void thePublishedSchemaIsTheParsers() throws Exception {
        JsonNode made = MAPPER.readTree(Json.write(JsonSchema.ofExperiment()));
        Path fresh = Files.createDirectories(Path.of("target")).resolve("experiment.schema.json");
        Files.writeString(fresh, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(made) + "\n");
        assertThat(MAPPER.readTree(Files.readString(PUBLISHED)))
                .as("%s is out of date: copy %s over it", PUBLISHED, fresh)
                .isEqualTo(made);
    }

    static List<String> presets() {
        return Presets.names();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void acceptsPresetsAndWhatTheyResolveTo(String preset) {
        assertThat(complaints(Presets.text(preset))).isEmpty();
        assertThat(complaints(ExperimentFile.write(ExperimentFile.read(preset, List.of()))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trainning: {}",
                "training: {batch: 0}",
                "training: {batch: sixty}",
                "training: {batch: 1.5}",
                "training:",
                "training: {optimizer: {kind: adm}}",
                "training: {optimizer: {kind: sgd, beta1: 0.9}}",
                "training: {optimizer: {kind: adam, rate: 0}}",
                "training: {label-smoothing: {train: 1}}",
                "attacks: {fgsm: {kind: fgsm, epsilon: -0.3}}",
                "attacks: {FGSM: {kind: fgsm}}",
                "pruning: {hidden: 1.2}",
                "pruning: {count: exakt}",
                "network: {biases: 1}",
                "network: {hidden: [300, 0]}",
                "network: {layers: []}",
                "network: {layers: [conv2d]}",
                "network: {layers: [conv3d: {channels: 5}]}",
                "network: {layers: [{conv2d: {channels: 5}, name: conv1}]}",
                "network: {layers: [conv2d: {chanels: 5}]}",
                "network: {layers: [add: [a]]}",
                "network: {kind: cnn-small, normalise: {mean: [0], std: [0]}}",
                "data: {sets: []}",
                "data: {sets: [{directory: here}]}",
                "strategies: [orginal]",
                "strategies: [xoriginalx]",
                "name: ../escape",
                "seed: [1]",
                "- a list"
            })
    void refusesWhatTheParserRefuses(String yaml) {
        assertThat(complaints(yaml)).isNotEmpty();
        assertThatThrownBy(() -> ExperimentFile.parse(yaml, "test")).isInstanceOf(UserException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attacks: {fgsm: {kind: fgsm, label: true}, pgd: {kind: pgd, label: predicted}}",
                "objectives: [natural, {name: mine, attack: pgd, natural-share: 0}]",
                "data: {sets: [digits, {name: mine, directory: some/where}]}",
                "strategies: [rewind-1000, none, as-published]",
                "training: {optimizer: {kind: sgd, rate: 1e-1}, l1: 1e-5}",
                "network: {hidden: []}",
                "network: cnn-small",
                "network: {kind: resnet8, initial: kaiming-normal, normalise: {mean: [0.1], std: [0.3]}}",
                "network: {layers: [conv2d: 16, relu, flatten, linear: {outputs: 10, bias: false}]}",
                "network: {layers: [conv2d: {channels: 16, name: c}, conv2d: 16, add: [c, conv2], max-pool: 2, flatten, linear]}",
                "pruning: {quota: {kind: fractions, convolution: 0.1, layers: {conv1: 0.1}}}",
                "report: {iteration: 10}"
            })
    void acceptsWhatTheParserAccepts(String yaml) {
        assertThat(complaints(yaml)).isEmpty();
        assertThat(ExperimentFile.parse(yaml, "test")).isNotNull();
    }
}
