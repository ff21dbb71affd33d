package org.espalier.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.ipc.RemoteException;
import org.espalier.UserException;
import org.espalier.lab.cluster.SharedFiles;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * A shared store on a file system of Hadoop. Where files can be renamed, as on HDFS, a file is written under another name and
 * renamed. On stores of objects it is written by one put, which shows the file at its end only.
 */
final class HadoopFiles implements SharedFiles {
    /** Growing files, in parts: {@code NAME/WRITER-NUMBER.jsonl}. */
    static final String PARTS = "cluster/parts";

    private static final Set<String> RENAMING = Set.of("hdfs", "viewfs", "abfs", "abfss", "ofs", "o3fs", "maprfs");
    private static final String IF_ABSENT = "fs.option.create.conditional.overwrite"; // of object stores
    private static final int READS = 3;
    private static final int PART_BYTES = 1 << 16;

    private final FileSystem system;
    private final @Nullable FileContext context; // null where files cannot be renamed
    private final org.apache.hadoop.fs.Path root;
    private final String writer = UUID.randomUUID().toString();
    private final AtomicLong writes = new AtomicLong();
    private final Set<String> folders = ConcurrentHashMap.newKeySet();
    private final Map<String, Part> parts = new HashMap<>(); // guarded by itself

    /** The last part of a growing file. */
    private record Part(int number, byte[] content) {}

    private HadoopFiles(FileSystem system, @Nullable FileContext context, org.apache.hadoop.fs.Path root) {
        this.system = system;
        this.context = context;
        this.root = root;
    }

    /**
     * Connects to a store.
     *
     * @throws UserException if there is no file system for the scheme, or it cannot be reached
     */
    static HadoopFiles open(URI address, Configuration hadoop) {
        try {
            FileSystem system = FileSystem.newInstance(address, hadoop);
            boolean renames = RENAMING.contains(String.valueOf(address.getScheme()));
            HadoopFiles files = new HadoopFiles(
                    system,
                    renames ? FileContext.getFileContext(address, hadoop) : null,
                    new org.apache.hadoop.fs.Path(address));
            try {
                system.exists(files.path(Store.INDEX)); // whether anybody answers
            } catch (IOException e) {
                files.close();
                throw e;
            }
            return files;
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException("the store " + address + " cannot be reached: " + OneLine.reason(e), e);
        }
    }

    private org.apache.hadoop.fs.Path path(String name) {
        return new org.apache.hadoop.fs.Path(root, name);
    }

    private UserException unreadable(String name, IOException e) {
        return new UserException(path(name) + " cannot be read: " + OneLine.reason(e), e);
    }

    private UserException unwritable(String name, IOException e) {
        return new UserException(path(name) + " cannot be written: " + OneLine.reason(e), e);
    }

    /** Reads something, again if another writer replaces the file in the same moment. */
    private <T> Optional<T> look(String name, Looking<T> looking) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Optional.of(looking.at(path(name)));
            } catch (FileNotFoundException e) {
                return Optional.empty();
            } catch (IOException e) {
                if (attempt == READS) {
                    throw unreadable(name, e);
                }
            }
        }
    }

    @FunctionalInterface
    private interface Looking<T> {
        T at(org.apache.hadoop.fs.Path path) throws IOException;
    }

    @Override
    public boolean exists(String name) {
        return look(name, system::exists).orElse(false);
    }

    @Override
    public Optional<byte[]> read(String name) {
        return look(name, path -> {
            try (InputStream in = system.open(path)) {
                return in.readAllBytes();
            }
        });
    }

    @Override
    public boolean fetch(String name, Path to) {
        AtomicFiles.makeDirectory(Objects.requireNonNull(to.toAbsolutePath().getParent()));
        return look(name, path -> {
                    try (InputStream in = system.open(path)) {
                        return Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
                    }
                })
                .isPresent();
    }

    @Override
    public void put(String name, byte[] content) {
        put(name, stream -> stream.write(content));
    }

    @Override
    public void put(String name, Path from) {
        put(name, stream -> Files.copy(from, stream));
    }

    private void put(String name, AtomicFiles.Content content) {
        try {
            if (context == null) {
                write(system.create(path(name), true), content, false);
                return;
            }
            makeFolder(name);
            String temporary = TEMPORARY + "/" + writer + "-" + writes.incrementAndGet();
            // A crash of the file system may take leases and checkpoints.
            write(system.create(path(temporary), true), content, name.startsWith(Store.LEVELS + "/"));
            context.rename(path(temporary), path(name), Options.Rename.OVERWRITE);
        } catch (IOException e) {
            throw unwritable(name, e);
        }
    }

    private void makeFolder(String name) throws IOException {
        String folder = name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
        if (!folders.contains(folder)) {
            system.mkdirs(folder.isEmpty() ? root : path(folder));
            folders.add(folder);
        }
    }

    private static void write(FSDataOutputStream stream, AtomicFiles.Content content, boolean kept) throws IOException {
        try (stream) {
            content.to(stream);
            if (kept && stream.hasCapability(StreamCapabilities.HSYNC)) {
                stream.hsync();
            }
        }
    }

    @Override
    public boolean create(String name, byte[] content) {
        try (OutputStream stream = context == null ? put(path(name)) : system.create(path(name), false)) {
            stream.write(content);
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            // Some file systems name the reason in other ways.
            if (inUse(e) || exists(name)) {
                return false;
            }
            throw unwritable(name, e);
        }
        return true;
    }

    /** A put that fails if the object is there, where the store knows such puts. */
    private FSDataOutputStream put(org.apache.hadoop.fs.Path path) throws IOException {
        return (FSDataOutputStream) system.createFile(path)
                .overwrite(false)
                .recursive()
                .opt(IF_ABSENT, true)
                .build();
    }

    private static boolean inUse(IOException e) {
        return e instanceof RemoteException remote && remote.getClassName().endsWith("AlreadyBeingCreatedException");
    }

    @Override
    public void delete(String name) {
        try {
            system.delete(path(name), false);
        } catch (FileNotFoundException e) {
            // Another worker was faster.
        } catch (IOException e) {
            throw unwritable(name, e);
        }
    }

    @Override
    public List<Entry> list(String folder) {
        return look(folder, path -> {
                    List<Entry> entries = new ArrayList<>();
                    RemoteIterator<FileStatus> all = system.listStatusIterator(path);
                    while (all.hasNext()) {
                        FileStatus each = all.next();
                        entries.add(
                                new Entry(each.getPath().getName(), Instant.ofEpochMilli(each.getModificationTime())));
                    }
                    return entries;
                })
                .orElse(List.of());
    }

    @Override
    public Optional<Instant> modified(String name) {
        return look(
                name, path -> Instant.ofEpochMilli(system.getFileStatus(path).getModificationTime()));
    }

    /** Keeps lines in parts of 64 KiB, of which the last is written anew, because few file systems let files grow. */
    @Override
    public void append(String name, String writer, byte[] lines) {
        synchronized (parts) {
            String key = name + "/" + writer;
            Part last = parts.getOrDefault(key, new Part(0, new byte[0]));
            Part next = last.content().length + lines.length <= PART_BYTES
                    ? new Part(last.number(), joined(last.content(), lines))
                    : new Part(last.number() + 1, lines.clone());
            parts.put(key, next);
            try {
                put(PARTS + "/" + key + "-" + next.number() + ".jsonl", next.content());
            } catch (UserException e) {
                // Nothing depends on these lines. What fails here fails at the next level too, with a message.
            }
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Override
    public String describe() {
        return root.toString();
    }

    @Override
    public void close() {
        try {
            system.close();
        } catch (IOException e) {
            // All that counts was closed before.
        }
    }
}
