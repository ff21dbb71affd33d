package org.espalier.lab.study.control;

import org.espalier.random.Stream;

/** The policy that pushes left or right at random: what every other one is measured against. */
final class RandomActions {
    private static final int EPISODES = 1000;

    private RandomActions() {}

    /**
     * Mean reward of episodes, which is their mean number of steps.
     *
     * @param stream of first states and actions
     */
    static double reward(int episodes, Stream stream) {
        return visit(episodes, stream, new double[CartPole.VARIABLES]);
    }

    /**
     * Standard deviations of the state's variables about 0 over the steps of 1000 episodes. They depend on no setting, so that noise and
     * radii mean the same in every study.
     */
    static double[] scales() {
        double[] squares = new double[CartPole.VARIABLES];
        double steps = EPISODES * visit(EPISODES, Stream.root(0).child("cart pole"), squares);
        for (int i = 0; i < squares.length; i++) {
            squares[i] = Math.sqrt(squares[i] / steps);
        }
        return squares;
    }

    private static double visit(int episodes, Stream stream, double[] squares) {
        double[] state = new double[CartPole.VARIABLES];
        int steps = 0;
        for (int episode = 0; episode < episodes; episode++) {
            Stream draws = stream.child(episode);
            CartPole.start(draws.child("start"), state);
            for (int step = 0; step < CartPole.LIMIT && !CartPole.fallen(state); step++) {
                for (int i = 0; i < squares.length; i++) {
                    squares[i] += state[i] * state[i];
                }
                CartPole.step(state, draws.below(CartPole.ACTIONS, step));
                steps++;
            }
        }
        return (double) steps / episodes;
    }
}
