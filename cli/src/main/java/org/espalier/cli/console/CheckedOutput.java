package org.espalier.cli.console;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * An output that remembers the first failure to write. {@link java.io.PrintStream} hides its cause, and a reader that
 * went away ({@code espalier report DIR | head}) must end quietly, while a full disk must be reported.
 */
public final class CheckedOutput extends OutputStream {
    private final OutputStream target;
    private volatile Optional<IOException> failure = Optional.empty();

    CheckedOutput(OutputStream target) {
        this.target = target;
    }

    /** The first failure, if any write failed. */
    public Optional<IOException> failure() {
        return failure;
    }

    /** Whether the reader of a pipe went away. The text is the operating system's (EPIPE). */
    public boolean brokenPipe() {
        return failure.map(IOException::getMessage)
                .filter(m -> m.contains("Broken pipe"))
                .isPresent();
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        try {
            target.write(octets, offset, length);
        } catch (IOException e) {
            remember(e);
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            target.flush();
        } catch (IOException e) {
            remember(e);
            throw e;
        }
    }

    private void remember(IOException e) {
        if (failure.isEmpty()) {
            failure = Optional.of(e);
        }
    }
}
