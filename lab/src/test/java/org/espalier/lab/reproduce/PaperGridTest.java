package org.espalier.lab.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.espalier.lab.experiment.Experiment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaperGridTest {
    @TempDir
    private Path home;

    @Test
    void beginsWithThePublishedTables() {
        assertThat(PaperGrid.parts()).hasSize(36).doesNotHaveDuplicates();
        assertThat(PaperGrid.parts().stream().limit(7).map(PaperPart::name))
                .containsExactly(
                        "as-published-digits-pgd-original",
                        "as-published-digits-fgsm-original",
                        "as-published-digits-natural-original",
                        "as-published-fashion-pgd-original",
                        "as-published-fashion-fgsm-original",
                        "as-published-fashion-natural-original",
                        "as-published-digits-pgd-continued");
    }

    @Test
    void wordsOfOneKindAreAlternativesAndOfSeveralKindsConditions() {
        assertThat(PaperGrid.select(List.of("as-described-digits,pgd,fgsm-random")))
                .extracting(PaperPart::name)
                .containsExactly("as-described-digits-pgd-random", "as-described-digits-fgsm-random");
        assertThat(PaperGrid.select(List.of("fashion", "digits"))).hasSize(36);
        assertThat(PaperGrid.select(List.of())).isEqualTo(PaperGrid.parts());
        for (PaperPart part : PaperGrid.parts()) {
            assertThat(PaperGrid.select(List.of(part.name()))).containsExactly(part);
        }
    }

    @Test
    void aWordThatIsNoneIsNamedWithTheNearest() {
        assertThatThrownBy(() -> PaperGrid.select(List.of("digits-pdg")))
                .isInstanceOf(UserException.class)
                .hasMessage("--part digits-pdg has the word 'pdg', expected 'pgd'?");
    }

    @Test
    void everyPartIsAnExperimentOfItsPreset() {
        for (PaperPart part : PaperGrid.parts()) {
            Experiment experiment = PaperStore.of(home, part).experiment(List.of(part.strategy()), 3);
            assertThat(experiment.name()).isEqualTo(part.store());
            assertThat(experiment.strategies()).containsExactly(part.restart());
            assertThat(experiment.trials()).isEqualTo(3);
            assertThat(experiment.pruning().levels()).isEqualTo(20);
            assertThat(experiment.evaluation().attacks())
                    .isEqualTo(part.training().equals("natural") ? List.of("fgsm", "pgd") : List.of(part.training()));
            boolean published = part.setting() == PaperPart.Setting.AS_PUBLISHED;
            assertThat(experiment.training().iterations()).isEqualTo(published ? 50_040 : 50_000);
            assertThat(experiment.training().labelSmoothing().train()).isEqualTo(published ? 0.1 : 0);
        }
    }

    @Test
    void aPartThatWasNeverRunHasAllLevelsToTrain() {
        PaperPart part = PaperGrid.parts().getFirst();
        assertThat(PaperStore.of(home, part).progress(part, 3))
                .isEqualTo(new PaperStore.Progress(part, 0, 63, 0, 3, false));
    }
}
