package org.espalier.lab.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.Task;
import org.espalier.lab.store.LevelState;

/**
 * What one worker knows of the levels of a search: which are settled, that is, done or failed, and which may start. A settled
 * level is not looked at again. Used under the worker's lock.
 */
final class Frontier {
    private final List<Task> tasks;
    private final Map<String, List<Task>> children = new HashMap<>();
    private final Map<String, LevelState> settled = new HashMap<>();
    private final Set<String> dropped = new HashSet<>(); // behind a failed level
    private final Set<String> taken = new HashSet<>(); // by this worker

    Frontier(Plan plan) {
        tasks = plan.tasks();
        for (Task task : tasks) {
            task.parent()
                    .ifPresent(parent -> children.computeIfAbsent(parent, _ -> new ArrayList<>())
                            .add(task));
        }
    }

    /**
     * A choice.
     *
     * @param task to be trained now; empty if there is none
     * @param waiting whether levels will become free that no worker holds: those behind a held one, beyond its own chain
     * @param left levels that are not settled
     */
    record Choice(Optional<Task> task, boolean waiting, int left) {}

    /** The shared store, as far as a choice needs it. */
    interface View {
        /** Whether a level has a lease, expired or not. */
        boolean held(String key);

        /** Whether a level has a lease that counts. Costs a look at every lease. */
        boolean counts(String key);

        /** Looks a level up. */
        LevelState state(Task task);

        /** Takes a level; false if another worker was faster. */
        boolean claim(String key);

        /** Gives a level back that was taken too late. */
        void release(String key);
    }

    /**
     * Chooses a level that may start, one behind the level before if possible, else the first in the order of the plan. Where
     * another worker takes that at the same moment, the search continues at a random level, so that many workers that start
     * together do not meet at each.
     *
     * @param before key of the level that this thread trained last, or any other text
     * @param random a number from 0 and below its argument
     */
    Choice choose(String before, View view, IntUnaryOperator random) {
        for (Task task : children.getOrDefault(before, List.of())) {
            if (open(task) && take(task, view)) {
                return new Choice(Optional.of(task), false, 0);
            }
        }
        int start = 0;
        boolean met = false;
        for (int step = 0; step < tasks.size(); step++) {
            Task task = tasks.get((start + step) % tasks.size());
            if (!open(task) || view.held(task.key()) || !stillOpen(task, view)) {
                continue;
            }
            if (take(task, view)) {
                return new Choice(Optional.of(task), false, 0);
            }
            if (!met) {
                met = true;
                start = random.applyAsInt(tasks.size());
                step = -1;
            }
        }
        return rest(view);
    }

    /** What is left where no level is free: leases may have expired. */
    private Choice rest(View view) {
        int left = 0;
        boolean waiting = false;
        for (Task task : tasks) {
            if (settled.containsKey(task.key()) || dropped.contains(task.key())) {
                continue;
            }
            if (task.parent().filter(this::isBehindFailure).isPresent()) {
                dropped.add(task.key());
                continue;
            }
            if (open(task)
                    && !(view.held(task.key()) && view.counts(task.key()))
                    && stillOpen(task, view)
                    && take(task, view)) {
                return new Choice(Optional.of(task), false, 0);
            }
            if (!settled.containsKey(task.key())) {
                left++;
                // Whoever holds a level continues with one child; its other children will be free.
                waiting |= children.getOrDefault(task.key(), List.of()).size() > 1;
            }
        }
        return new Choice(Optional.empty(), waiting, left);
    }

    private boolean take(Task task, View view) {
        if (!view.claim(task.key())) {
            return false;
        }
        if (!stillOpen(task, view)) { // it was published between the look and the claim
            view.release(task.key());
            return false;
        }
        taken.add(task.key());
        return true;
    }

    private boolean isBehindFailure(String parent) {
        return settled.get(parent) == LevelState.FAILED || dropped.contains(parent);
    }

    /** Whether a level may start as far as is known here: it is open, and the level before is done. */
    private boolean open(Task task) {
        return !settled.containsKey(task.key())
                && !taken.contains(task.key())
                && task.parent()
                        .map(parent -> settled.get(parent) == LevelState.DONE)
                        .orElse(true);
    }

    private boolean stillOpen(Task task, View view) {
        LevelState now = view.state(task);
        if (now == LevelState.DONE || now == LevelState.FAILED) {
            settled.put(task.key(), now);
            return false;
        }
        return true;
    }

    /** This worker published a level. */
    void settle(String key, LevelState state) {
        settled.put(key, state);
    }

    /** A level was given back. */
    void give(String key) {
        taken.remove(key);
    }

    /** A level turned out to be damaged or missing: it is open again. */
    void reopen(String key) {
        settled.remove(key);
    }

    /** Levels that failed. */
    int failed() {
        return (int) settled.values().stream()
                .filter(state -> state == LevelState.FAILED)
                .count();
    }

    List<Task> tasks() {
        return tasks;
    }
}
