package org.espalier.data.source;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.UserException;

/** Where fetched data sets are kept: {@code ESPALIER_CACHE}, else {@code XDG_CACHE_HOME/espalier}, else {@code ~/.cache/espalier}. */
public final class CacheDirectory {
    private CacheDirectory() {}

    public static Path ofUser() {
        return from(System.getenv(), System.getProperty("user.home", ""));
    }

    static Path from(Map<String, String> environment, String home) {
        String own = environment.getOrDefault("ESPALIER_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own).toAbsolutePath();
        }
        // The XDG specification has relative paths ignored.
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (!xdg.isEmpty() && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "espalier");
        }
        if (home.isEmpty()) {
            throw new UserException(
                    "no cache directory: expected ESPALIER_CACHE, XDG_CACHE_HOME or a home directory, found none of them");
        }
        return Path.of(home, ".cache", "espalier");
    }
}
