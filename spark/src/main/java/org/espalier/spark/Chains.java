package org.espalier.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.lab.plan.Task;
import org.espalier.lab.store.LevelState;

/**
 * The chains of a search, and which of them may start. The first child of a level continues its chain; each further child, as
 * where strategies share a dense level, begins a chain of its own that waits for the level.
 */
final class Chains {
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final List<Chain> waiting = new ArrayList<>();
    private final Map<String, LevelState> settled = new HashMap<>(); // done or failed

    /**
     * The chains of a plan.
     *
     * @param plan all levels, parents first
     */
    Chains(List<Task> plan) {
        Map<String, List<String>> chains = new LinkedHashMap<>(); // by first key
        Map<String, String> chainOf = new HashMap<>(); // first key of a level's chain
        Set<String> continued = new HashSet<>();
        for (Task task : plan) {
            tasks.put(task.key(), task);
            String first = task.parent()
                    .filter(continued::add)
                    .map(parent -> chainOf.getOrDefault(parent, parent))
                    .orElse(task.key());
            chainOf.put(task.key(), first);
            chains.computeIfAbsent(first, _ -> new ArrayList<>()).add(task.key());
        }
        chains.values().forEach(keys -> waiting.add(new Chain(keys, leadingTo(keys.getFirst()))));
    }

    /** Keys of the levels before a level, the dense one first. */
    List<String> leadingTo(String key) {
        List<String> before = new ArrayList<>();
        for (Task task = task(key); task.parent().isPresent(); ) {
            task = task(task.parent().get());
            before.add(task.key());
        }
        return before.reversed();
    }

    Task task(String key) {
        Task task = tasks.get(key);
        if (task == null) {
            throw new IllegalArgumentException("the search has no level " + key);
        }
        return task;
    }

    boolean has(String key) {
        return tasks.containsKey(key);
    }

    /** All levels, parents first. */
    List<Task> all() {
        return List.copyOf(tasks.values());
    }

    /** A level is done or failed. */
    void settle(String key, LevelState state) {
        settled.put(key, state);
    }

    boolean settled(String key) {
        return settled.containsKey(key);
    }

    /** Takes the chains that may start now. Chains without work, and those behind a failed level, are dropped. */
    List<Chain> take() {
        List<Chain> ready = new ArrayList<>();
        waiting.removeIf(chain -> {
            if (idle(chain)) {
                return true;
            }
            boolean free =
                    chain.before().isEmpty() || settled.get(chain.before().getLast()) == LevelState.DONE;
            if (free) {
                ready.add(chain);
            }
            return free;
        });
        return ready;
    }

    /** Whether nothing of a chain is left to train. */
    private boolean idle(Chain chain) {
        return chain.before().stream().anyMatch(this::failed) || left(chain).isEmpty();
    }

    /** Levels of a chain that are neither done nor failed, nor behind a failed one. */
    List<String> left(Chain chain) {
        List<String> left = new ArrayList<>();
        for (String key : chain.keys()) {
            if (failed(key)) {
                break;
            } else if (!settled(key)) {
                left.add(key);
            }
        }
        return left;
    }

    private boolean failed(String key) {
        return settled.get(key) == LevelState.FAILED;
    }

    /** Whether chains wait for a level. */
    boolean waits() {
        return !waiting.isEmpty();
    }
}
