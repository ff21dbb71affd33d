package org.espalier.campaigns.disk;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** A path of a simulated disk: the algebra of names is that of the machine's own file system. */
final class SimulatedPath implements Path {
    private final SimulatedFileSystem system;
    final Path name;

    SimulatedPath(SimulatedFileSystem system, Path name) {
        this.system = system;
        this.name = name;
    }

    private SimulatedPath of(Path path) {
        return new SimulatedPath(system, path);
    }

    private static Path nameOf(Path other) {
        if (other instanceof SimulatedPath path) {
            return path.name;
        }
        throw new ProviderMismatchException(String.valueOf(other));
    }

    @Override
    public FileSystem getFileSystem() {
        return system;
    }

    @Override
    public boolean isAbsolute() {
        return name.isAbsolute();
    }

    @Override
    public @Nullable Path getRoot() {
        Path root = name.getRoot();
        return root == null ? null : of(root);
    }

    @Override
    public @Nullable Path getFileName() {
        Path last = name.getFileName();
        return last == null ? null : of(last);
    }

    @Override
    public @Nullable Path getParent() {
        Path parent = name.getParent();
        return parent == null ? null : of(parent);
    }

    @Override
    public int getNameCount() {
        return name.getNameCount();
    }

    @Override
    public Path getName(int index) {
        return of(name.getName(index));
    }

    @Override
    public Path subpath(int from, int to) {
        return of(name.subpath(from, to));
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof SimulatedPath path && name.startsWith(path.name);
    }

    @Override
    public boolean endsWith(Path other) {
        return other instanceof SimulatedPath path && name.endsWith(path.name);
    }

    @Override
    public Path normalize() {
        return of(name.normalize());
    }

    @Override
    public Path resolve(Path other) {
        return of(name.resolve(nameOf(other)));
    }

    @Override
    public Path relativize(Path other) {
        return of(name.relativize(nameOf(other)));
    }

    @Override
    public URI toUri() {
        return URI.create(SimulatedDisk.SCHEME + ":" + toAbsolutePath());
    }

    @Override
    public Path toAbsolutePath() {
        return isAbsolute() ? this : of(Path.of("/").resolve(name));
    }

    @Override
    public Path toRealPath(LinkOption... options) {
        return toAbsolutePath().normalize();
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Path other) {
        return name.compareTo(nameOf(other));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SimulatedPath path && path.system == system && path.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
