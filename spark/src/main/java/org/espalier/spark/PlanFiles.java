package org.espalier.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;

/** Puts the plan of a search into a shared store apart from its directory, so that executors find it there. */
final class PlanFiles {
    private static final String PROVENANCE = "provenance.json";

    private final SharedFiles files;
    private final LevelWork work;
    private final Path directory;
    private final Path scratch;

    /**
     * The plan of a search.
     *
     * @param directory the search's directory, which holds the plan
     * @param scratch a directory that is made for this object
     */
    PlanFiles(SharedFiles files, LevelWork work, Path directory, Path scratch) {
        this.files = files;
        this.work = work;
        this.directory = directory;
        this.scratch = scratch;
    }

    /**
     * Writes the plan.
     *
     * @throws UserException if the store holds another search
     */
    void publish() {
        AtomicFiles.makeDirectory(scratch);
        for (String name : List.of(Store.EXPERIMENT, PROVENANCE, Store.INDEX)) {
            files.fetch(name, scratch.resolve(name));
        }
        if (Files.exists(scratch.resolve(Store.INDEX))) {
            compare();
        }
        // The index comes last: with it, the store is one of this search.
        for (String name : List.of("classes.json", "warnings.json", PROVENANCE, Store.EXPERIMENT, Store.INDEX)) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                files.put(name, file);
            }
        }
    }

    /** Opens a copy of the store's plan as a run would, which refuses another search. */
    private void compare() {
        try (StoreWriter copy = work.open(scratch)) {
            copy.level("none"); // only opening counts
        } catch (UserException e) {
            throw new UserException(
                    e.getMessage()
                            .replace(scratch.toString(), "the store " + files.describe())
                            .replace("--out", "--store"),
                    e);
        }
    }
}
