package org.espalier.data.source;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.UserPath;

/** Where fetched data sets are kept: {@code ESPALIER_CACHE}, else {@code XDG_CACHE_HOME/espalier}, else {@code ~/.cache/espalier}. */
public final class CacheDirectory {
    private CacheDirectory() {}

    public static Path ofUser() {
        return from(System.getenv(), HomeDirectory.ofUser());
    }

    static Path from(Map<String, String> environment, String home) {
        String own = environment.getOrDefault("ESPALIER_CACHE", "");
        if (!own.isEmpty()) {
            return UserPath.of(own, "ESPALIER_CACHE").toAbsolutePath();
        }
        // The XDG specification has relative paths ignored.
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (!xdg.isEmpty() && UserPath.of(xdg, "XDG_CACHE_HOME").isAbsolute()) {
            return UserPath.of(xdg, "XDG_CACHE_HOME").resolve("espalier");
        }
        if (home.isEmpty()) {
            throw new UserException(
                    "no cache directory: expected ESPALIER_CACHE, XDG_CACHE_HOME or a home directory, found none of them");
        }
        return UserPath.of(home, "the home directory").resolve(".cache").resolve("espalier");
    }
}
