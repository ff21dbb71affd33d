package org.espalier.lab.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** The lines that a growing file on this machine has got since it was read last. They serve people only: failures are passed over. */
public final class GrowingLines {
    private static final int MOST_BYTES = 1 << 24; // at once

    private final Path file;
    private long position; // behind the last whole line; guarded by this

    /** Lines from the file's begin on. The file need not be there yet. */
    public GrowingLines(Path file) {
        this.file = file;
    }

    /** The new lines that are whole, with their line feeds; empty if there are none or the file cannot be read now. */
    public synchronized byte[] take() {
        if (!Files.exists(file)) {
            return new byte[0];
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.clamp(channel.size() - position, 0, MOST_BYTES));
            int whole = Math.max(0, channel.read(bytes, position));
            while (whole > 0 && bytes.get(whole - 1) != '\n') {
                whole--;
            }
            position += whole;
            return Arrays.copyOf(bytes.array(), whole);
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
