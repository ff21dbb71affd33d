package org.espalier.data.source;

import java.io.IOException;
import java.nio.file.Path;
import org.espalier.UserException;

/** The directory that fetched files would go to cannot be written; no other source would help. */
public final class TargetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TargetException(Path directory, IOException cause) {
        super(
                directory + " cannot be written: expected a directory that can hold the data files, found: "
                        + Reasons.of(cause),
                cause);
    }

    /** The same, to be shown to the user. */
    public UserException toUser() {
        return new UserException(String.valueOf(getMessage()), this);
    }
}
