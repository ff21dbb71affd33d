package org.espalier.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.Map;
import org.espalier.UserException;

/**
 * A directory of IDX files. Each may be plain or end in {@code .gz}; where both exist, the plain one counts.
 *
 * @param path the directory, which need not exist yet
 */
record DataDirectory(Path path) {
    static Map<DataFile, Content> emptyFiles() {
        return new EnumMap<>(DataFile.class);
    }

    /**
     * The four files.
     *
     * @throws SourceException naming what is missing
     */
    Map<DataFile, Content> files() throws SourceException {
        if (!Files.isDirectory(path)) {
            throw SourceException.absent(
                    Files.exists(path)
                            ? path + " is not a directory: expected a directory of IDX files, found a file"
                            : path + " does not exist");
        }
        Map<DataFile, Content> files = emptyFiles();
        for (DataFile file : DataFile.values()) {
            Path plain = path.resolve(file.fileName());
            Path compressed = path.resolve(file.fileName() + ".gz");
            if (Files.exists(plain)) {
                files.put(file, new Content.OnDisk(plain));
            } else if (Files.exists(compressed)) {
                files.put(file, new Content.OnDisk(compressed));
            } else {
                String reason = path + " has no " + file.fileName() + " (plain or .gz)";
                throw files.isEmpty() ? SourceException.absent(reason) : SourceException.failed(reason);
            }
        }
        return files;
    }

    /**
     * Makes the directory and an empty file in it for bytes that are still to be checked. The caller deletes it, or
     * hands it to {@link #keep}.
     *
     * @throws UserException if the directory cannot be written
     */
    Path newPart(DataFile file) {
        try {
            Files.createDirectories(path);
            return Files.createTempFile(path, "." + file.fileName() + "-", ".part");
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /**
     * Takes a checked file in under its name, at once: a reader sees the old file or the new one, never a part.
     *
     * @throws UserException if the directory cannot be written
     */
    void keep(DataFile file, Path part, boolean compressed) {
        try {
            String name = file.fileName() + (compressed ? ".gz" : "");
            Files.move(part, path.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // The other form, if any, is the one that was missing its check.
            Files.deleteIfExists(path.resolve(file.fileName() + (compressed ? "" : ".gz")));
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    UserException notWritable(IOException e) {
        return new UserException(
                path + " cannot be written: expected a directory that can hold the data files, found: " + Reasons.of(e),
                e);
    }
}
