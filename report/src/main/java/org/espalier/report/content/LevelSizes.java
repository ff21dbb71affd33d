package org.espalier.report.content;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.UserException;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.LiveCounts;

/**
 * What the masks of a search's levels leave. A level is read when it is first asked for, and once for all tables of a report;
 * strategies may share it.
 */
public final class LevelSizes {
    private final Store store;
    private final Map<String, Optional<LiveCounts>> read = new ConcurrentHashMap<>();

    /** Sizes of a store's levels. */
    public LevelSizes(Store store) {
        this.store = store;
    }

    /**
     * Sizes of levels by key: of the trained network where the level is finished, else of the one that its training begins with.
     * Levels that are not begun or cannot be read are left out; {@link Report#problems} names damaged files of finished levels.
     */
    public Map<String, LiveCounts> of(Collection<String> keys) {
        // On all cores: files of a whole grid have a gigabyte.
        keys.parallelStream().forEach(key -> read.computeIfAbsent(key, this::read));
        Map<String, LiveCounts> sizes = new LinkedHashMap<>();
        for (String key : keys) {
            read.getOrDefault(key, Optional.empty()).ifPresent(counts -> sizes.put(key, counts));
        }
        return sizes;
    }

    private Optional<LiveCounts> read(String key) {
        StoredLevel level = store.level(key);
        try {
            Optional<StoredNetwork> network = level.state() == LevelState.DONE ? level.trained() : level.initial();
            return network.map(found -> LiveCounts.of(found.mask()));
        } catch (UserException e) {
            return Optional.empty();
        }
    }
}
