package org.espalier.lab.study.control;

import java.util.Arrays;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;

/** The policy that takes the action of the largest mean value over members, measured in episodes that go in step. */
final class GreedyPolicy {
    private final Members members;
    private final double[] scales;
    private final Stream stream;
    private final QNetwork pass;
    private final double[][] states; // (episode, variable)
    private final double[][] values; // (action, episode)
    private final double[][] slopes; // (variable, episode)

    /**
     * A policy.
     *
     * @param scales unit of noise and radius for each variable
     * @param stream of first states and noise: equal streams, equal episodes
     */
    GreedyPolicy(Members members, double[] scales, int episodes, Stream stream) {
        this.members = members;
        this.scales = scales;
        this.stream = stream;
        pass = new QNetwork(members.layout(), episodes);
        states = new double[episodes][CartPole.VARIABLES];
        values = new double[CartPole.ACTIONS][episodes];
        slopes = new double[CartPole.VARIABLES][episodes];
    }

    private void start() {
        for (int episode = 0; episode < states.length; episode++) {
            CartPole.start(stream.child("starts").child(episode), states[episode]);
        }
    }

    private void observe() {
        for (int episode = 0; episode < states.length; episode++) {
            for (int i = 0; i < CartPole.VARIABLES; i++) {
                pass.input()[i][episode] = states[episode][i];
            }
        }
        members.values(pass, false, values);
    }

    /** Mean over first states of the value of the best action. */
    double value() {
        start();
        observe();
        double sum = 0;
        for (int episode = 0; episode < states.length; episode++) {
            sum += Math.max(values[0][episode], values[1][episode]);
        }
        return sum / states.length;
    }

    /**
     * Mean reward of the episodes. What the policy sees of a state is changed; the state itself goes its way.
     *
     * @param noise standard deviation of normal noise, in scales
     * @param radius of FGSM against the action that would be taken, in scales
     */
    double reward(double noise, double radius) {
        start();
        boolean[] over = new boolean[states.length];
        int standing = states.length;
        long steps = 0;
        for (int step = 0; step < CartPole.LIMIT && standing > 0; step++) {
            observe();
            if (noise > 0) {
                blur(noise, stream.child("noise").child(step));
            }
            if (radius > 0) {
                attack(radius);
            }
            for (int episode = 0; episode < states.length; episode++) {
                if (!over[episode]) {
                    CartPole.step(states[episode], best(episode));
                    steps++;
                    over[episode] = CartPole.fallen(states[episode]);
                    standing -= over[episode] ? 1 : 0;
                }
            }
        }
        return (double) steps / states.length;
    }

    private int best(int episode) {
        return values[1][episode] > values[0][episode] ? 1 : 0;
    }

    private void blur(double noise, Stream draws) {
        for (int episode = 0; episode < states.length; episode++) {
            for (int i = 0; i < CartPole.VARIABLES; i++) {
                pass.input()[i][episode] += noise * scales[i] * Gaussian.at(draws, episode, i);
            }
        }
        members.values(pass, false, values);
    }

    /** One step along the signs of the gradient by which the other action gains on the best one. */
    private void attack(double radius) {
        for (double[] row : slopes) {
            Arrays.fill(row, 0);
        }
        for (int member = 0; member < members.size(); member++) {
            double[] parameters = members.of(member);
            Links mask = members.masks().get(member);
            pass.forward(parameters, mask);
            for (int episode = 0; episode < states.length; episode++) {
                int best = best(episode);
                pass.outputSlopes()[best][episode] = -1;
                pass.outputSlopes()[1 - best][episode] = 1;
            }
            double[][] found = pass.inputGradient(parameters, mask);
            for (int i = 0; i < CartPole.VARIABLES; i++) {
                for (int episode = 0; episode < states.length; episode++) {
                    slopes[i][episode] += found[i][episode];
                }
            }
        }
        for (int i = 0; i < CartPole.VARIABLES; i++) {
            for (int episode = 0; episode < states.length; episode++) {
                pass.input()[i][episode] += radius * scales[i] * Math.signum(slopes[i][episode]);
            }
        }
        members.values(pass, false, values);
    }
}
