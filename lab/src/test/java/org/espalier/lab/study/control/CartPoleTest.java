package org.espalier.lab.study.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.espalier.random.Gaussian;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class CartPoleTest {
    private static final Stream STREAM = Stream.root(5);

    private static double[] state(int number) {
        double[] state = new double[4];
        for (int i = 0; i < 4; i++) {
            state[i] = Gaussian.at(STREAM, number, i);
        }
        return state;
    }

    @Test
    void aPushFromRestIsThatOfTheClosedForm() {
        double[] state = new double[4];
        CartPole.step(state, 1);
        // At rest and upright: angular acceleration -600 / 41, acceleration 400 / 41.
        assertThat(state).containsExactly(new double[] {0, 8.0 / 41, 0, -12.0 / 41}, within(1e-15));
        CartPole.step(state, 0);
        // Old speeds move the cart and the pole: Euler's step.
        assertThat(state[0]).isCloseTo(0.02 * 8 / 41, within(1e-15));
        assertThat(state[2]).isCloseTo(-0.02 * 12 / 41, within(1e-15));
    }

    @Test
    void accelerationsSolveBothEquationsOfMotion() {
        for (int number = 0; number < 50; number++) {
            double[] before = state(number);
            double[] after = before.clone();
            int action = number % 2;
            CartPole.step(after, action);
            double moving = (after[1] - before[1]) / 0.02;
            double turning = (after[3] - before[3]) / 0.02;
            double sine = Math.sin(before[2]);
            double cosine = Math.cos(before[2]);
            double force = 1.1 * moving + 0.05 * (turning * cosine - before[3] * before[3] * sine);
            assertThat(force).isCloseTo(action == 1 ? 10 : -10, within(1e-10));
            assertThat(0.5 * 4 / 3 * turning + moving * cosine).isCloseTo(9.8 * sine, within(1e-10));
        }
    }

    @Test
    void aMirroredPushOfAMirroredStateGivesTheMirroredNextState() {
        for (int number = 0; number < 50; number++) {
            double[] one = state(number);
            double[] other = new double[4];
            for (int i = 0; i < 4; i++) {
                other[i] = -one[i];
            }
            CartPole.step(one, 1);
            CartPole.step(other, 0);
            for (int i = 0; i < 4; i++) {
                assertThat(other[i]).isEqualTo(-one[i]);
            }
        }
    }

    @Test
    void anEpisodeEndsBeyondTheLimitsOnly() {
        double steepest = 0.20943951023931953;
        assertThat(CartPole.fallen(new double[] {2.4, 9, -steepest, 9})).isFalse();
        assertThat(CartPole.fallen(new double[] {-2.4, 9, steepest, 9})).isFalse();
        assertThat(CartPole.fallen(new double[] {2.4001, 0, 0, 0})).isTrue();
        assertThat(CartPole.fallen(new double[] {-2.4001, 0, 0, 0})).isTrue();
        assertThat(CartPole.fallen(new double[] {0, 0, 0.2095, 0})).isTrue();
        assertThat(CartPole.fallen(new double[] {0, 0, -0.2095, 0})).isTrue();
    }

    @Test
    void randomActionsFallSoonAndGiveTheUnits() {
        // About 22 steps are known of Gym's; an action against the fall would last longer, one with it about 9.
        assertThat(RandomActions.reward(500, STREAM)).isBetween(20.0, 25.0);
        double[] scales = RandomActions.scales();
        assertThat(scales).isEqualTo(RandomActions.scales());
        // Most of an episode is near upright, and no state is beyond 12 degrees.
        assertThat(scales[2]).isBetween(0.05, 0.15);
        assertThat(scales[0]).isBetween(0.03, 0.2);
        double[] state = new double[4];
        for (int start = 0; start < 100; start++) {
            CartPole.start(STREAM.child(start), state);
            for (double value : state) {
                assertThat(Math.abs(value)).isLessThanOrEqualTo(0.05);
            }
        }
    }
}
