package org.espalier.lab.store;

import java.util.List;
import org.espalier.data.Digests;
import org.espalier.lab.file.AtomicFiles;

/**
 * One digest of all trained levels of a store. Whoever trains the same levels again gets the same digest: times, machines and
 * directories do not enter it, nor do evaluations and certificates, which name the digests of the networks that they are of.
 */
public final class StoreDigest {
    private StoreDigest() {}

    /** SHA-256 of the lines {@code KEY DIGEST} of all finished levels by key, with the digest of {@code done.json}. */
    public static String of(Store store) {
        List<String> keys = store.trials().stream()
                .flatMap(trial -> trial.levels().stream())
                .distinct()
                .sorted()
                .filter(key -> store.level(key).state() == LevelState.DONE)
                .toList();
        var lines = new StringBuilder();
        keys.forEach(key -> lines.append(key)
                .append(' ')
                .append(AtomicFiles.digest(store.level(key).directory().resolve(StoredLevel.DONE)))
                .append('\n'));
        return Digests.sha256(lines.toString());
    }
}
