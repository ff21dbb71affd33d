package org.espalier.lab.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

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
}
