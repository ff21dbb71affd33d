package org.espalier.lab.study.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class GreedyPolicyTest {
    private static final Layout LINEAR = Layout.of(List.of());
    private static final double[] ONES = {1, 1, 1, 1};

    /** Gives the value 1 + sum of factors times state to the push right, and 1 to that to the left. */
    private static GreedyPolicy policy(double factor, double[] scales) {
        double[] parameters = {0, 0, 0, 0, factor * 0.1, factor * 0.5, factor * 5, factor, 1, 1};
        return new GreedyPolicy(
                new Members(LINEAR, List.of(parameters), List.of(Links.dense(LINEAR))), scales, 40, Stream.root(2));
    }

    @Test
    void aGoodLinearPolicyBalancesAndItsOppositeFallsAtOnce() {
        assertThat(policy(1, ONES).reward(0, 0)).isEqualTo(500);
        assertThat(policy(-1, ONES).reward(0, 0)).isBetween(7.0, 12.0);
    }

    @Test
    void noiseMakesAPolicyWorseByItsUnits() {
        double[] scales = RandomActions.scales();
        double light = policy(1, scales).reward(0.5, 0);
        double heavy = policy(1, scales).reward(50, 0);
        assertThat(light).isGreaterThan(100);
        assertThat(heavy).isLessThan(60);
        assertThat(policy(1, scales).reward(0.5, 0)).isEqualTo(light);
        assertThat(policy(1, new double[4]).reward(50, 50)).isEqualTo(500);
    }

    @Test
    void fgsmTurnsAllActionsOfALinearPolicyWhereItsRadiusIsLarge() {
        // The margin of a linear policy falls by the radius times the sum of its factors, 6.6.
        assertThat(policy(1, ONES).reward(0, 1000)).isEqualTo(policy(-1, ONES).reward(0, 0));
        assertThat(policy(1, ONES).reward(0, 1e-9)).isEqualTo(500);
        double[] angle = {0, 0, 0.1, 0};
        assertThat(policy(1, angle).reward(0, 100)).isEqualTo(policy(-1, ONES).reward(0, 0));
    }

    @Test
    void theValueIsThatOfTheBestActionAtFirstStates() {
        Stream starts = Stream.root(2).child("starts");
        double sum = 0;
        double[] state = new double[4];
        for (int episode = 0; episode < 40; episode++) {
            CartPole.start(starts.child(episode), state);
            sum += 1 + Math.max(0, 0.1 * state[0] + 0.5 * state[1] + 5 * state[2] + state[3]);
        }
        assertThat(policy(1, ONES).value()).isCloseTo(sum / 40, within(1e-12));
    }
}
