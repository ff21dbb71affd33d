package org.espalier.lab.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.runner.TinyData;
import org.junit.jupiter.api.Test;

class ValidationObjectiveTest {
    private static List<Measurement> at(int iteration, double naturalLoss, int right, double loss) {
        return List.of(
                new Measurement(iteration, "validation", "none", 90, 100, naturalLoss),
                new Measurement(iteration, "validation", "pgd", right, 100, loss),
                new Measurement(iteration, "test", "pgd", 100, 100, 0));
    }

    private static ValidationObjective objective(String... overrides) {
        Experiment experiment = TinyData.experiment(48, overrides);
        return new ValidationObjective(experiment, experiment.objectives().getFirst());
    }

    @Test
    void lossesOfKeptPointsDecideInTheObjectivesMixture() {
        ValidationObjective objective = objective();
        assertThat(objective.improvedBy(at(0, 0.5, 40, 1.0))).isTrue();
        assertThat(objective.improvedBy(at(12, 0.9, 60, 0.9))).isFalse();
        assertThat(objective.improvedBy(at(24, 0.4, 30, 1.0))).isTrue();
    }

    @Test
    void theErrorDecidesWhereAccuraciesAreOfTheWorstCase() {
        ValidationObjective objective = objective("evaluation.accuracy=worst-case");
        assertThat(objective.improvedBy(at(0, 0.5, 40, 1.0))).isTrue();
        assertThat(objective.improvedBy(at(12, 0.9, 60, 1.9))).isTrue();
        assertThat(objective.improvedBy(at(24, 0.4, 60, 0.1)))
                .as("the earliest of equals")
                .isFalse();
    }

    @Test
    void naturalTrainingGoesByTheNaturalLossEitherWay() {
        ValidationObjective objective = objective("evaluation.accuracy=worst-case", "objectives=[natural]");
        assertThat(objective.improvedBy(at(0, 0.5, 40, 1.0))).isTrue();
        assertThat(objective.improvedBy(at(12, 0.6, 60, 0.5))).isFalse();
        assertThat(objective.improvedBy(at(24, 0.4, 10, 2.0))).isTrue();
    }
}
