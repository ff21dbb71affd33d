package org.espalier;

import java.util.Objects;

/**
 * A user's mistake or a fault of their surroundings (bad file, full disk): its message is one clear sentence
 * that names the file, the field, the value found and the one expected. Shown without a stack trace.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    public UserException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The sentence; unlike other exceptions, this one always has it. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
