package org.espalier.campaigns.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory, below everything that works on paths, that can fail and lose power. It stands where
 * {@link java.nio.file.Files} meets the system, so code needs no seam of its own to be run on it.
 */
public final class SimulatedDisk extends FileSystemProvider {
    static final String SCHEME = "simulated";
    /** Operations for which a disk is full that is full for a while. */
    private static final int WHILE = 5;

    private final SimulatedFileSystem system = new SimulatedFileSystem(this);
    private final Node root;
    private final Map<Fault.Operation, Integer> operations = new EnumMap<>(Fault.Operation.class);
    private Fault fault = Fault.NONE;
    private int concerned;
    private boolean happened;
    private boolean cut;

    /** An empty disk. */
    public SimulatedDisk() {
        this(new Node(true));
    }

    private SimulatedDisk(Node root) {
        this.root = root;
    }

    /** A write that a full disk took a part of. */
    static final class FullException extends FileSystemException {
        final int taken;

        FullException(Path path, int taken) {
            super(path.toString(), null, "No space left on device");
            this.taken = taken;
        }
    }

    /** The root directory. */
    public Path rootDirectory() {
        return system.getPath("/");
    }

    /** Lets something go wrong from now on; counts of operations begin again. */
    synchronized void expect(Fault next) {
        fault = next;
        concerned = 0;
        happened = false;
        operations.clear();
    }

    /** Whether the fault happened. */
    synchronized boolean happened() {
        return happened;
    }

    /** Operations since the fault was set, by what they are. */
    synchronized Map<Fault.Operation, Integer> operations() {
        return new EnumMap<>(operations);
    }

    /** Another disk with the same content, all of it flushed. */
    public synchronized SimulatedDisk copy() {
        return new SimulatedDisk(root.copy());
    }

    /** The disk after a power cut, with a part of what was not flushed. */
    synchronized SimulatedDisk afterPowerCut(Random random) {
        return new SimulatedDisk(root.afterPowerCut(random));
    }

    /** The disk after a power cut, with nothing that was not flushed. */
    synchronized SimulatedDisk flushedOnly() {
        return new SimulatedDisk(root.flushedOnly());
    }

    void checkPower() throws IOException {
        if (cut) {
            throw new IOException("the power is cut");
        }
    }

    /** Called before an operation: fails if it is to fail. */
    void before(Fault.Operation operation, Path path) throws IOException {
        checkPower();
        operations.merge(operation, 1, Integer::sum);
        if (happens(operation)) {
            switch (fault.kind()) {
                case POWER_CUT -> {
                    cut = true;
                    checkPower();
                }
                case FULL, FULL_FOR_A_WHILE -> throw new FullException(path, 0);
                default -> throw new FileSystemException(path.toString(), null, "Input/output error");
            }
        }
    }

    /** Called before a write of so many bytes: how many of them are taken. */
    int beforeWrite(Path path, int bytes) throws IOException {
        checkPower();
        operations.merge(Fault.Operation.WRITE, 1, Integer::sum);
        if (!happens(Fault.Operation.WRITE)) {
            return bytes;
        }
        return switch (fault.kind()) {
            case SHORT_WRITE -> Math.max(1, bytes / 2);
            case FULL, FULL_FOR_A_WHILE -> throw new FullException(path, concerned == fault.at() + 1 ? bytes / 2 : 0);
            case POWER_CUT -> {
                cut = true;
                throw new FullException(path, bytes / 2); // the last write arrives in part
            }
            default -> throw new FileSystemException(path.toString(), null, "Input/output error");
        };
    }

    private boolean happens(Fault.Operation operation) {
        if (happened && fault.kind() == Fault.Kind.FULL_FOR_A_WHILE || happened && fault.kind() == Fault.Kind.FULL) {
            // A full disk also has no room for new files and directories.
            boolean grows = operation == Fault.Operation.WRITE
                    || operation == Fault.Operation.CREATE
                    || operation == Fault.Operation.MAKE_DIRECTORY;
            return grows && (fault.kind() == Fault.Kind.FULL || ++concerned <= fault.at() + WHILE);
        }
        if (!fault.kind().concerns(operation) || concerned++ != fault.at()) {
            return false;
        }
        happened = true;
        return true;
    }

    private @Nullable Node find(Path path) throws IOException {
        checkPower();
        Node node = root;
        for (Path part : path.toAbsolutePath().normalize()) {
            if (node == null) {
                return null;
            }
            node = node.entries.get(part.toString());
        }
        return node;
    }

    private Node existing(Path path) throws IOException {
        Node node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    private Node parent(Path path) throws IOException {
        Path parent = path.toAbsolutePath().normalize().getParent();
        if (parent == null) {
            throw new FileSystemException(path.toString());
        }
        Node node = existing(parent);
        if (!node.directory) {
            throw new FileSystemException(path.toString(), null, "Not a directory");
        }
        return node;
    }

    private static String name(Path path) {
        return String.valueOf(path.toAbsolutePath().normalize().getFileName());
    }

    @Override
    public synchronized FileChannel newFileChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        Node node = find(path);
        boolean write = options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
        if (node != null && options.contains(StandardOpenOption.CREATE_NEW)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        if (node == null) {
            if (!write
                    || !options.contains(StandardOpenOption.CREATE)
                            && !options.contains(StandardOpenOption.CREATE_NEW)) {
                throw new NoSuchFileException(path.toString());
            }
            Node parent = parent(path);
            before(Fault.Operation.CREATE, path);
            node = new Node(false);
            parent.change(Map.of(name(path), Optional.of(node)));
        } else if (node.directory && write) {
            throw new FileSystemException(path.toString(), null, "Is a directory");
        } else if (write && options.contains(StandardOpenOption.TRUNCATE_EXISTING) && node.content.length > 0) {
            before(Fault.Operation.TRUNCATE, path);
            node.write(new byte[0]);
        }
        return new SimulatedChannel(this, (SimulatedPath) path, node, options.contains(StandardOpenOption.APPEND));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public synchronized DirectoryStream<Path> newDirectoryStream(
            Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
        Node node = existing(directory);
        if (!node.directory) {
            throw new NotDirectoryException(directory.toString());
        }
        List<Path> found = new ArrayList<>();
        for (String name : node.entries.keySet()) {
            Path entry = directory.resolve(name);
            if (filter.accept(entry)) {
                found.add(entry);
            }
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return found.iterator();
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }

    @Override
    public synchronized void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        if (find(directory) != null) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        Node parent = parent(directory);
        before(Fault.Operation.MAKE_DIRECTORY, directory);
        parent.change(Map.of(name(directory), Optional.of(new Node(true))));
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        Node node = existing(path);
        if (!node.entries.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        before(Fault.Operation.DELETE, path);
        parent(path).change(Map.of(name(path), Optional.empty()));
    }

    @Override
    public synchronized void move(Path from, Path to, CopyOption... options) throws IOException {
        Node node = existing(from);
        Node target = parent(to);
        if (find(to) != null && !List.of(options).contains(StandardCopyOption.REPLACE_EXISTING)) {
            throw new FileAlreadyExistsException(to.toString());
        }
        before(Fault.Operation.MOVE, from);
        Map<String, Optional<Node>> change = new TreeMap<>();
        change.put(name(from), Optional.empty());
        if (parent(from) != target) {
            parent(from).change(change);
            change = new TreeMap<>();
        }
        change.put(name(to), Optional.of(node));
        target.change(change);
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSameFile(Path one, Path other) {
        return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }

    @Override
    public boolean isHidden(Path path) {
        return false;
    }

    @Override
    public FileStore getFileStore(Path path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void checkAccess(Path path, AccessMode... modes) throws IOException {
        existing(path);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return null;
    }

    @Override
    public synchronized <A extends BasicFileAttributes> A readAttributes(
            Path path, Class<A> type, LinkOption... options) throws IOException {
        Node node = existing(path);
        return type.cast(new Attributes(
                FileTime.fromMillis(node.modified),
                node.directory,
                node.content.length,
                System.identityHashCode(node)));
    }

    private record Attributes(FileTime lastModifiedTime, boolean isDirectory, long size, Object fileKey)
            implements BasicFileAttributes {
        @Override
        public FileTime lastAccessTime() {
            return lastModifiedTime;
        }

        @Override
        public FileTime creationTime() {
            return lastModifiedTime;
        }

        @Override
        public boolean isRegularFile() {
            return !isDirectory;
        }

        @Override
        public boolean isSymbolicLink() {
            return false;
        }

        @Override
        public boolean isOther() {
            return false;
        }
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }
}
