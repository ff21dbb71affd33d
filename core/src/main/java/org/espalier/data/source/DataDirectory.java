package org.espalier.data.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.data.file.Content;
import org.espalier.data.file.DataFormat;
import org.espalier.data.file.DataFormats;

/**
 * A directory of data files. Each may be plain or end in {@code .gz}; where both exist, the plain one counts.
 *
 * @param path the directory, which need not exist yet
 */
public record DataDirectory(Path path) {
    private static final String TEMPORARY = ".part";

    /**
     * The format whose files lie here: the one with the most of them, the first of {@link DataFormats} where equal.
     *
     * @throws SourceException if there is no file of any format
     */
    public DataFormat format() throws SourceException {
        exists();
        List<DataFormat> formats = DataFormats.all();
        DataFormat most = formats.getFirst();
        for (DataFormat format : formats) {
            if (filesPresent(format).size() > filesPresent(most).size()) {
                most = format;
            }
        }
        if (filesPresent(most).isEmpty()) {
            for (DataFormat format : formats) {
                if (format.files().stream().anyMatch(file -> near(file).isPresent())) {
                    files(format); // says which file to rename
                }
            }
            throw SourceException.absent(path + " has no data files: expected "
                    + String.join(
                            ", or ",
                            formats.stream()
                                    .map(format -> String.join(", ", format.files()) + " (" + format.name() + ")")
                                    .toList()));
        }
        return most;
    }

    private void exists() throws SourceException {
        if (!Files.isDirectory(path)) {
            throw SourceException.absent(
                    Files.exists(path)
                            ? path + " is not a directory: expected a directory of data files, found a file"
                            : path + " does not exist");
        }
    }

    /**
     * All files of a format, by name without suffix.
     *
     * @throws SourceException naming what is missing
     */
    public Map<String, Content> files(DataFormat format) throws SourceException {
        exists();
        Map<String, Content> files = filesPresent(format);
        for (String file : format.files()) {
            if (!files.containsKey(file)) {
                String reason = path + " has no " + file + " (plain or .gz)"
                        + near(file)
                                .map(found -> "; it has " + found + ": rename it to " + file
                                        + (found.endsWith(".gz") ? ".gz" : ""))
                                .orElse("");
                throw files.isEmpty() ? SourceException.absent(reason) : SourceException.failed(reason);
            }
        }
        return files;
    }

    /** A file here whose name is that of {@code file} but for dots, underscores, case, or test in place of t10k. */
    private Optional<String> near(String file) {
        try (DirectoryStream<Path> here = Files.newDirectoryStream(path)) {
            List<String> names = new ArrayList<>();
            here.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
            return names.stream()
                    .filter(name -> plainName(name).equals(plainName(file)))
                    .sorted()
                    .findFirst();
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty(); // the reason that matters is said anyway
        }
    }

    private static String plainName(String name) {
        return name.toLowerCase(Locale.ROOT)
                .replaceFirst("\\.gz$", "")
                .replaceAll("[._ ]", "-")
                .replaceFirst("^test-", "t10k-");
    }

    /** Those files of a format that are here, by name without suffix. */
    public Map<String, Content> filesPresent(DataFormat format) {
        Map<String, Content> files = new LinkedHashMap<>();
        for (String file : format.files()) {
            Path plain = path.resolve(file);
            Path compressed = path.resolve(file + ".gz");
            if (Files.exists(plain)) {
                files.put(file, new Content.OnDisk(plain));
            } else if (Files.exists(compressed)) {
                files.put(file, new Content.OnDisk(compressed));
            }
        }
        return files;
    }

    /** Whether the published file is here already. */
    public boolean has(KnownDataSet set, String file) {
        Content present = filesPresent(set.format()).get(file);
        if (present == null) {
            return false;
        }
        try {
            set.verify(file, present);
            return true;
        } catch (UserException wrong) {
            return false; // To be fetched anew; whoever reads it would say what is wrong with it.
        }
    }

    /**
     * Makes the directory and an empty file in it for bytes that are still to be checked. The caller hands it to
     * {@link #keepIfRight} and then discards it.
     *
     * @throws TargetException if the directory cannot be written
     */
    public Path newPart(String file) {
        try {
            Files.createDirectories(path);
            return Files.createFile(path.resolve(temporaryName(file)));
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /**
     * Makes the directory and an empty directory in it for a package client to work in. The caller discards it.
     *
     * @throws TargetException if the directory cannot be written
     */
    Path newWorkDirectory() {
        try {
            Files.createDirectories(path);
            return Files.createDirectory(path.resolve(temporaryName("package")));
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /**
     * Takes a file in under its name if it is the published one, at once: a reader sees the old file or the new one,
     * never a part.
     *
     * @param part in this directory
     * @param origin how to name the file in a message
     * @throws UserException if it is another file
     * @throws TargetException if the directory cannot be written
     */
    public void keepIfRight(KnownDataSet set, String file, Path part, String origin) {
        set.verify(file, new Content.OnDisk(part, origin));
        try {
            boolean compressed = Content.isGzip(part);
            Path name = path.resolve(file + (compressed ? ".gz" : ""));
            Files.move(part, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // Another form of the file was wrong, or there would have been nothing to fetch.
            Files.deleteIfExists(path.resolve(file + (compressed ? "" : ".gz")));
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** Deletes a temporary file or directory, if it is still there. What cannot be deleted is left to {@link #sweep}. */
    public static void discard(Path temporary) {
        if (!Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(temporary)) {
            for (Path entry : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (IOException | UncheckedIOException e) {
            System.getLogger(DataDirectory.class.getName())
                    .log(System.Logger.Level.DEBUG, "left behind: " + temporary, e);
        }
    }

    /** Deletes what processes that were killed more than a day ago left half done. */
    public void sweep() {
        if (!Files.isDirectory(path)) {
            return;
        }
        Instant dayAgo = Instant.now().minus(Duration.ofDays(1));
        try (DirectoryStream<Path> temporaries = Files.newDirectoryStream(path, ".*" + TEMPORARY)) {
            for (Path temporary : temporaries) {
                if (Files.getLastModifiedTime(temporary, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(dayAgo)) {
                    discard(temporary);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            System.getLogger(DataDirectory.class.getName()).log(System.Logger.Level.DEBUG, "not swept: " + path, e);
        }
    }

    // Unlike createTempFile's, these files get the permissions that the user's umask gives, for a cache may be shared.
    private static String temporaryName(String purpose) {
        return "." + purpose + "-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime())
                + TEMPORARY;
    }

    public TargetException notWritable(IOException e) {
        return new TargetException(path, e);
    }
}
