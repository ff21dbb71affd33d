package org.espalier.lab.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.runner.TinyData;
import org.junit.jupiter.api.Test;

class SearchEstimateTest {
    @Test
    void levelsAreCountedAsThePlanCountsThem() {
        String[] strategies = {"strategies=[original, random, continued, as-published, rewind-20, none]"};
        Plan plan = new Plan(TinyData.experiment(60, strategies), TinyData.data());
        SearchEstimate estimate =
                SearchEstimate.of(TinyData.experiment(60, strategies[0], "trials=1"), 2, TinyData.data(), 0.05);
        assertThat(estimate.chains()).isEqualTo(plan.trials().size());
        assertThat(estimate.distinct()).isEqualTo(plan.tasks().size());
        assertThat(estimate.levels())
                .isEqualTo(plan.trials().stream()
                        .mapToLong(trial -> trial.levels().size())
                        .sum());
        assertThat(estimate.on(1).levels()).isEqualTo(estimate.distinct());
        assertThat(estimate.on(1).makespan()).isEqualTo(estimate.training() + estimate.evaluation(), within(1e-6));
        assertThat(estimate.on(100).makespan())
                .isLessThanOrEqualTo(estimate.on(1).makespan() / 2);
        assertThat(estimate.storeBytes()).isPositive();
    }

    @Test
    void aStudyOfAMillionLevelsIsEstimatedInSeconds() {
        long start = System.nanoTime();
        SearchEstimate estimate = SearchEstimate.of(
                TinyData.experiment(60, "trials=1", "pruning.levels=8"), 40_000, TinyData.data(), 0.05);
        assertThat(estimate.levels()).isGreaterThan(1_000_000);
        assertThat(estimate.on(1000).levels()).isEqualTo(estimate.distinct());
        assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
    }

    @Test
    void costsBetweenMeasuredDensitiesLieOnAPowerOfTheDensity() {
        Costs costs = new Costs(List.of(new Costs.Point(1, 8, 80), new Costs.Point(0.01, 2, 20)));
        assertThat(costs.iteration(1)).isEqualTo(8, within(1e-12));
        assertThat(costs.iteration(0.1)).isEqualTo(4, within(1e-12));
        assertThat(costs.iteration(0.01)).isEqualTo(2, within(1e-12));
        assertThat(costs.iteration(0.001)).isEqualTo(2, within(1e-12));
        assertThat(costs.evaluation(0.1)).isEqualTo(40, within(1e-12));
    }
}
