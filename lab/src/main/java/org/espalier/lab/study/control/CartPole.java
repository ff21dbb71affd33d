package org.espalier.lab.study.control;

import org.espalier.random.Stream;

/**
 * A pole on a cart that is pushed left or right at each step: Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve
 * difficult learning control problems" (1983), without friction, in Euler steps and with the limits of Gym's CartPole-v1. In double
 * with {@link StrictMath}, so that the bits are the same on every machine.
 *
 * <p>A state is (position in m, speed in m/s, angle in rad from upright, angular speed in rad/s).
 */
final class CartPole {
    /** Variables of a state. */
    static final int VARIABLES = 4;

    /** Actions: 0 pushes left, 1 right. */
    static final int ACTIONS = 2;

    /** Steps after which an episode ends though the pole stands. */
    static final int LIMIT = 500;

    private static final double GRAVITY = 9.8; // m/s^2
    private static final double CART = 1.0; // kg
    private static final double POLE = 0.1; // kg
    private static final double TOTAL = CART + POLE;
    private static final double HALF_LENGTH = 0.5; // m, from the joint to the middle of the pole
    private static final double FORCE = 10; // N
    private static final double TAU = 0.02; // s
    private static final double FARTHEST = 2.4; // m
    private static final double STEEPEST = 12 * Math.PI / 180;
    private static final double START = 0.05;

    private CartPole() {}

    /** Draws a first state, each variable uniform in [-0.05, 0.05). */
    static void start(Stream stream, double[] state) {
        for (int i = 0; i < VARIABLES; i++) {
            state[i] = START * (2 * (double) stream.uniform(i) - 1);
        }
    }

    /** One step; the state receives the next one. */
    static void step(double[] state, int action) {
        double push = action == 1 ? FORCE : -FORCE;
        double sine = StrictMath.sin(state[2]);
        double cosine = StrictMath.cos(state[2]);
        double swing = POLE * HALF_LENGTH * state[3] * state[3] * sine;
        double pushed = (push + swing) / TOTAL;
        double turning =
                (GRAVITY * sine - cosine * pushed) / (HALF_LENGTH * (4.0 / 3 - POLE * cosine * cosine / TOTAL));
        double moving = pushed - POLE * HALF_LENGTH * turning * cosine / TOTAL;
        state[0] += TAU * state[1];
        state[1] += TAU * moving;
        state[2] += TAU * state[3];
        state[3] += TAU * turning;
    }

    /** Whether the cart is beyond 2.4 m or the pole beyond 12 degrees. */
    static boolean fallen(double[] state) {
        return Math.abs(state[0]) > FARTHEST || Math.abs(state[2]) > STEEPEST;
    }
}
