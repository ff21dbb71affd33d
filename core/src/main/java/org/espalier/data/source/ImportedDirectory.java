package org.espalier.data.source;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.UserPath;

/**
 * Where data sets that the user imported are kept: {@code ESPALIER_DATA}, else {@code XDG_DATA_HOME/espalier}, else {@code
 * ~/.local/share/espalier}. Unlike a cache they cannot be fetched again.
 */
public final class ImportedDirectory {
    private ImportedDirectory() {}

    /**
     * The directory of this user, which need not exist.
     *
     * @throws UserException if no variable names one and there is no home directory
     */
    public static Path ofUser() {
        return from(System.getenv(), HomeDirectory.ofUser());
    }

    /** The directory of this user; empty where {@link #ofUser} fails. */
    public static Optional<Path> ofUserIfAny() {
        try {
            return Optional.of(ofUser());
        } catch (UserException e) {
            return Optional.empty();
        }
    }

    static Path from(Map<String, String> environment, String home) {
        String own = environment.getOrDefault("ESPALIER_DATA", "");
        if (!own.isEmpty()) {
            return UserPath.of(own, "ESPALIER_DATA").toAbsolutePath();
        }
        // The XDG specification has relative paths ignored.
        String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
        if (!xdg.isEmpty() && UserPath.of(xdg, "XDG_DATA_HOME").isAbsolute()) {
            return UserPath.of(xdg, "XDG_DATA_HOME").resolve("espalier");
        }
        if (home.isEmpty()) {
            throw new UserException(
                    "no directory for imported data: expected ESPALIER_DATA, XDG_DATA_HOME or a home directory, found none"
                            + " of them");
        }
        return UserPath.of(home, "the home directory")
                .resolve(".local")
                .resolve("share")
                .resolve("espalier");
    }
}
