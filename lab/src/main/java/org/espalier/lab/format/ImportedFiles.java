package org.espalier.lab.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.espalier.UserException;
import org.espalier.data.DataDetails;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.file.Idx;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Directories;
import org.espalier.lab.file.Json;

/** Writes data sets in {@link ImportedFormat}: a whole directory or none. */
public final class ImportedFiles {
    private static final String TEMPORARY = ".importing-";
    private static final int PART = 1 << 20; // floats that are written together

    private ImportedFiles() {}

    /**
     * Writes a data set to a directory of its own. The files are written beside it and the directory is renamed when all of them are
     * on the disk, so that a reader finds all or none. Equal data sets have equal files.
     *
     * @param set with a name for each class
     * @param replace whether a data set in the directory is replaced; a directory with anything else never is
     * @throws UserException if the directory exists, or cannot be written
     * @throws IllegalArgumentException if classes have no names
     */
    public static void write(DataSet set, Path directory, boolean replace) {
        if (set.details().classNames().size() != set.classes()) {
            throw new IllegalArgumentException("data set " + set.name() + " has classes without names");
        }
        checkSize(set.train());
        checkSize(set.test());
        Path target = directory.toAbsolutePath().normalize();
        Path parent = Objects.requireNonNull(target.getParent(), "a root is no directory of a data set");
        checkTarget(target, directory, replace);
        AtomicFiles.makeDirectory(parent);
        sweep(parent, target);
        Path temporary = parent.resolve(
                TEMPORARY + target.getFileName() + "-" + ProcessHandle.current().pid());
        try {
            Directories.delete(temporary);
            Files.createDirectory(temporary);
            Map<String, String> sums = new LinkedHashMap<>();
            write(temporary, ImportedFormat.DESCRIPTION, sums, description(set));
            writeImages(temporary, "train", sums, set.train());
            write(
                    temporary,
                    ImportedFormat.TRAIN_LABELS,
                    sums,
                    Idx.wideLabels(set.train().labels()));
            writeImages(temporary, "test", sums, set.test());
            write(
                    temporary,
                    ImportedFormat.TEST_LABELS,
                    sums,
                    Idx.wideLabels(set.test().labels()));
            StringBuilder lines = new StringBuilder();
            sums.forEach(
                    (file, sum) -> lines.append(sum).append("  ").append(file).append('\n'));
            AtomicFiles.write(
                    temporary.resolve(ImportedFormat.SUMS), lines.toString().getBytes(StandardCharsets.UTF_8));
            publish(temporary, target);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory, e);
        } finally {
            Directories.discard(temporary);
        }
    }

    /**
     * Deletes a data set that {@link #write} wrote, whole or damaged. The directory is renamed first, so that no reader finds a part
     * of it.
     *
     * @throws UserException if the directory is a link, holds anything that no import wrote, or cannot be deleted
     */
    public static void remove(Path directory) {
        Path target = directory.toAbsolutePath().normalize();
        Path parent = Objects.requireNonNull(target.getParent(), "a root is no directory of a data set");
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new UserException(directory + " is no directory of its own, expected one that an import wrote");
        }
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(target)) {
            boolean empty = true;
            for (Path path : inside) {
                empty = false;
                String name = String.valueOf(path.getFileName());
                if (!ImportedFormat.names().contains(name) || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new UserException(directory + " holds " + name
                            + ", which no import wrote: expected the files of a data set alone");
                }
            }
            if (empty) {
                throw new UserException(directory + " is empty, expected the files of a data set");
            }
            Path old = parent.resolve(TEMPORARY + target.getFileName() + "-"
                    + ProcessHandle.current().pid() + "-old");
            Directories.delete(old);
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.flushDirectory(parent);
            Directories.delete(old);
        } catch (IOException e) {
            throw AtomicFiles.unwritable(directory, e);
        }
    }

    /** A file of floats has four bytes each, and is read into one array. */
    private static void checkSize(Split split) {
        if (split.floats().length > Idx.MOST_FLOATS) {
            throw new UserException("split " + split.name() + " has " + split.floats().length
                    + " values that are no multiples of 1/255, expected at most " + Idx.MOST_FLOATS);
        }
    }

    private static void checkTarget(Path target, Path shown, boolean replace) {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean ours = Files.isRegularFile(target.resolve(ImportedFormat.SUMS))
                && Files.isRegularFile(target.resolve(ImportedFormat.DESCRIPTION));
        boolean empty = false;
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(target)) {
                empty = !inside.iterator().hasNext();
            } catch (IOException e) {
                throw AtomicFiles.unwritable(shown, e);
            }
        }
        if (empty || ours && replace) {
            return;
        }
        throw new UserException(shown + " exists already"
                + (ours
                        ? ": expected another name, or --replace"
                        : " and holds other files: expected a directory that is not there yet"));
    }

    private static void publish(Path temporary, Path target) throws IOException {
        Path old = temporary.resolveSibling(temporary.getFileName() + "-old");
        Directories.delete(old);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        AtomicFiles.flushDirectory(Objects.requireNonNull(target.getParent()));
        Directories.discard(old);
    }

    private static void writeImages(Path directory, String name, Map<String, String> sums, Split split) {
        ImageShape shape = split.shape();
        String file = ImportedFormat.images(name, split.isFloat());
        if (!split.isFloat()) {
            write(
                    directory,
                    file,
                    sums,
                    Idx.pixelsHeader(split.size(), shape.channels(), shape.height(), shape.width()),
                    split.images());
            return;
        }
        MessageDigest digest = Digests.sha256();
        AtomicFiles.write(directory.resolve(file), out -> {
            byte[] header = Idx.floatsHeader(split.size(), shape.channels(), shape.height(), shape.width());
            digest.update(header);
            out.write(header);
            float[] values = split.floats();
            for (int from = 0; from < values.length; from += PART) {
                byte[] part = Idx.floatBytes(values, from, Math.min(from + PART, values.length));
                digest.update(part);
                out.write(part);
            }
        });
        sums.put(file, Digests.hex(digest));
    }

    private static void write(Path directory, String name, Map<String, String> sums, byte[]... parts) {
        MessageDigest digest = Digests.sha256();
        AtomicFiles.write(directory.resolve(name), out -> {
            for (byte[] part : parts) {
                digest.update(part);
                out.write(part);
            }
        });
        sums.put(name, Digests.hex(digest));
    }

    private static byte[] description(DataSet set) {
        DataDetails details = set.details();
        List<Object> features = new ArrayList<>();
        for (Feature feature : details.features()) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("name", feature.name());
            members.put("low", feature.low());
            members.put("high", feature.high());
            members.put("mean", (double) feature.mean());
            members.put("deviation", (double) feature.deviation());
            features.add(members);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("layout", ImportedFormat.LAYOUT);
        json.put("rows", set.shape().height());
        json.put("columns", set.shape().width());
        json.put("channels", set.shape().channels());
        json.put("training", set.train().size() - details.validation());
        json.put("validation", details.validation());
        json.put("test", set.test().size());
        json.put("classes", new ArrayList<Object>(details.classNames()));
        json.put("features", features);
        return (Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Deletes what killed imports of this data set left. */
    private static void sweep(Path parent, Path target) {
        String prefix = TEMPORARY + target.getFileName() + "-";
        try {
            for (Path path : Directories.list(parent)) {
                String name = String.valueOf(path.getFileName());
                String process = name.startsWith(prefix)
                        ? name.substring(prefix.length()).replace("-old", "")
                        : "";
                if (process.matches("[0-9]{1,18}")
                        && ProcessHandle.of(Long.parseLong(process)).isEmpty()) {
                    Directories.discard(path);
                }
            }
        } catch (IOException e) {
            // What is left only uses space.
        }
    }
}
