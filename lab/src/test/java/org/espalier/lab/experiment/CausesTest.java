package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The experiments in docs/findings/causes differ in their switches only. */
class CausesTest {
    private static Experiment read(String name) {
        return ExperimentFile.read(
                Path.of("..", "docs", "findings", "causes", name + ".yaml").toString(), List.of("name=same"));
    }

    @ParameterizedTest
    @CsvSource({"described, 0, true", "smoothing, 0.1, true", "predicted, 0, predicted", "both, 0.1, predicted"})
    void eachHasItsSwitches(String name, double smoothing, String label) {
        Experiment experiment = read(name);
        assertThat(experiment.training().labelSmoothing().train()).isEqualTo(smoothing);
        for (String attack : List.of("fgsm", "pgd", "pgd-best")) {
            assertThat(ExperimentFile.tree(experiment.attacks().get(attack)).get("label"))
                    .as(attack)
                    .isEqualTo(label);
        }
        assertThat(ExperimentFile.tree(experiment.attacks().get("pgd-best")).get("keep"))
                .isEqualTo("best");
        assertThat(experiment.robustness().orElseThrow().suite()).isEqualTo("standard");
        // Without its switches each is the first one.
        Experiment without = ExperimentFile.read(
                Path.of("..", "docs", "findings", "causes", name + ".yaml").toString(),
                List.of(
                        "name=same",
                        "training.label-smoothing.train=0",
                        "attacks.fgsm.label=true",
                        "attacks.pgd.label=true",
                        "attacks.pgd-best.label=true"));
        assertThat(without).isEqualTo(read("described"));
    }
}
