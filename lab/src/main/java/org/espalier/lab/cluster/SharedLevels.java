package org.espalier.lab.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredLevel;

/**
 * Levels in a shared store. A level is made on the worker's own disk and then published: its files one by one, each whole, and
 * {@code done.json} or {@code failed.json} last. Who publishes a level twice writes the same bytes twice.
 */
final class SharedLevels {
    private static final String CHECKPOINTS = "cluster/checkpoints";

    private final SharedFiles files;

    SharedLevels(SharedFiles files) {
        this.files = files;
    }

    private static String name(String key, String file) {
        return Store.LEVELS + "/" + key + "/" + file;
    }

    private static String checkpoint(String key) {
        return CHECKPOINTS + "/" + key + ".zip";
    }

    /** {@link LevelState#DONE}, {@link LevelState#FAILED}, or {@link LevelState#WAITING} for all others. */
    LevelState state(String key, List<Integer> rewinds) {
        if (rewinds.isEmpty()) {
            if (files.exists(name(key, StoredLevel.DONE))) {
                return LevelState.DONE;
            }
        } else {
            Optional<byte[]> done = files.read(name(key, StoredLevel.DONE));
            if (done.isPresent()) {
                return rewinds.stream().allMatch(rewind -> lists(key, done.get(), StoredLevel.rewindFile(rewind)))
                        ? LevelState.DONE
                        : LevelState.WAITING;
            }
        }
        return files.exists(name(key, StoredLevel.FAILED)) ? LevelState.FAILED : LevelState.WAITING;
    }

    /**
     * Whether a finished level has a file. A rewind may have been added to the search after the level was done, and its maker
     * killed before {@code done.json} listed it. A damaged {@code done.json} is found when the level is fetched.
     */
    private boolean lists(String key, byte[] done, String file) {
        try {
            String source = name(key, StoredLevel.DONE);
            return Json.texts(Json.parse(done, source), "files", source).containsKey(file);
        } catch (UserException e) {
            return true;
        }
    }

    /** Keys of the levels that have any file. Takes one operation of the file system, however many there are. */
    Set<String> begun() {
        return new HashSet<>(files.names(Store.LEVELS));
    }

    /** Keys of the levels that have a checkpoint. */
    Set<String> checkpoints() {
        return files.names(CHECKPOINTS).stream()
                .map(name -> name.replace(".zip", ""))
                .collect(Collectors.toSet());
    }

    /** Deletes a checkpoint, which a worker that was taken over may have left. */
    void deleteCheckpoint(String key) {
        files.delete(checkpoint(key));
    }

    /**
     * Copies a finished level to this worker and checks its digests.
     *
     * @param wanted names of the files that are needed beside {@code level.json} and {@code done.json}; all if empty
     * @return what is wrong with it, as a sentence; empty if it is there now
     */
    Optional<String> fetch(String key, StoreWriter scratch, List<String> wanted) {
        StoredLevel local = scratch.level(key);
        Path directory = local.directory();
        String place = files.describe() + "/" + Store.LEVELS + "/" + key;
        try {
            delete(directory);
            if (!files.fetch(name(key, StoredLevel.DONE), directory.resolve(StoredLevel.DONE))) {
                return Optional.of(place + "/" + StoredLevel.DONE + " is missing");
            }
            List<String> names =
                    new ArrayList<>(wanted.isEmpty() ? local.digests().keySet() : wanted);
            names.add(StoredLevel.LEVEL);
            for (String name : names) {
                if (!files.fetch(name(key, name), directory.resolve(name))) {
                    return Optional.of(place + "/" + name + " is missing");
                }
            }
            local.architecture();
            for (String name : names) {
                local.verify(name);
            }
            if (wanted.isEmpty()) {
                local.verifyCounts();
            }
            return Optional.empty();
        } catch (UserException e) {
            String problem = String.valueOf(e.getMessage());
            if (problem.startsWith(directory.toString())) { // of the copy, so of what was copied
                delete(directory);
                return Optional.of(problem.replace(directory.toString(), place));
            }
            throw e;
        }
    }

    /**
     * Publishes what does not depend on training, so that people see that the level is begun.
     *
     * @param counted whether training leaves the counts in {@code level.json} as they are
     */
    void begin(String key, Path level, boolean counted) {
        for (String name : counted ? List.of(StoredLevel.INITIAL, StoredLevel.LEVEL) : List.of(StoredLevel.INITIAL)) {
            if (!files.exists(name(key, name))) {
                files.put(name(key, name), level.resolve(name));
            }
        }
    }

    /**
     * Publishes a level that is done or failed, and removes its checkpoint.
     *
     * @throws UserException if what is read back differs
     */
    void publish(String key, StoredLevel level, Path spare) {
        Path directory = level.directory();
        List<String> names = new ArrayList<>();
        try {
            Directories.list(directory).forEach(file -> names.add(String.valueOf(file.getFileName())));
        } catch (IOException e) {
            throw new UserException(directory + " cannot be read: " + e.getMessage(), e);
        }
        List<String> last = List.of(StoredLevel.DONE, StoredLevel.FAILED);
        names.removeIf(name -> last.contains(name)
                || name.equals(StoredLevel.CHECKPOINT)
                || !StoredLevel.wroteWhole(name) && !name.equals(StoredLevel.METRICS));
        names.sort(null);
        for (String name : names) {
            putWhole(key, name, directory, spare);
        }
        for (String name : last) {
            if (Files.exists(directory.resolve(name))) {
                putWhole(key, name, directory, spare);
            }
        }
        files.delete(checkpoint(key));
    }

    /** Puts a file and reads it back, because a full or faulty file system may have cut it short. */
    private void putWhole(String key, String name, Path directory, Path spare) {
        files.put(name(key, name), directory.resolve(name));
        if (!files.fetch(name(key, name), spare)
                || !AtomicFiles.digest(spare).equals(AtomicFiles.digest(directory.resolve(name)))) {
            throw new UserException(files.describe() + "/" + name(key, name)
                    + " differs from what was written; expected a file system that keeps what it accepts");
        }
    }

    /** Takes a damaged level back, so that it is computed again. */
    void withdraw(String key) {
        files.delete(name(key, StoredLevel.DONE));
    }

    /** Whether a checkpoint is published. */
    boolean hasCheckpoint(String key) {
        return files.exists(checkpoint(key));
    }

    /** Publishes the state from which training continues. */
    void publishCheckpoint(String key, Path level, Path spare) {
        CheckpointBundle.pack(level, spare);
        files.put(checkpoint(key), spare);
    }

    /** Fetches the state from which training continues, if there is one and it is sound. */
    void fetchCheckpoint(String key, Path level, Path spare, Consumer<String> warnings) {
        delete(level);
        if (!files.fetch(checkpoint(key), spare)) {
            return;
        }
        try {
            CheckpointBundle.unpack(spare, level);
        } catch (IOException e) {
            delete(level);
            warnings.accept(files.describe() + "/" + checkpoint(key) + " is damaged: " + e.getMessage()
                    + "; this level is trained again from its start");
        }
    }

    /** Deletes a level's directory on this worker. */
    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            for (Path file : Directories.list(directory)) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory, e);
        }
    }
}
