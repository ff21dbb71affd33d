package org.espalier.lab.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;

/**
 * The files of a store that several machines share. Names are relative to the store, with {@code /} between folders. A file is
 * there whole or not at all. Methods throw a {@link UserException} of one sentence if the file system fails; they may be called
 * by several threads.
 */
public interface SharedFiles extends AutoCloseable {
    /** Folder where files are written that get their name later. */
    String TEMPORARY = "cluster/tmp";

    /**
     * A file of a folder.
     *
     * @param name without its folder
     * @param modified by the clock of the file system
     */
    record Entry(String name, Instant modified) {}

    /** Whether a file is there. */
    boolean exists(String name);

    /** A file's content; empty if it is not there. */
    Optional<byte[]> read(String name);

    /**
     * Copies a file to this machine.
     *
     * @param to replaced if it is there
     * @return false if it is not there
     */
    boolean fetch(String name, Path to);

    /** Writes a file, which replaces one of this name. Folders are made. */
    void put(String name, byte[] content);

    /** Writes a file of this machine, as {@link #put(String, byte[])}. */
    void put(String name, Path from);

    /** Writes a file if none is there of this name; false if there is one. Of several callers one succeeds. */
    boolean create(String name, byte[] content);

    /** Deletes a file, if it is there. */
    void delete(String name);

    /** The files of a folder, in any order; none if it is not there. */
    List<Entry> list(String folder);

    /** Names of the files and folders in a folder, in any order; none if it is not there. Cheaper than {@link #list}. */
    default List<String> names(String folder) {
        return list(folder).stream().map(Entry::name).toList();
    }

    /** When a file was last written, by the clock of the file system; empty if it is not there. */
    Optional<Instant> modified(String name);

    /**
     * Adds lines to a file that serves people only. Where files cannot grow, they go to a file of their own.
     *
     * @param writer names the caller among all that add to this file
     */
    void append(String name, String writer, byte[] lines);

    /** Deletes half-written files of a day ago and before, which writers left that were killed. */
    default void sweep() {
        Instant old = Instant.now().minus(Duration.ofDays(1));
        for (Entry entry : list(TEMPORARY)) {
            if (entry.modified().isBefore(old)) {
                delete(TEMPORARY + "/" + entry.name());
            }
        }
    }

    /** The store's place, for messages. */
    String describe();

    @Override
    default void close() {}
}
