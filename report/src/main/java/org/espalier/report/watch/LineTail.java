package org.espalier.report.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.espalier.UserException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of lines that grows, each time from where the last reading ended. A search that is resumed cuts its files
 * back to the last checkpoint; that is noticed by the size, and by the last line read, which then stands elsewhere.
 */
final class LineTail {
    /** Bytes read at a time, and more than any line has. */
    private static final int CHUNK = 1 << 20;

    private final Path file;
    private long offset; // behind the last whole line read
    private byte[] last = {}; // that line, with its line feed
    private boolean unread;
    private @Nullable Stamp stamp;

    private record Stamp(
            long size, FileTime modified, @Nullable Object file) {}

    /**
     * What is new.
     *
     * @param restarted whether what was read before is void, and these lines are the first
     * @param lines whole lines, without their line feeds; one still being written is left for the next time
     * @param more whether there is more to read at once
     */
    record News(boolean restarted, List<String> lines, boolean more) {
        private static final News NONE = new News(false, List.of(), false);
    }

    LineTail(Path file) {
        this.file = file;
    }

    /**
     * Reads on, a mebibyte at most.
     *
     * @throws UserException if the file is there and cannot be read, or is no file of lines
     */
    News read() {
        try {
            Stamp now = stamp();
            if (now.equals(stamp) && !unread) {
                return News.NONE;
            }
            boolean restarted = false;
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (stamp != null && !Objects.equals(stamp.file(), now.file()) || !stands(channel)) {
                    restarted = offset > 0;
                    offset = 0;
                    last = new byte[0];
                }
                stamp = now;
                return take(channel, restarted);
            }
        } catch (NoSuchFileException e) {
            boolean restarted = offset > 0;
            offset = 0;
            last = new byte[0];
            stamp = null;
            unread = false;
            return restarted ? new News(true, List.of(), false) : News.NONE;
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether the file looks other than when it was read last. */
    boolean changed() {
        try {
            return !stamp().equals(stamp);
        } catch (IOException e) {
            return stamp != null;
        }
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }

    /** Whether the last line read still ends where it ended. */
    private boolean stands(FileChannel channel) throws IOException {
        if (channel.size() < offset) {
            return false;
        }
        return Arrays.equals(read(channel, offset - last.length, last.length), last);
    }

    private News take(FileChannel channel, boolean restarted) throws IOException {
        byte[] bytes = read(channel, offset, CHUNK);
        var lines = new ArrayList<String>();
        int start = 0;
        int before = 0;
        for (int end = 0; end < bytes.length; end++) {
            if (bytes[end] == '\n') {
                lines.add(new String(bytes, start, end - start, StandardCharsets.UTF_8));
                before = start;
                start = end + 1;
            }
        }
        if (start == 0 && bytes.length == CHUNK) {
            throw new UserException(file + " is damaged: a line of more than " + CHUNK + " bytes");
        }
        if (start > 0) {
            last = Arrays.copyOfRange(bytes, before, start);
            offset += start;
        }
        unread = bytes.length == CHUNK;
        return new News(restarted, lines, unread);
    }

    private static byte[] read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, Math.max(0, channel.size() - position)));
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) > 0) {
            // Until it is full or the file ends.
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
