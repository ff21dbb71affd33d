package org.espalier.lab.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
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

    /**
     * Chooses a level that may start, one behind the level before if possible.
     *
     * @param before key of the level that this thread trained last, or any other text
     * @param held whether another worker holds a level
     * @param state looks a level up in the shared store
     * @param claim takes a level; false if another worker was faster
     * @param release gives a level back that was taken too late
     */
    Choice choose(
            String before,
            Predicate<String> held,
            Function<Task, LevelState> state,
            Predicate<String> claim,
            Consumer<String> release) {
        for (Task task : children.getOrDefault(before, List.of())) {
            if (take(task, held, state, claim, release)) {
                return new Choice(Optional.of(task), false, 0);
            }
        }
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
            if (take(task, held, state, claim, release)) {
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

    private boolean take(
            Task task,
            Predicate<String> held,
            Function<Task, LevelState> state,
            Predicate<String> claim,
            Consumer<String> release) {
        if (!free(task, held, state) || !claim.test(task.key())) {
            return false;
        }
        if (!stillOpen(task, state)) { // it was published between the look and the claim
            release.accept(task.key());
            return false;
        }
        taken.add(task.key());
        return true;
    }

    private boolean isBehindFailure(String parent) {
        return settled.get(parent) == LevelState.FAILED || dropped.contains(parent);
    }

    /** Whether a level may start: it is open, nobody holds it, and the level before is done. */
    private boolean free(Task task, Predicate<String> held, Function<Task, LevelState> state) {
        return !settled.containsKey(task.key())
                && !taken.contains(task.key())
                && task.parent()
                        .map(parent -> settled.get(parent) == LevelState.DONE)
                        .orElse(true)
                && !held.test(task.key())
                && stillOpen(task, state);
    }

    private boolean stillOpen(Task task, Function<Task, LevelState> state) {
        LevelState now = state.apply(task);
        if (now == LevelState.DONE || now == LevelState.FAILED) {
            settled.put(task.key(), now);
            return false;
        }
        return true;
    }

    /** Whether a level is known to be done. */
    boolean done(String key) {
        return settled.get(key) == LevelState.DONE;
    }

    /** A level was given back. */
    void give(String key) {
        taken.remove(key);
    }

    /** A level turned out to be damaged or missing: it is open again. */
    void reopen(String key) {
        settled.remove(key);
    }

    /** Finished levels in the order of the plan. */
    List<Task> finished() {
        return tasks.stream().filter(task -> done(task.key())).toList();
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
