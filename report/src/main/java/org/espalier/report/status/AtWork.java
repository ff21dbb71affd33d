package org.espalier.report.status;

import java.util.Optional;
import java.util.Set;
import org.espalier.lab.cluster.Leases;
import org.espalier.lab.cluster.SharedFolder;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;

/**
 * Who works on a search now.
 *
 * @param process number of the process that has the search for itself
 * @param held keys of levels that workers on this or other machines hold; other keys do not matter
 */
public record AtWork(Optional<Long> process, Set<String> held) {
    /** Keys of levels, and of parts of evaluations, that workers hold: those of leases that have not expired. */
    public static Set<String> leased(Store store) {
        return Leases.of(new SharedFolder(store.directory())).keySet();
    }

    /** How far a level is by what is stored of it. Files of one that is held may not be there yet. */
    public LevelState state(String key, LevelState stored) {
        return stored == LevelState.WAITING && held.contains(key) ? LevelState.BEGUN : stored;
    }

    /** Whether a level is in work. */
    public boolean inWork(String key, LevelState stored, TimeSpent spent) {
        return state(key, stored) == LevelState.BEGUN
                && (held.contains(key) || process.isPresent() && spent.inWork(key, process.get()));
    }
}
