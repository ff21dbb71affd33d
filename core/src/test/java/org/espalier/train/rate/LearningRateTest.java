package org.espalier.train.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.espalier.engine.Update;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.TrainingSettings;
import org.junit.jupiter.api.Test;

class LearningRateTest {
    private static LearningRate of(RateSchedule schedule, int iterations) {
        return new LearningRate(schedule, iterations, 0, 0);
    }

    @Test
    void aConstantRateIsExactlyTheOptimizers() {
        assertThat(LearningRate.CONSTANT.factor(0)).isEqualTo(1);
        assertThat(LearningRate.CONSTANT.factor(Integer.MAX_VALUE)).isEqualTo(1);
        for (OptimizerSettings optimizer : List.of(
                new OptimizerSettings.Adam(1.2e-3),
                new OptimizerSettings.Momentum(0.1, 0.9),
                new OptimizerSettings.Nesterov(0.1, 0.9))) {
            Update update = optimizer.update(7, 1, 1e-3f, 1e-2f, 0);
            switch (update) {
                case Update.Adam adam ->
                    assertThat(adam.stepSize()).isEqualTo(((OptimizerSettings.Adam) optimizer).stepSize(7));
                case Update.Momentum momentum -> assertThat(momentum.rate()).isEqualTo(0.1f);
                case Update.Nesterov nesterov -> assertThat(nesterov.rate()).isEqualTo(0.1f);
            }
            assertThat(update.decay()).isZero();
        }
    }

    @Test
    void stepsFallAtTheirMilestones() {
        LearningRate rate = of(new StepRate(List.of(0.5, 0.75), 0.1), 200);
        assertThat(rate.factor(0)).isEqualTo(1);
        assertThat(rate.factor(99)).isEqualTo(1);
        assertThat(rate.factor(100)).isEqualTo(0.1);
        assertThat(rate.factor(149)).isEqualTo(0.1);
        assertThat(rate.factor(150)).isCloseTo(0.01, within(1e-15));
        assertThat(rate.factor(1_000_000)).isCloseTo(0.01, within(1e-15));
    }

    @Test
    void aMilestoneIsTheNearestUpdate() {
        // 0.07 x 100 is above 7 in double.
        LearningRate rate = of(new StepRate(List.of(0.07), 0.5), 100);
        assertThat(rate.factor(6)).isEqualTo(1);
        assertThat(rate.factor(7)).isEqualTo(0.5);
    }

    @Test
    void aCosineFallsFromOneToItsLastFactor() {
        LearningRate rate = of(new CosineRate(0.2), 400);
        assertThat(rate.factor(0)).isEqualTo(1);
        assertThat(rate.factor(100)).isCloseTo(0.2 + 0.4 * (1 + Math.sqrt(0.5)), within(1e-15));
        assertThat(rate.factor(200)).isCloseTo(0.6, within(1e-15));
        assertThat(rate.factor(400)).isCloseTo(0.2, within(1e-15));
        assertThat(rate.factor(401)).isEqualTo(rate.factor(400));
    }

    @Test
    void aCycleRisesToItsPeakAndFallsToZero() {
        // numpy.interp(t + 1, [0, 2/5 n, n], [0, 1, 0]), n = 5000
        LearningRate rate = of(new CyclicRate(0.4), 5000);
        assertThat(rate.factor(0)).isCloseTo(1 / 2000.0, within(1e-15));
        assertThat(rate.factor(999)).isCloseTo(0.5, within(1e-15));
        assertThat(rate.factor(1999)).isCloseTo(1, within(1e-15));
        assertThat(rate.factor(3499)).isCloseTo(0.5, within(1e-15));
        assertThat(rate.factor(4998)).isCloseTo(1 / 3000.0, within(1e-15));
        assertThat(rate.factor(4999)).isZero();
        assertThat(rate.factor(1_000_000)).isZero();
    }

    @Test
    void aWarmUpMultipliesAnySchedule() {
        LearningRate rate = new LearningRate(new CosineRate(0), 400, 200, 0);
        assertThat(rate.factor(0)).isCloseTo(1 / 200.0, within(1e-15));
        assertThat(rate.factor(99)).isCloseTo(0.5 * of(new CosineRate(0), 400).factor(99), within(1e-15));
        assertThat(rate.factor(199)).isEqualTo(of(new CosineRate(0), 400).factor(199));
        assertThat(rate.factor(300)).isEqualTo(of(new CosineRate(0), 400).factor(300));
        assertThat(new LearningRate(new ConstantRate(), 400, 4, 0).factor(1)).isEqualTo(0.5);
    }

    @Test
    void aLevelMayBeginWithinTheSchedule() {
        LearningRate whole = new LearningRate(new CyclicRate(0.4), 1000, 100, 0);
        LearningRate rewound = new LearningRate(new CyclicRate(0.4), 1000, 100, 50);
        for (int update = 0; update < 950; update++) {
            assertThat(rewound.factor(update)).isEqualTo(whole.factor(update + 50));
        }
        assertThat(rewound.factor(999)).isZero();
    }

    @Test
    void theRateScalesStepsAndDecay() {
        Update.Nesterov update = (Update.Nesterov) new OptimizerSettings.Nesterov(0.2, 0.9).update(1, 0.5, 0, 0, 0.01);
        assertThat(update.rate()).isEqualTo(0.1f);
        assertThat(update.decay()).isEqualTo(0.001f);
        OptimizerSettings adam = new OptimizerSettings.Adam(0.2);
        assertThat(((Update.Adam) adam.update(3, 0.5, 0, 0, 0)).stepSize())
                .isCloseTo(((OptimizerSettings.Adam) adam).stepSize(3) / 2, within(1e-9f));
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CyclicRate(1)).withMessageContaining("peak");
        assertThatIllegalArgumentException().isThrownBy(() -> new CosineRate(2)).withMessageContaining("last");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StepRate(List.of(0.0), 0.1))
                .withMessageContaining("milestone");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StepRate(List.of(0.5), 0))
                .withMessageContaining("factor");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LearningRate(new ConstantRate(), 0, 0, 0))
                .withMessageContaining("at least 1 iteration");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(10, OptionalDouble.empty()))
                .withMessageContaining("weight decay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0, OptionalDouble.of(0)))
                .withMessageContaining("norm");
    }

    private static TrainingSettings settings(double weightDecay, OptionalDouble clip) {
        return new TrainingSettings(
                new Objective.Natural(),
                new OptimizerSettings.Momentum(0.1, 0.9),
                60,
                0,
                0,
                0,
                LearningRate.CONSTANT,
                weightDecay,
                clip);
    }
}
