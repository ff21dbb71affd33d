package org.espalier.lab.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;

/** A folder that all machines mount, as over NFS or Lustre. */
public final class SharedFolder implements SharedFiles {
    private static final String CLUSTER = "cluster/";

    private final Path root;
    // Process numbers are not unique over machines.
    private final String writer = UUID.randomUUID().toString();
    private final AtomicLong writes = new AtomicLong();

    /** A folder that is there. */
    public SharedFolder(Path root) {
        this.root = root;
    }

    private Path path(String name) {
        return root.resolve(name);
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(path(name));
    }

    @Override
    public Optional<byte[]> read(String name) {
        Path file = path(name);
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UserException unreadable(Path file, IOException e) {
        return new UserException(file + " cannot be read: " + e.getMessage(), e);
    }

    @Override
    public boolean fetch(String name, Path to) {
        Path file = path(name);
        AtomicFiles.makeDirectory(Objects.requireNonNull(to.toAbsolutePath().getParent()));
        try {
            Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public void put(String name, byte[] content) {
        put(name, stream -> stream.write(content));
    }

    @Override
    public void put(String name, Path from) {
        put(name, stream -> Files.copy(from, stream));
    }

    /**
     * Not {@link AtomicFiles#write}: it deletes temporary files of processes that have ended, and judges by the processes of one
     * machine.
     */
    private void put(String name, AtomicFiles.Content content) {
        Path file = path(name);
        Path folder = Objects.requireNonNull(file.getParent());
        Path temporary = path(TEMPORARY + "/" + writer + "-" + writes.incrementAndGet());
        if (!Files.isDirectory(folder)) {
            AtomicFiles.makeDirectory(folder);
        }
        if (!Files.isDirectory(path(TEMPORARY))) {
            AtomicFiles.makeDirectory(path(TEMPORARY));
        }
        boolean kept = !name.startsWith(CLUSTER); // a power cut may take leases and checkpoints
        try {
            try (FileChannel channel =
                            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    OutputStream stream = Channels.newOutputStream(channel)) {
                content.to(stream);
                if (kept) {
                    channel.force(true);
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(temporary); // frees space on a full disk
            } catch (IOException ignored) {
                // The first failure is the one to report.
            }
            throw AtomicFiles.unwritable(file, e);
        }
        if (kept) {
            AtomicFiles.flushDirectory(folder);
        }
    }

    @Override
    public boolean create(String name, byte[] content) {
        Path file = path(name);
        Path folder = Objects.requireNonNull(file.getParent());
        if (!Files.isDirectory(folder)) {
            AtomicFiles.makeDirectory(folder);
        }
        try {
            Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw AtomicFiles.unwritable(file, e);
        }
    }

    @Override
    public void delete(String name) {
        try {
            Files.deleteIfExists(path(name));
        } catch (IOException e) {
            throw AtomicFiles.unwritable(path(name), e);
        }
    }

    @Override
    public List<Entry> list(String folder) {
        List<Entry> entries = new ArrayList<>();
        for (String name : names(folder)) {
            modified(folder + "/" + name).ifPresent(time -> entries.add(new Entry(name, time)));
        }
        return entries;
    }

    @Override
    public List<String> names(String folder) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path(folder))) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw unreadable(path(folder), e);
        } catch (DirectoryIteratorException e) {
            throw unreadable(path(folder), Objects.requireNonNull(e.getCause()));
        }
        return names;
    }

    @Override
    public Optional<Instant> modified(String name) {
        try {
            return Optional.of(Files.getLastModifiedTime(path(name)).toInstant());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(path(name), e);
        }
    }

    @Override
    public void append(String name, String writer, byte[] lines) {
        try {
            Files.write(path(name), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            // Nothing depends on these lines. What fails here fails at the next level too, with a message.
        }
    }

    @Override
    public String describe() {
        return root.toString();
    }
}
