package org.espalier.lab.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.plan.Task;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;

/**
 * Gives a store the levels that other stores of the benchmark hold already, above all dense ones. Equal keys mean equal bytes, so
 * that a level is copied rather than trained again.
 */
final class SharedLevels {
    private SharedLevels() {}

    /**
     * Copies levels that are done elsewhere and not here.
     *
     * @param tasks levels of the store
     * @param others directories of other stores
     * @param store directory of the store
     * @return how many were copied
     */
    static int copy(List<Task> tasks, List<Path> others, Path store) {
        int copied = 0;
        Path levels = store.resolve(Store.LEVELS);
        for (Task task : tasks) {
            Path here = levels.resolve(task.key());
            if (Files.exists(here)) {
                continue;
            }
            for (Path other : others) {
                Path there = other.resolve(Store.LEVELS).resolve(task.key());
                if (!other.equals(store) && Files.exists(there.resolve(StoredLevel.DONE))) {
                    AtomicFiles.makeDirectory(here);
                    copy(there, here);
                    copied++;
                    break;
                }
            }
        }
        return copied;
    }

    /** Copies a level's files; the one that marks it as complete comes last. */
    private static void copy(Path from, Path to) {
        try {
            for (Path file : Directories.list(from)) {
                String name = String.valueOf(file.getFileName());
                if (!name.equals(StoredLevel.DONE)
                        && AtomicFiles.withoutTemporary(name).equals(name)) {
                    AtomicFiles.write(to.resolve(name), AtomicFiles.read(file));
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.unwritable(to, e);
        }
        AtomicFiles.write(to.resolve(StoredLevel.DONE), AtomicFiles.read(from.resolve(StoredLevel.DONE)));
    }
}
