package org.espalier.lab.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;
import org.espalier.data.Digests;
import org.jspecify.annotations.Nullable;

/** Files that are there whole or not at all, and their digests. */
public final class AtomicFiles {
    /**
     * Suffix of a file being written. Only a crash leaves such a file, and the next process that writes there deletes
     * it.
     */
    public static final String TEMPORARY = ".tmp";

    private static final AtomicLong WRITERS = new AtomicLong();
    // Older versions' files have no process in their name.
    private static final Pattern NAME =
            Pattern.compile("(\\.(?<process>[0-9]{1,18})-(?<start>[0-9]{1,18})-[0-9]{1,18})?\\.tmp$");
    private static final long START = startSeconds(ProcessHandle.current());
    private static final long START_SLACK_SECONDS = 5; // the clock may have been set
    // Directories by file system, as text: a path would keep its file system, a disk in memory with it, for ever.
    private static final Map<FileSystem, Set<String>> SWEPT = Collections.synchronizedMap(new WeakHashMap<>());

    // Of the system's mode of a file.
    private static final int KIND = 0xf000;
    private static final int PIPE = 0x1000;
    private static final int CHARACTER_DEVICE = 0x2000;

    private AtomicFiles() {}

    /** Writes a file's content. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it; a failure of the stream goes through. */
        void to(OutputStream stream) throws IOException;
    }

    /**
     * Writes a file under a temporary name, flushes it to the disk and renames it over {@code file}. Of a symbolic link the
     * file that it names is replaced. A pipe or a character device, as {@code /dev/null}, is written into.
     *
     * @throws UserException if the disk is full, the directory cannot be written, or something else than a file is in its place
     */
    public static void write(Path file, byte[] content) {
        write(file, stream -> stream.write(content), true);
    }

    /**
     * The same for content that is not in memory as a whole.
     *
     * @throws UserException if the disk is full or the directory cannot be written
     */
    public static void write(Path file, Content content) {
        write(file, content, true);
    }

    /**
     * The same for a file that can be made again: it is not flushed, which saves time, and a power cut may lose it.
     *
     * @throws UserException if the disk is full or the directory cannot be written
     */
    public static void writeRepeatable(Path file, byte[] content) {
        write(file, stream -> stream.write(content), false);
    }

    /** Each writer has its own name, so that two writers of one file both write whole files; the last rename counts. */
    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + "."
                + ProcessHandle.current().pid() + "-" + START + "-" + WRITERS.incrementAndGet() + TEMPORARY);
    }

    /**
     * The name of the file that a temporary one was to become.
     *
     * @param name of any file, without its directory; returned as it is if the file is no temporary one
     */
    public static String withoutTemporary(String name) {
        return NAME.matcher(name).replaceFirst("");
    }

    /**
     * Whether a file is a temporary one whose writer has ended.
     *
     * @param name of any file, without its directory
     */
    public static boolean leftBehind(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.find()) {
            return false;
        }
        String process = parts.group("process");
        return process == null
                || ProcessHandle.of(Long.parseLong(process))
                        .filter(ProcessHandle::isAlive)
                        .filter(alive -> Math.abs(startSeconds(alive) - Long.parseLong(parts.group("start")))
                                <= START_SLACK_SECONDS)
                        .isEmpty();
    }

    /** Start time of a process, which distinguishes it from an earlier one of the same number. */
    private static long startSeconds(ProcessHandle process) {
        return process.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
    }

    /** Deletes temporary files of killed processes in a directory, at this process's first write there. */
    private static void sweep(Path directory) {
        Set<String> swept = SWEPT.computeIfAbsent(directory.getFileSystem(), _ -> ConcurrentHashMap.newKeySet());
        if (!swept.add(directory.toString())) {
            return;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + TEMPORARY)) {
            for (Path file : found) {
                String name = String.valueOf(file.getFileName());
                Matcher parts = NAME.matcher(name);
                if (parts.find() && parts.group("process") != null && leftBehind(name)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Such files only use space.
        }
    }

    /**
     * Where content goes.
     *
     * @param path the file, without symbolic links where it is replaced
     * @param stream whether it is written into and not replaced
     */
    private record Target(Path path, boolean stream) {}

    private static Target target(Path file) {
        BasicFileAttributes found;
        try {
            found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return new Target(file, false);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        if (found.isRegularFile()) {
            return new Target(file, false);
        }
        try {
            if (found.isSymbolicLink()) {
                found = Files.readAttributes(file, BasicFileAttributes.class);
            }
            if (found.isRegularFile() && !descriptor(file)) {
                return new Target(file.toRealPath(), false);
            } else if (found.isRegularFile() || found.isOther() && stream(file)) {
                return new Target(file, true);
            }
        } catch (NoSuchFileException e) {
            throw new UserException(file + " cannot be written: it is a link to a file that is missing", e);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        throw new UserException(
                file + " cannot be written: it is no regular file" + (found.isDirectory() ? " but a directory" : ""));
    }

    /** Whether a link is one of the system's to an open file, as {@code /dev/stdout}: whoever opened that goes on writing. */
    private static boolean descriptor(Path link) {
        Path place = link.toAbsolutePath().normalize();
        return place.startsWith("/proc") || place.startsWith("/dev") && !place.startsWith("/dev/shm");
    }

    /** Whether a file is a pipe or a character device; sockets and disks are neither. */
    private static boolean stream(Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:mode") instanceof Integer mode
                    && ((mode & KIND) == PIPE || (mode & KIND) == CHARACTER_DEVICE);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return false; // a system without such files
        }
    }

    private static void write(Path file, Content content, boolean flushed) {
        Target target = target(file);
        if (target.stream()) {
            writeInto(file, content);
        } else {
            replace(target.path(), content, flushed);
        }
    }

    private static void writeInto(Path file, Content content) {
        try (OutputStream stream = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            content.to(stream);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static void replace(Path file, Content content, boolean flushed) {
        Path temporary = temporary(file);
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        sweep(directory);
        try {
            try (FileChannel channel = FileChannel.open(
                            temporary,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
                    OutputStream stream = Channels.newOutputStream(channel)) {
                content.to(stream);
                if (flushed) {
                    channel.force(true);
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (flushed) {
                forceDirectory(directory);
            }
        } catch (IOException e) {
            try {
                Files.deleteIfExists(temporary); // frees space on a full disk
            } catch (IOException | ReadOnlyFileSystemException ignored) {
                // The first failure is the one to report.
            }
            throw unwritable(file, e);
        }
    }

    /**
     * Makes a directory and those above it, where they are not there, and flushes each into the one above it, so that a power
     * cut does not take a directory with all that was flushed in it.
     *
     * @throws UserException if it cannot be made, or a file is in its place
     */
    public static void makeDirectory(Path directory) {
        try {
            make(directory.toAbsolutePath().normalize());
        } catch (FileAlreadyExistsException e) {
            throw new UserException(directory + " cannot be made: a file is in its place", e);
        } catch (IOException e) {
            throw new UserException(directory + " cannot be made: " + reason(e), e);
        }
    }

    private static void make(Path directory) throws IOException {
        @Nullable Path parent = directory.getParent();
        if (!Files.isDirectory(directory)) {
            if (parent != null) {
                make(parent);
            }
            try {
                Files.createDirectory(directory);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(directory)) { // otherwise another process made it at the same time
                    throw e;
                }
            }
        }
        // Flushed even if it existed, because its maker may have been killed before the flush.
        if (parent != null) {
            forceDirectory(parent);
        }
    }

    /**
     * Flushes a directory, so that a rename within it survives a power cut.
     *
     * @throws IOException if the disk fails
     */
    static void forceDirectory(Path directory) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            return; // Some systems do not open directories; the durability of the rename must suffice there.
        }
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            // EINVAL and EBADF: this file system does not flush directories.
            String reason = reason(e);
            if (!reason.equals("Invalid argument") && !reason.equals("Bad file descriptor")) {
                throw e;
            }
        }
    }

    /**
     * Flushes a directory whose work is done, because its writer may have failed between the last rename and the flush.
     *
     * @throws UserException if the disk fails
     */
    public static void flushDirectory(Path directory) {
        try {
            forceDirectory(directory);
        } catch (IOException e) {
            throw unwritable(directory, e);
        }
    }

    /**
     * Reads a whole file.
     *
     * @throws UserException if it is missing or cannot be read
     */
    public static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new UserException(file + " is missing", e);
        } catch (IOException | OutOfMemoryError e) {
            throw new UserException(file + " cannot be read: " + reason(e), e);
        }
    }

    /**
     * Deletes a file, if it is there.
     *
     * @throws UserException if it cannot be deleted
     */
    public static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UserException(file + " cannot be deleted: " + reason(e), e);
        }
    }

    /** The message for a file that could not be written. */
    public static UserException unwritable(Path file, IOException e) {
        return new UserException(file + " cannot be written: " + reason(e), e);
    }

    private static String reason(Throwable e) {
        if (e instanceof AccessDeniedException) {
            return "access is denied";
        } else if (e instanceof NoSuchFileException) {
            return "no such file or directory"; // its own message is the path alone
        } else if (e instanceof FileSystemException inFileSystem && inFileSystem.getReason() != null) {
            return inFileSystem.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * Reads a whole file that was finished with a digest.
     *
     * @param digest its SHA-256 in lower-case hexadecimal
     * @throws UserException if it is missing, cannot be read, or does not match the digest
     */
    public static byte[] read(Path file, String digest) {
        byte[] content = read(file);
        check(file, content, digest);
        return content;
    }

    /**
     * Checks a file's content.
     *
     * @param digest its SHA-256 in lower-case hexadecimal
     * @throws UserException if it does not match the digest
     */
    public static void check(Path file, byte[] content, String digest) {
        String found = Digests.sha256(content);
        if (!found.equals(digest)) {
            throw new UserException(file + " is damaged: expected SHA-256 " + digest + ", found " + found);
        }
    }

    /**
     * SHA-256 of a file's content, in lower-case hexadecimal.
     *
     * @throws UserException if it is missing or cannot be read
     */
    public static String digest(Path file) {
        return Digests.sha256(read(file));
    }
}
