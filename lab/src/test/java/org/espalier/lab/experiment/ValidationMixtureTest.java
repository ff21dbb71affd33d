package org.espalier.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ValidationMixtureTest {
    private static List<ValidationMixture> of(String yaml) {
        Experiment experiment = ExperimentFile.parse(yaml, "my.yaml");
        return experiment.objectives().stream()
                .map(objective -> ValidationMixture.of(experiment, objective))
                .toList();
    }

    @Test
    void isTheObjectivesOwn() {
        assertThat(of("objectives: [natural, pgd, {name: mine, attack: fgsm, natural-share: 0.25}]"))
                .containsExactly(
                        ValidationMixture.NATURAL,
                        new ValidationMixture(0.5, "pgd", false),
                        new ValidationMixture(0.75, "fgsm", false));
    }

    @Test
    void ofBoundsItIsTheRampsLast() {
        assertThat(of("{objectives: [crown-ibp, {name: x, bound: mine}], bounds: {mine: {kind: ibp, schedule:"
                        + " {natural-share: {first: 1, last: 0.25}}}}}"))
                .containsExactly(
                        new ValidationMixture(0.5, "crown-ibp", false), new ValidationMixture(0.75, "mine", false));
    }

    @Test
    void asPublishedTheLossOfTheAttackIsTheWholeObjective() {
        assertThat(of("{objectives: [natural, pgd], evaluation: {loss: objective}}"))
                .containsExactly(ValidationMixture.NATURAL, new ValidationMixture(1, "pgd", false));
    }

    @Test
    void ofThePerExampleWorstCaseItIsTheErrorUnderTheAttackButNotOfBounds() {
        assertThat(of("{objectives: [natural, pgd, ibp]," + " evaluation: {accuracy: worst-case}}"))
                .containsExactly(
                        ValidationMixture.NATURAL,
                        new ValidationMixture(1, "pgd", true),
                        new ValidationMixture(0.5, "ibp", false));
    }
}
