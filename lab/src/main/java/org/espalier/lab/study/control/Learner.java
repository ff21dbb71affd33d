package org.espalier.lab.study.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.espalier.lab.study.loop.DoubleAdam;
import org.espalier.random.Stream;
import org.espalier.train.DivergedException;

/**
 * Q-learning with replay and a target network: Mnih et al., "Human-level control through deep reinforcement learning" (2015). One member
 * is drawn to act in each episode and one to be trained at each update; targets are of all members.
 */
final class Learner {
    /** Points of the learning curve. */
    static final int POINTS = 20;

    /**
     * How to learn.
     *
     * @param warmUp steps before the first update
     * @param target steps between copies to the target network
     * @param exploration last share of random actions
     * @param decline share of all steps in which it falls from 1
     * @param minimum whether targets are the minimum over members, not the mean
     */
    record Plan(
            int steps,
            int batch,
            int buffer,
            int warmUp,
            double rate,
            double discount,
            int target,
            double exploration,
            double decline,
            boolean minimum) {}

    private final Plan plan;
    private final Members members;
    private final Members targets;
    private final DoubleAdam[] optimizers; // (network)
    private final Replay replay;
    private final Stream stream;
    private final QNetwork acting;
    private final QNetwork pass;
    private final double[] gradient;
    private final double[][] next; // (action, lane)
    private final double[] wanted; // (lane)
    private final int[] actions; // (lane)
    private final int[] places; // (lane)

    /**
     * A learner at its first step.
     *
     * @param members are trained in place
     * @param stream of first states, exploration, members and batches
     */
    Learner(Plan plan, Members members, Stream stream) {
        this.plan = plan;
        this.members = members;
        this.stream = stream;
        targets = members.copy();
        Layout layout = members.layout();
        optimizers = new DoubleAdam[members.parameters().size()];
        Arrays.setAll(optimizers, _ -> new DoubleAdam(layout.parameters(), plan.rate));
        replay = new Replay(Math.min(plan.buffer, plan.steps));
        acting = new QNetwork(layout, 1);
        pass = new QNetwork(layout, plan.batch);
        gradient = new double[layout.parameters()];
        next = new double[CartPole.ACTIONS][plan.batch];
        wanted = new double[plan.batch];
        actions = new int[plan.batch];
        places = new int[plan.batch];
    }

    /**
     * Takes all steps.
     *
     * @return mean reward of the episodes that end in each of {@value #POINTS} equal parts of the steps; NaN where none ends
     * @throws DivergedException if a value is not finite
     */
    double[] train() {
        Stream starts = stream.child("starts");
        Stream explored = stream.child("exploration");
        Stream random = stream.child("random actions");
        Stream actors = stream.child("actors");
        List<List<Integer>> ended = new ArrayList<>();
        for (int point = 0; point < POINTS; point++) {
            ended.add(new ArrayList<>());
        }
        double[] before = new double[CartPole.VARIABLES];
        double[] state = new double[CartPole.VARIABLES];
        int episode = 0;
        int length = 0;
        CartPole.start(starts.child(0), state);
        for (int step = 0; step < plan.steps; step++) {
            System.arraycopy(state, 0, before, 0, state.length);
            int action = explored.uniform(step) < exploration(step)
                    ? random.below(CartPole.ACTIONS, step)
                    : greedy(actors.below(members.size(), episode), before);
            CartPole.step(state, action);
            length++;
            boolean fell = CartPole.fallen(state);
            replay.add(before, action, state, fell);
            if (fell || length == CartPole.LIMIT) {
                ended.get((int) ((long) step * POINTS / plan.steps)).add(length);
                CartPole.start(starts.child(++episode), state);
                length = 0;
            }
            if (step >= plan.warmUp) {
                update(step);
            }
            if ((step + 1) % plan.target == 0) {
                targets.copyFrom(members);
            }
        }
        return ended.stream()
                .mapToDouble(lengths ->
                        lengths.stream().mapToInt(Integer::intValue).average().orElse(Double.NaN))
                .toArray();
    }

    /** Share of random actions at a step. */
    private double exploration(int step) {
        double share = plan.decline == 0 ? 1 : Math.min(1, step / (plan.decline * plan.steps));
        return 1 + share * (plan.exploration - 1);
    }

    private int greedy(int member, double[] state) {
        for (int i = 0; i < state.length; i++) {
            acting.input()[i][0] = state[i];
        }
        double[][] values = acting.forward(members.of(member), members.masks().get(member));
        return values[1][0] > values[0][0] ? 1 : 0;
    }

    private void update(int step) {
        replay.draw(stream.child("batches").child(step), places);
        for (int lane = 0; lane < places.length; lane++) {
            load(lane, replay.after(places[lane]));
        }
        targets.values(pass, plan.minimum, next);
        for (int lane = 0; lane < places.length; lane++) {
            load(lane, replay.before(places[lane]));
            actions[lane] = replay.action(places[lane]);
            double later = Math.max(next[0][lane], next[1][lane]);
            wanted[lane] = 1 + (replay.fallen(places[lane]) ? 0 : plan.discount * later);
        }
        int member = stream.child("learners").below(members.size(), step);
        Links mask = members.masks().get(member);
        double[] parameters = members.of(member);
        double loss = loss(pass.forward(parameters, mask), actions, wanted, pass.outputSlopes());
        if (!Double.isFinite(loss)) {
            throw new DivergedException(step - plan.warmUp, "the values");
        }
        Arrays.fill(gradient, 0);
        pass.backward(parameters, mask, gradient);
        optimizers[members.network(member)].update(parameters, gradient);
    }

    private void load(int lane, double[] state) {
        for (int i = 0; i < state.length; i++) {
            pass.input()[i][lane] = state[i];
        }
    }

    /**
     * Mean Huber loss, which is quadratic within 1, of the values of the actions taken.
     *
     * @param values (action, lane)
     * @param actions (lane)
     * @param wanted (lane) targets
     * @param slopes receives the gradient by the values, (action, lane)
     */
    static double loss(double[][] values, int[] actions, double[] wanted, double[][] slopes) {
        double sum = 0;
        int lanes = actions.length;
        for (int lane = 0; lane < lanes; lane++) {
            double error = values[actions[lane]][lane] - wanted[lane];
            double size = Math.abs(error);
            sum += size <= 1 ? error * error / 2 : size - 0.5;
            for (int action = 0; action < slopes.length; action++) {
                slopes[action][lane] = action == actions[lane] ? Math.clamp(error, -1, 1) / lanes : 0;
            }
        }
        return sum / lanes;
    }
}
