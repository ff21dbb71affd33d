package org.espalier.data.source;

import java.util.Objects;

/** A source does not deliver its data set; the next one may. The message is one line. */
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean absent;

    private SourceException(String message, boolean absent) {
        super(message);
        this.absent = absent;
    }

    /** The source is not there at all, which is no fault. */
    static SourceException absent(String reason) {
        return new SourceException(reason, true);
    }

    /** The source was there and failed. */
    static SourceException failed(String reason) {
        return new SourceException(reason.lines().findFirst().orElse("no reason given"), false);
    }

    /** Whether the source is merely not there. */
    public boolean isAbsent() {
        return absent;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
