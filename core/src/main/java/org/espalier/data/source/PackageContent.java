package org.espalier.data.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** How the files of an unpacked package become the files of a data set. */
@FunctionalInterface
interface PackageContent {
    /** The package holds the files themselves, plain or with {@code .gz}, in any of its directories. */
    PackageContent FILES = (file, unpacked, part) -> Files.copy(
            find(
                    unpacked,
                    Integer.MAX_VALUE,
                    name -> name.equals(file) || name.equals(file + ".gz"),
                    file + " (plain or .gz)"),
            part,
            StandardCopyOption.REPLACE_EXISTING);

    /**
     * Writes one file of the data set. The caller checks what was written.
     *
     * @param file its name without suffix
     * @param unpacked directory of the unpacked package
     * @param part file to write
     * @throws SourceException if the package does not have it
     * @throws IOException if the file cannot be written
     */
    void write(String file, Path unpacked, Path part) throws SourceException, IOException;

    /**
     * The first regular file of a wanted name, by path. Links are not followed.
     *
     * @param what the file in words, for a message
     * @throws SourceException if there is none
     */
    static Path find(Path directory, int depth, Predicate<String> wanted, String what)
            throws SourceException, IOException {
        try (Stream<Path> files = Files.walk(directory, depth)) {
            return files.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .filter(path -> wanted.test(String.valueOf(path.getFileName())))
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> SourceException.failed("expected " + what + " from the package, found none"));
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }
}
