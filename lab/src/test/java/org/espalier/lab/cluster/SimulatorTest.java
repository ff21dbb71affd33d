package org.espalier.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatorTest {
    /** Chains like the paper's: 20 levels that keep 80 % of the weights each, with time by density to the power of 0.6. */
    private static List<Simulator.Group> grid(int groups, int chains, double dense) {
        double[] chain = new double[20];
        for (int level = 1; level <= chain.length; level++) {
            chain[level - 1] = dense * Math.pow(Math.pow(0.8, level), 0.6);
        }
        List<Simulator.Group> grid = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            grid.add(new Simulator.Group(dense, Collections.nCopies(chains, chain)));
        }
        return grid;
    }

    @Test
    void oneWorkerTakesTheSumAndManyTakeTheLongestChain() {
        List<Simulator.Group> grid = List.of(
                new Simulator.Group(10, List.of(new double[] {4, 3}, new double[] {5})),
                new Simulator.Group(7, List.of(new double[] {1})));
        Simulator.Outcome one = Simulator.run(grid, 1, Simulator.Conditions.IDEAL, 1);
        assertThat(one.makespan()).isEqualTo(30, within(1e-9));
        assertThat(one.work()).isEqualTo(30, within(1e-9));
        assertThat(one.levels()).isEqualTo(6);
        Simulator.Outcome many = Simulator.run(grid, 9, Simulator.Conditions.IDEAL, 1);
        assertThat(many.makespan()).isEqualTo(17, within(1e-9));
        assertThat(many.criticalPath()).isEqualTo(17, within(1e-9));
        // One worker goes on with the chain 4, 3 after 10; the other is free at 8, takes 5 at 10.
        assertThat(Simulator.run(grid, 2, Simulator.Conditions.IDEAL, 1).makespan())
                .isEqualTo(17, within(1e-9));
        assertThatThrownBy(() -> Simulator.run(grid, 0, Simulator.Conditions.IDEAL, 1))
                .hasMessage("a search needs at least 1 worker, got 0");
    }

    @Test
    void aWorkerThatVanishesCostsTheTermAndTheTimeSinceTheCheckpoint() {
        List<Simulator.Group> one = List.of(new Simulator.Group(1000, List.of()));
        // Vanishes at half of them: some seed does so exactly once.
        for (long seed = 0; ; seed++) {
            Simulator.Outcome outcome =
                    Simulator.run(one, 1, new Simulator.Conditions(0.5, 0, 0, 1, 300, 180, 60), seed);
            if (outcome.vanished() == 1) {
                assertThat(outcome.makespan()).isEqualTo(1000 + 300 + outcome.repeated(), within(1e-6));
                assertThat(outcome.repeated()).isBetween(0.0, 180.0);
                return;
            }
        }
    }

    /** 120 chains of 21 levels on 120 cores, of which 1 % of the levels lose their worker. */
    @Test
    void thePapersGridOnAsManyCoresAsChainsKeepsNineTenthsOfTheIdeal() {
        List<Simulator.Group> grid = grid(120, 1, 1800);
        Simulator.Outcome outcome = Simulator.run(grid, 120, Simulator.Conditions.vanishing(0.01), 1);
        assertThat(outcome.levels()).isEqualTo(2520);
        assertThat(outcome.vanished()).isPositive();
        assertThat(outcome.efficiency()).isGreaterThan(0.9).isLessThanOrEqualTo(1);
    }

    @Test
    void stalledAndSlowWorkersAreCounted() {
        Simulator.Outcome outcome =
                Simulator.run(grid(40, 3, 60), 50, new Simulator.Conditions(0, 0.2, 0.1, 3, 300, 180, 60), 1);
        assertThat(outcome.vanished()).isGreaterThan(200);
        assertThat(outcome.doubled()).isPositive().isLessThan(outcome.vanished());
        assertThat(outcome.efficiency()).isLessThan(0.9);
        assertThat(outcome.operations()).isPositive();
    }
}
