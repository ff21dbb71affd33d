package org.espalier.lab.study.control;

import org.espalier.random.Stream;

/** The last steps of training, to be drawn from. */
final class Replay {
    private final int capacity;
    private final double[][] before; // (place, variable)
    private final double[][] after;
    private final int[] actions;
    private final boolean[] fallen;
    private int added;

    /**
     * An empty one.
     *
     * @param capacity steps that it holds; a further one replaces the oldest
     */
    Replay(int capacity) {
        this.capacity = capacity;
        before = new double[capacity][CartPole.VARIABLES];
        after = new double[capacity][CartPole.VARIABLES];
        actions = new int[capacity];
        fallen = new boolean[capacity];
    }

    /** Adds a step; states are copied. */
    void add(double[] from, int action, double[] to, boolean fell) {
        int place = added++ % capacity;
        System.arraycopy(from, 0, before[place], 0, CartPole.VARIABLES);
        System.arraycopy(to, 0, after[place], 0, CartPole.VARIABLES);
        actions[place] = action;
        fallen[place] = fell;
    }

    int size() {
        return Math.min(added, capacity);
    }

    /** Draws places with replacement. */
    void draw(Stream draws, int[] places) {
        for (int i = 0; i < places.length; i++) {
            places[i] = draws.below(size(), i);
        }
    }

    double[] before(int place) {
        return before[place];
    }

    double[] after(int place) {
        return after[place];
    }

    int action(int place) {
        return actions[place];
    }

    /** Whether the step ended its episode by a fall. One that the limit ended has a next state like any other. */
    boolean fallen(int place) {
        return fallen[place];
    }
}
