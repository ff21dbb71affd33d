package org.espalier.campaigns.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An open file of a simulated disk, or a directory that is opened to be flushed. */
final class SimulatedChannel extends FileChannel {
    private final SimulatedDisk disk;
    private final SimulatedPath path;
    private final Node node;
    private final boolean append;
    private long position;
    private final Set<Long> locked = new HashSet<>();

    SimulatedChannel(SimulatedDisk disk, SimulatedPath path, Node node, boolean append) {
        this.disk = disk;
        this.path = path;
        this.node = node;
        this.append = append;
    }

    private void check() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        disk.checkPower();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        synchronized (disk) {
            int read = read(to, position);
            position += Math.max(0, read);
            return read;
        }
    }

    @Override
    public int read(ByteBuffer to, long from) throws IOException {
        synchronized (disk) {
            check();
            if (node.directory) {
                throw new IOException("Is a directory");
            }
            if (from >= node.content.length) {
                return to.hasRemaining() ? -1 : 0;
            }
            int count = Math.min(to.remaining(), node.content.length - (int) from);
            to.put(node.content, (int) from, count);
            return count;
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        synchronized (disk) {
            if (append) {
                position = node.content.length;
            }
            int written = write(from, position);
            position += written;
            return written;
        }
    }

    @Override
    public int write(ByteBuffer from, long to) throws IOException {
        synchronized (disk) {
            check();
            int wanted = from.remaining();
            int taken = wanted;
            IOException full = null;
            try {
                taken = disk.beforeWrite(path, wanted);
            } catch (SimulatedDisk.FullException e) {
                taken = e.taken; // a full disk takes what still fits
                full = e;
            }
            byte[] now = Arrays.copyOf(node.content, Math.max(node.content.length, (int) to + taken));
            from.get(now, (int) to, taken);
            node.write(now);
            if (full != null) {
                throw full;
            }
            return taken;
        }
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        synchronized (disk) {
            check();
            if (size < node.content.length) {
                disk.before(Fault.Operation.TRUNCATE, path);
                node.write(Arrays.copyOf(node.content, (int) size));
            }
            position = Math.min(position, size);
            return this;
        }
    }

    @Override
    public void force(boolean metadata) throws IOException {
        synchronized (disk) {
            check();
            try {
                disk.before(node.directory ? Fault.Operation.FLUSH_DIRECTORY : Fault.Operation.FLUSH_FILE, path);
            } catch (IOException e) {
                node.lose();
                throw e;
            }
            node.flush();
        }
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long position) {
        this.position = position;
        return this;
    }

    @Override
    public long size() throws IOException {
        synchronized (disk) {
            check();
            return node.content.length;
        }
    }

    @Override
    public @Nullable FileLock tryLock(long at, long size, boolean shared) throws IOException {
        synchronized (disk) {
            check();
            if (node.locked.contains(at)) {
                return null;
            }
            if (!shared) {
                node.locked.add(at);
                locked.add(at);
            }
            return new FileLock(this, at, size, shared) {
                @Override
                public boolean isValid() {
                    return SimulatedChannel.this.isOpen();
                }

                @Override
                public void release() {
                    unlock(at);
                }
            };
        }
    }

    private void unlock(long at) {
        synchronized (disk) {
            if (locked.remove(at)) {
                node.locked.remove(at);
            }
        }
    }

    @Override
    protected void implCloseChannel() {
        List.copyOf(locked).forEach(this::unlock);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long to, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
