package org.espalier.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A store of objects in memory, {@code putonly://NAME/...}: an object appears whole when its stream is closed, folders do not
 * exist, and nothing can be renamed or appended to. A put that must not replace fails at its end.
 */
public final class PutOnlyFileSystem extends FileSystem {
    /** Time and bytes by address. */
    private static final Map<String, Stored> OBJECTS = new ConcurrentHashMap<>();

    private URI uri = URI.create("putonly://none/");

    private record Stored(long modified, byte[] content) {}

    static Configuration configuration() {
        Configuration hadoop = new Configuration(false);
        hadoop.set("fs.putonly.impl", PutOnlyFileSystem.class.getName());
        return hadoop;
    }

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
        super.initialize(name, conf);
        uri = URI.create("putonly://" + name.getAuthority());
        setConf(conf);
    }

    @Override
    public URI getUri() {
        return uri;
    }

    @Override
    public String getScheme() {
        return "putonly";
    }

    private String key(Path path) {
        return makeQualified(path).toString();
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
        Stored stored = OBJECTS.get(key(path));
        if (stored == null) {
            throw new FileNotFoundException(path.toString());
        }
        return new FSDataInputStream(new Bytes(stored.content()));
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int buffer,
            short replication,
            long block,
            Progressable progress)
            throws IOException {
        return new FSDataOutputStream(
                new ByteArrayOutputStream() {
                    @Override
                    public void close() throws IOException {
                        var stored = new Stored(System.currentTimeMillis(), toByteArray());
                        if (overwrite) {
                            OBJECTS.put(key(path), stored);
                        } else if (OBJECTS.putIfAbsent(key(path), stored) != null) {
                            throw new FileAlreadyExistsException(path.toString());
                        }
                    }
                },
                null);
    }

    @Override
    public FSDataOutputStream append(Path path, int buffer, Progressable progress) {
        throw new UnsupportedOperationException("objects do not grow");
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw new UnsupportedOperationException("objects have no new names");
    }

    @Override
    public boolean delete(Path path, boolean recursive) {
        return OBJECTS.remove(key(path)) != null;
    }

    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
        String prefix = key(folder) + "/";
        List<FileStatus> found = new ArrayList<>();
        List<String> folders = new ArrayList<>();
        OBJECTS.forEach((name, stored) -> {
            String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
            int slash = rest.indexOf('/');
            if (slash > 0 && !folders.contains(rest.substring(0, slash))) {
                folders.add(rest.substring(0, slash));
                found.add(new FileStatus(0, true, 1, 1, 0, new Path(prefix + rest.substring(0, slash))));
            } else if (slash < 0 && !rest.isEmpty()) {
                found.add(status(new Path(name), stored));
            }
        });
        if (found.isEmpty()) {
            throw new FileNotFoundException(folder.toString());
        }
        return found.toArray(FileStatus[]::new);
    }

    private static FileStatus status(Path path, Stored stored) {
        return new FileStatus(stored.content().length, false, 1, 1, stored.modified(), path);
    }

    @Override
    public void setWorkingDirectory(Path folder) {}

    @Override
    public Path getWorkingDirectory() {
        return new Path(uri + "/");
    }

    @Override
    public boolean mkdirs(Path folder, FsPermission permission) {
        return true;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        Stored stored = OBJECTS.get(key(path));
        if (stored == null) {
            throw new FileNotFoundException(path.toString());
        }
        return status(path, Objects.requireNonNull(stored));
    }

    /** A stream with positions over bytes. */
    private static final class Bytes extends FSInputStream {
        private final byte[] content;
        private int position;

        Bytes(byte[] content) {
            this.content = content;
        }

        @Override
        public int read() {
            return position < content.length ? content[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            int read = new ByteArrayInputStream(content, position, content.length - position).read(to, offset, length);
            position += Math.max(0, read);
            return read;
        }

        @Override
        public void seek(long to) {
            position = (int) to;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public boolean seekToNewSource(long target) {
            return false;
        }
    }
}
