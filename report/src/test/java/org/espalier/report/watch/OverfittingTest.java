package org.espalier.report.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverfittingTest {
    /** Accuracies in per cent, one each 100 iterations from 0, on so many images. */
    private static List<Overfitting.Sample> samples(int images, double... percents) {
        var samples = new ArrayList<Overfitting.Sample>();
        for (int i = 0; i < percents.length; i++) {
            samples.add(new Overfitting.Sample(100 * i, percents[i] / 100, images));
        }
        return samples;
    }

    private static Optional<Overfitting.Finding> find(int images, double[] fgsm, double[] pgd) {
        return Overfitting.find(samples(images, fgsm), samples(images, pgd));
    }

    @Test
    void fgsmThatRisesWhilePgdFallsIsFoundWhereItShowsFirst() {
        Overfitting.Finding found = find(1000, new double[] {0, 50, 60, 80, 95}, new double[] {0, 30, 40, 15, 0})
                .orElseThrow();
        assertThat(found.iteration()).isEqualTo(300);
        assertThat(found.since()).contains(new Overfitting.Finding.Since(200, 0.6, 0.4));
        assertThat(found.text("fgsm", "pgd"))
                .isEqualTo("since iteration 200 accuracy under fgsm has risen from 60.0 to 80.0 %, but under pgd has"
                        + " fallen from 40.0 to 15.0 % (iteration 300)");
    }

    @Test
    void aNetworkThatNeverWithstoodPgdIsBlind() {
        Overfitting.Finding found = find(1000, new double[] {0, 49.9, 52.3, 60}, new double[] {0, 0, 0, 0})
                .orElseThrow();
        assertThat(found.iteration()).isEqualTo(200);
        assertThat(found.since()).isEmpty();
        assertThat(found.text("fgsm", "pgd"))
                .isEqualTo("accuracy under fgsm is 52.3 %, but under pgd 0.0 % (iteration 200)");
    }

    @Test
    void pgdThatFallsTogetherWithFgsmIsNone() {
        assertThat(find(1000, new double[] {0, 60, 40, 20}, new double[] {0, 40, 20, 5}))
                .isEmpty();
    }

    @Test
    void pgdThatFallsByLessThanHalfIsNone() {
        assertThat(find(10_000, new double[] {0, 60, 75}, new double[] {0, 45, 24}))
                .isEmpty();
        assertThat(find(10_000, new double[] {0, 60, 75}, new double[] {0, 45, 22}))
                .isPresent();
    }

    @Test
    void whatMayBeChanceIsNone() {
        // 6 points on 100 images are two standard errors, on 10,000 images twenty.
        double[] fgsm = {0, 30, 40};
        double[] pgd = {0, 7, 1};
        assertThat(find(100, fgsm, pgd)).isEmpty();
        assertThat(find(10_000, fgsm, pgd)).isPresent();
    }

    @Test
    void whatAnUntrainedNetworkDoesDoesNotCount() {
        assertThat(find(10_000, new double[] {5, 40}, new double[] {30, 12})).isEmpty();
    }

    @Test
    void adversarialTrainingAsItShouldBeIsNone() {
        assertThat(find(1000, new double[] {0, 13.5, 31.2, 38.6, 48.5, 49.7, 46}, new double[] {
                    0, 12.4, 19.9, 24, 32.6, 33.1, 30
                }))
                .isEmpty();
    }

    @Test
    void measurementsWithoutAPartnerAreLeftOut() {
        List<Overfitting.Sample> pgd = samples(1000, 0, 40, 0);
        assertThat(Overfitting.find(List.of(samples(1000, 0, 50, 90).getLast()), pgd))
                .hasValueSatisfying(found -> assertThat(found.since()).isEmpty());
        assertThat(Overfitting.find(List.of(), pgd)).isEmpty();
    }

    private static List<LevelReader.Pair> pairs(String objective, String measured) {
        Experiment experiment = ExperimentFile.parse("""
                attacks:
                  one: {kind: fgsm, epsilon: 0.1}
                  many: {kind: pgd, epsilon: 0.1}
                  wide: {kind: pgd, epsilon: 0.2}
                  step: {kind: pgd, epsilon: 0.2, steps: 1, step: 0.2}
                  corner: {kind: corner-pgd, epsilon: 0.2}
                  corner-step: {kind: corner-pgd, epsilon: 0.2, steps: 1, step: 0.2}
                objectives: [%s]
                evaluation: {attacks: [%s]}
                """.formatted(objective, measured), "test");
        return LevelReader.Pair.of(experiment, experiment.objectives().getFirst());
    }

    @Test
    void attacksAreComparedByTheirKindsAndNotTheirNames() {
        assertThat(pairs("many", "one, many, wide")).containsExactly(new LevelReader.Pair("one", "many"));
        assertThat(pairs("many", "step, wide")).containsExactly(new LevelReader.Pair("step", "wide"));
        assertThat(pairs("many", "step, corner")).containsExactly(new LevelReader.Pair("step", "corner"));
        assertThat(pairs("many", "corner-step, wide")).containsExactly(new LevelReader.Pair("corner-step", "wide"));
        assertThat(pairs("natural", "one, many")).isEmpty();
        assertThat(pairs("many", "many")).isEmpty(); // training in many steps
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: a, attack: many, method: {kind: fast}}",
                "{name: a, attack: many, method: {kind: n-fgsm}}",
                "{name: a, attack: one}",
                "{name: a, attack: step}",
                "{name: a, attack: corner-step}"
            })
    void trainingInOneStepIsWatchedWithoutAnAttackOfOneStep(String objective) {
        List<LevelReader.Pair> pairs = pairs(objective, "many");
        assertThat(pairs).containsExactly(new LevelReader.Pair("none", "many"));
        List<Overfitting.Sample> natural = samples(1000, 10, 80, 85, 95);
        assertThat(pairs.getFirst()
                        .find(natural, samples(1000, 0, 30, 40, 1))
                        .orElseThrow()
                        .text("no attack", "many"))
                .contains("has risen from 85.0 to 95.0 %, but under many has fallen from 40.0 to 1.0 %");
        // What sound training looks like at its beginning.
        assertThat(pairs.getFirst().find(natural, samples(1000, 0, 2, 9, 20))).isEmpty();
    }
}
