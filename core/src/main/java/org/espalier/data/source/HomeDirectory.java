package org.espalier.data.source;

import java.util.Map;
import org.espalier.UserPath;

/** The user's home directory: {@code HOME} where it is an absolute path, as other programs have it, else Java's {@code user.home}. */
final class HomeDirectory {
    private HomeDirectory() {}

    /** The directory of this user; empty if there is none. */
    static String ofUser() {
        return from(System.getenv(), System.getProperty("user.home", ""));
    }

    /**
     * The same of other values.
     *
     * @param property what Java found in the system's list of users
     */
    static String from(Map<String, String> environment, String property) {
        String home = environment.getOrDefault("HOME", "");
        return !home.isEmpty() && UserPath.of(home, "HOME").isAbsolute() ? home : property;
    }
}
