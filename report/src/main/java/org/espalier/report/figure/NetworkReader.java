package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.espalier.UserException;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.Mask;
import org.espalier.report.result.Cell;

/** The masks of a cell's levels, and the first weights of its trials. */
final class NetworkReader {
    /** Networks that are read at most: a megabyte each, and figures need no more. */
    private static final int MOST = 240;

    /** A level of a trial. */
    record Place(String strategy, int trial, int level) {}

    private final Map<Place, Mask> masks = new ConcurrentHashMap<>();
    private final Map<Integer, StoredNetwork> firsts = new TreeMap<>();
    private final ConcurrentSkipListSet<String> problems = new ConcurrentSkipListSet<>();
    private final TreeSet<Integer> levels = new TreeSet<>();

    private NetworkReader() {}

    /** Reads what there is; what is damaged is left out, and {@link #problems} names it. */
    static NetworkReader read(Store store, Cell cell) {
        NetworkReader reader = new NetworkReader();
        List<StoredTrial> trials = store.trials().stream()
                .filter(t -> t.id().dataset().equals(cell.dataset())
                        && t.id().objective().equals(cell.objective()))
                .toList();
        var all = new TreeSet<Integer>();
        int networks = 0;
        for (StoredTrial trial : trials) {
            for (int level = 0; level < trial.levels().size(); level++) {
                if (cell.shows(trial.id().strategy(), level)
                        && store.level(trial.levels().get(level)).state() != LevelState.WAITING) {
                    all.add(level);
                    networks++;
                }
            }
        }
        reader.levels.addAll(networks <= MOST ? all : ShownLevels.of(all, 6));
        reader.read(store, cell, trials);
        return reader;
    }

    private void read(Store store, Cell cell, List<StoredTrial> trials) {
        record Wanted(Place place, String key) {}

        var wanted = new ArrayList<Wanted>();
        for (StoredTrial trial : trials) {
            for (int level : levels) {
                if (level < trial.levels().size() && cell.shows(trial.id().strategy(), level)) {
                    wanted.add(new Wanted(
                            new Place(trial.id().strategy(), trial.id().trial(), level),
                            trial.levels().get(level)));
                }
            }
        }
        Map<String, Optional<StoredNetwork>> dense = new ConcurrentHashMap<>();
        wanted.parallelStream().forEach(w -> {
            if (w.place().level() == 0) {
                dense.computeIfAbsent(w.key(), key -> network(store, key))
                        .ifPresent(n -> masks.put(w.place(), n.mask()));
            } else {
                network(store, w.key()).ifPresent(n -> masks.put(w.place(), n.mask()));
            }
        });
        for (Wanted w : wanted) {
            if (w.place().level() == 0) {
                Objects.requireNonNull(dense.getOrDefault(w.key(), Optional.empty()))
                        .ifPresent(n -> firsts.putIfAbsent(w.place().trial(), n));
            }
        }
    }

    private Optional<StoredNetwork> network(Store store, String key) {
        try {
            return store.level(key).initial();
        } catch (UserException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    /** The mask of a level, if it could be read. */
    Optional<Mask> mask(String strategy, int trial, int level) {
        return Optional.ofNullable(masks.get(new Place(strategy, trial, level)));
    }

    /** The dense networks before training, by trial. */
    Map<Integer, StoredNetwork> firsts() {
        return firsts;
    }

    /** Levels that were read. */
    TreeSet<Integer> levels() {
        return levels;
    }

    /** Trials of which anything was read. */
    TreeSet<Integer> trials() {
        var trials = new TreeSet<Integer>();
        masks.keySet().forEach(place -> trials.add(place.trial()));
        return trials;
    }

    /** What could not be read, a sentence each. */
    List<String> problems() {
        return List.copyOf(problems);
    }
}
