package org.espalier.lab.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What directories hold. */
public final class Directories {
    private Directories() {}

    /**
     * The files and directories in a directory, by name.
     *
     * @throws IOException if it is missing or cannot be read to its end; a stream of Java's throws something else for the latter
     */
    public static List<Path> list(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            found.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        entries.sort(null);
        return entries;
    }

    /**
     * Deletes a file, or a directory and all in it; links are deleted and not followed. What is missing is no error.
     *
     * @throws IOException if something cannot be read or deleted; what was deleted before stays so
     */
    public static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(path)) {
            for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    /** {@link #delete} as far as possible: a temporary directory that stays harms nothing. */
    public static void discard(Path temporary) {
        try {
            delete(temporary);
        } catch (IOException e) {
            System.getLogger(Directories.class.getName())
                    .log(System.Logger.Level.DEBUG, "left behind: " + temporary, e);
        }
    }
}
