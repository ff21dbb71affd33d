package org.espalier.lab.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.plan.Task;
import org.espalier.lab.runner.LevelWork;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.LevelWriter;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredLevel;

/** Copies levels between the directory of a search and a shared store whose workers train them. Used by one thread. */
public final class LevelTransfer implements AutoCloseable {
    private final SharedFiles files;
    private final SharedLevels shared;
    private final LevelWork work;
    private final StoreWriter store;
    private final StoreWriter scratch;
    private final Path spare;

    /**
     * A transfer.
     *
     * @param store the search's directory
     * @param home a directory of this object alone; copies that are not checked yet are kept there
     */
    public LevelTransfer(SharedFiles files, LevelWork work, StoreWriter store, Path home) {
        this.files = files;
        this.shared = new SharedLevels(files);
        this.work = work;
        this.store = store;
        this.scratch = work.open(home.resolve("levels"));
        this.spare = home.resolve("spare");
    }

    /** Keys of the levels of which the shared store has anything. */
    public Set<String> begun() {
        return shared.begun();
    }

    /** State in the shared store: done, failed, or waiting for all others. */
    public LevelState state(Task task) {
        return shared.state(task.key(), task.number() == 0 ? work.plan().rewinds() : List.of());
    }

    /** Publishes a finished or failed level of the directory. */
    public void upload(Task task) {
        shared.publish(task.key(), store.level(task.key()), spare);
    }

    /**
     * Publishes a finished level for machines that evaluate it, if the shared store does not have it.
     *
     * @param spare a file that is replaced
     */
    public static void publish(SharedFiles files, String key, StoredLevel level, Path spare) {
        if (!files.exists(Store.LEVELS + "/" + key + "/" + StoredLevel.DONE)) {
            new SharedLevels(files).publish(key, level, spare);
        }
    }

    /**
     * Copies a finished level's description and one of its networks to a store of this machine, and checks their digests.
     *
     * @param name file of the network
     * @return what is wrong with the shared copy, as a sentence; empty if the network is here now
     */
    public static Optional<String> fetchNetwork(SharedFiles files, String key, String name, StoreWriter store) {
        return new SharedLevels(files).fetch(key, store, List.of(name));
    }

    /** Publishes the checkpoint of a level in work, if the directory has one and the shared store has none. */
    public void uploadCheckpoint(Task task) {
        Path level = store.level(task.key()).directory();
        if (Files.exists(level.resolve(StoredLevel.CHECKPOINT)) && !shared.hasCheckpoint(task.key())) {
            shared.publishCheckpoint(task.key(), level, spare);
        }
    }

    /** Deletes the directory's own checkpoint of a level, which is not needed once the level is done or failed. */
    public void forgetCheckpoint(Task task) {
        if (Files.exists(store.level(task.key()).directory().resolve(StoredLevel.CHECKPOINT))) {
            try (LevelWriter writer = store.write(task.key())) {
                writer.deleteCheckpoint();
            }
        }
    }

    /** Copies what a level starts from to the directory, so that people see that it is begun. */
    public void downloadStart(Task task) {
        Path level = store.level(task.key()).directory();
        for (String name : List.of(StoredLevel.INITIAL, StoredLevel.LEVEL)) {
            if (!Files.exists(level.resolve(name)) && files.fetch(file(task, name), spare)) {
                AtomicFiles.makeDirectory(level);
                AtomicFiles.write(level.resolve(name), AtomicFiles.read(spare));
            }
        }
    }

    /**
     * Copies a finished or failed level to the directory. Digests are checked before anything is written there, and
     * {@code done.json} comes last.
     *
     * @return what is wrong with the shared copy, as a sentence; empty if the directory has the level now
     */
    public Optional<String> download(Task task) {
        Optional<String> damage = shared.fetch(task.key(), scratch, List.of());
        if (damage.isPresent()) {
            return damage;
        }
        StoredLevel copy = scratch.level(task.key());
        List<String> names = new ArrayList<>(copy.digests().keySet());
        names.add(StoredLevel.LEVEL);
        names.add(StoredLevel.DONE);
        write(task, copy.directory(), names);
        SharedLevels.delete(copy.directory());
        return Optional.empty();
    }

    /** Copies a failed level to the directory, {@code failed.json} last. */
    public void downloadFailed(Task task) {
        Path copy = scratch.level(task.key()).directory();
        SharedLevels.delete(copy);
        List<String> names = List.of(StoredLevel.INITIAL, StoredLevel.LEVEL, StoredLevel.METRICS, StoredLevel.FAILED);
        write(
                task,
                copy,
                names.stream()
                        .filter(name -> files.fetch(file(task, name), copy.resolve(name)))
                        .toList());
        SharedLevels.delete(copy);
    }

    private void write(Task task, Path copy, List<String> names) {
        Path level = store.level(task.key()).directory();
        AtomicFiles.makeDirectory(level);
        for (String name : names) {
            AtomicFiles.write(level.resolve(name), AtomicFiles.read(copy.resolve(name)));
        }
    }

    /** Takes a damaged level back in the shared store, so that it is trained again. */
    public void withdraw(Task task) {
        shared.withdraw(task.key());
    }

    private static String file(Task task, String name) {
        return Store.LEVELS + "/" + task.key() + "/" + name;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
