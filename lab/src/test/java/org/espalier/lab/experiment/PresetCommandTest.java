package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PresetCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"quick", "quick-mlp", "robust", "certified", "certified-mlp", "paper", "as-published"})
    void aPresetIsRunByItsName(String preset) {
        assertThat(PresetCommand.of(ExperimentFile.read(preset, List.of("name=other"))))
                .hasValue(List.of("run", preset));
    }

    @Test
    void changedSettingsAreNamed() {
        Experiment experiment = ExperimentFile.read(
                "certified", List.of("trials=3", "evaluation.splits=[validation]", "training.optimizer.rate=0.002"));
        List<String> command = PresetCommand.of(experiment).orElseThrow();
        assertThat(command)
                .containsExactly(
                        "run",
                        "certified",
                        "--set",
                        "trials=3",
                        "--set",
                        "training.optimizer.rate=0.002",
                        "--set",
                        "evaluation.splits=[\"validation\"]");
        assertThat(PresetCommand.typed(command))
                .isEqualTo("espalier run certified --set trials=3 --set training.optimizer.rate=0.002 --set"
                        + " 'evaluation.splits=[\"validation\"]'");
    }

    @Test
    void whatNoPresetCanBecomeHasNoCommand() {
        Experiment experiment = ExperimentFile.parse(
                "attacks: {mine: {kind: fgsm}}\nobjectives: [natural]\n" + "evaluation: {attacks: [mine]}\n", "test");
        assertThat(PresetCommand.of(experiment)).isEmpty();
    }
}
