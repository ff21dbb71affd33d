package org.espalier.lab.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.UserException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two runs from one directory. It is the operating system's lock on the file {@code lock}, which the system
 * releases when the process ends, also after a crash. The file's content, the process number, is for messages only.
 */
public final class StoreLock implements AutoCloseable {
    public static final String FILE = "lock";
    private static final int LONGEST = 20; // bytes of a process number and a line feed
    // One byte far behind the process number, so that systems with mandatory locks let others read that.
    private static final long POSITION = 1 << 20;

    // POSIX locks belong to the process and are lost when it closes any descriptor of the file, so a process that holds
    // a lock must not open its file again. It checks this set first.
    private static final Map<Path, StoreLock> HELD = new ConcurrentHashMap<>();

    // Held while the lock is taken and the number written, and while both are read: a lock never shows without its
    // number.
    private static final long GUARD = POSITION + 1;
    private static final int GUARD_TRIES = 200;
    private static final long GUARD_MILLIS = 5;

    private final Path key;
    private final FileChannel channel;
    private final boolean shared;
    private int holders = 1; // guarded by HELD

    private StoreLock(Path key, FileChannel channel, boolean shared) {
        this.key = key;
        this.channel = channel;
        this.shared = shared;
    }

    /**
     * Keeps runs out of a directory, but not other workers. On a file system without locks nothing is kept out.
     *
     * @return the lock, to be closed; empty without locks
     * @throws UserException naming the process of a run that holds the directory, or if something else is in the lock's place
     */
    public static Optional<StoreLock> share(Path directory) {
        Path file = directory.resolve(FILE);
        synchronized (HELD) {
            @Nullable FileChannel channel = null;
            try {
                Path key = directory.toRealPath();
                StoreLock held = HELD.get(key);
                if (held != null && held.shared) {
                    held.holders++;
                    return Optional.of(held);
                } else if (held != null) {
                    throw inUse(directory, Long.toString(ProcessHandle.current().pid()), "");
                }
                channel = open(file);
                if (channel.tryLock(POSITION, 1, true) == null) {
                    String number = number(channel);
                    channel.close();
                    throw inUse(directory, number, "");
                }
                StoreLock lock = new StoreLock(key, channel, true);
                HELD.put(key, lock);
                return Optional.of(lock);
            } catch (IOException e) {
                if (channel != null) {
                    try {
                        channel.close();
                    } catch (IOException ignored) {
                        // There is no lock either way.
                    }
                }
                return Optional.empty();
            }
        }
    }

    /** Locks a directory. The message for a locked one suggests to wait for the other run or to stop it. */
    public static StoreLock acquire(Path directory) {
        return acquire(directory, "");
    }

    /**
     * Locks a directory.
     *
     * @param otherwise a further remedy for the message, as the end of a sentence; empty if there is none
     * @throws UserException naming the process that holds it, if the directory cannot be written, or if something else is in
     *     the lock's place
     */
    public static StoreLock acquire(Path directory, String otherwise) {
        Path file = directory.resolve(FILE);
        synchronized (HELD) {
            @Nullable FileChannel channel = null;
            try {
                Path key = directory.toRealPath();
                StoreLock held = HELD.get(key);
                if (held != null && held.shared) {
                    throw new UserException(
                            directory + " is in use by workers of \"espalier work\"; wait for them or stop them");
                } else if (held != null) {
                    throw inUse(directory, Long.toString(ProcessHandle.current().pid()), otherwise);
                }
                channel = open(file);
                try (@Nullable FileLock guard = guard(channel, false)) {
                    if (channel.tryLock(POSITION, 1, false) == null) {
                        throw sharedBy(channel)
                                ? new UserException(directory
                                        + " is in use by workers of \"espalier work\"; wait for them or stop them")
                                : inUse(directory, number(channel), otherwise);
                    }
                    checkOurs(channel, file);
                    channel.truncate(0);
                    channel.write(
                            ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
                            0);
                } catch (UserException e) {
                    channel.close();
                    throw e;
                }
                StoreLock lock = new StoreLock(key, channel, false);
                HELD.put(key, lock);
                return lock;
            } catch (IOException e) {
                if (channel != null) {
                    try {
                        channel.close();
                    } catch (IOException ignored) {
                        // The first failure is the one to report.
                    }
                }
                throw AtomicFiles.unwritable(file, e);
            }
        }
    }

    /** Opens the file, or makes it. A symbolic link is not followed: the file that it names is not Espalier's. */
    private static FileChannel open(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new UserException(file + " is no regular file, expected a lock of Espalier; move it away");
        }
        return FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    /** Refuses a file that has anything but a process number, some of which may be zeros after a power cut. */
    private static void checkOurs(FileChannel channel, Path file) throws IOException {
        if (channel.size() > LONGEST || !number(channel).matches("[0-9]*[\\s\\x00]*")) {
            throw new UserException(file + " is no lock of Espalier: it has " + channel.size()
                    + " bytes, expected a process number; move it away");
        }
    }

    /** Waits for the guard; gives up after a second, as a stopped process may hold it. */
    private static @Nullable FileLock guard(FileChannel channel, boolean shared) throws IOException {
        for (int attempt = 0; attempt < GUARD_TRIES; attempt++) {
            @Nullable FileLock guard = channel.tryLock(GUARD, 1, shared);
            if (guard != null) {
                return guard;
            }
            try {
                Thread.sleep(GUARD_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    /** Whether those who hold the lock share it. */
    private static boolean sharedBy(FileChannel channel) throws IOException {
        try (@Nullable FileLock lock = channel.tryLock(POSITION, 1, true)) {
            return lock != null;
        }
    }

    /** The process number that the file has. */
    private static String number(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    }

    private static UserException inUse(Path directory, String holder, String otherwise) {
        return new UserException(directory + " is in use by another run (process " + holder + "); wait for it"
                + (otherwise.isEmpty() ? " or stop it" : ", stop it, or " + otherwise));
    }

    /** The process that holds a directory's lock now. */
    public static Optional<Long> holder(Path directory) {
        Path file = directory.resolve(FILE);
        synchronized (HELD) {
            try {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    return Optional.empty();
                } else if (HELD.containsKey(directory.toRealPath())) {
                    return Optional.of(ProcessHandle.current().pid());
                }
                // A shared lock succeeds unless a run holds the exclusive one, and it needs no write permission.
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                        @Nullable FileLock guard = guard(channel, true);
                        @Nullable FileLock lock = channel.tryLock(POSITION, 1, true)) {
                    if (lock != null) {
                        return Optional.empty();
                    }
                    String text = number(channel);
                    return Optional.of(text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0);
                }
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * Releases the directory. The file stays, because after its removal two runs could lock two files of the same name.
     */
    @Override
    public void close() {
        synchronized (HELD) {
            if (--holders > 0) {
                return;
            }
            HELD.remove(key);
            try {
                channel.close();
            } catch (IOException e) {
                // The lock ends with the process at the latest.
            }
        }
    }
}
