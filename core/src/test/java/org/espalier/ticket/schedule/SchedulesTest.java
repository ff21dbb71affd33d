package org.espalier.ticket.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.prune.quota.Uniform;
import org.espalier.ticket.Geometric;
import org.espalier.ticket.PruningSchedule;
import org.espalier.ticket.Schedule;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    private static final Architecture ONE = new Architecture(List.of(1000, 1000), false);

    /** Densities after each level that the fractions give together. */
    private static double[] densities(Schedule schedule, double last, int levels) {
        PruningSchedule fractions = PruningSchedule.of(new Uniform(last), schedule, ONE, levels);
        double[] densities = new double[levels];
        double left = 1;
        for (int level = 1; level <= levels; level++) {
            left *= 1 - fractions.fractions(level).getFirst();
            densities[level - 1] = left;
        }
        return densities;
    }

    private static void sparsities(Schedule schedule, double last, double... expected) {
        double[] densities = densities(schedule, 1 - last, expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(1 - densities[i]).as("level %s", i + 1).isCloseTo(expected[i], within(5e-5));
        }
    }

    @Test
    void snipItsSparsities() {
        sparsities(new SnipItSteps(), 0.95, .5, .725, .8375, .89375, .921875, .9359375, .95);
        sparsities(new SnipItSteps(), 0.99, .5, .745, .8675, .92875, .959375, .9746875, .99);
        sparsities(new SnipItSteps(), 0.3, .3, .3, .3);
    }

    @Test
    void theCubicsDensities() {
        double[] expected = {.7561, .5608, .4087, .2944, .2125, .1576, .1243, .1072, .1009, .1};
        double[] found = densities(new Cubic(0, 0), 0.1, 10);
        for (int i = 0; i < 10; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(5e-5));
        }
        double[] waiting = densities(new Cubic(2, 1), 0.1, 13);
        assertThat(waiting[0]).isEqualTo(1);
        assertThat(waiting[1]).isEqualTo(1);
        assertThat(waiting[2]).isCloseTo(.7561, within(5e-5));
        assertThat(waiting[12]).isEqualTo(waiting[11]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> densities(new Cubic(2, 1), 0.1, 3))
                .withMessageContaining("expected fewer together than pruning.levels, 3");
    }

    @Test
    void boostingTicketsSparsities() {
        sparsities(new BoostingTicket(), 0.8, .1455, .2667, .3692, .4571, .5333, .60, .6588, .7111, .7579, .80);
    }

    @Test
    void topDownPrunesOneTwoThreeAndFiveTimes() {
        double[] found = densities(new TopDown(List.of(1, 1, 2, 3, 5)), Math.pow(0.8, 12), 5);
        int[] prunings = {1, 2, 4, 7, 12};
        for (int i = 0; i < 5; i++) {
            assertThat(found[i]).isCloseTo(Math.pow(0.8, prunings[i]), within(1e-9));
        }
        assertThat(found[4]).isCloseTo(.0687, within(5e-5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> densities(new TopDown(List.of(1, 2)), 0.5, 3))
                .withMessageContaining("expected as many as pruning.levels, 3");
        assertThatIllegalArgumentException().isThrownBy(() -> new TopDown(List.of(0, 0)));
    }

    @Test
    void theConstantFractionsDensities() {
        double[] expected = {
            .8, .64, .512, .4096, .3277, .2621, .2097, .1678, .1342, .1074, .0859, .0687, .055, .044, .0352, .0281
        };
        double[] found = densities(new Geometric(), Math.pow(0.8, 16), 16);
        for (int i = 0; i < 16; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(5e-5));
        }
    }
}
