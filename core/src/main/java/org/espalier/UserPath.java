package org.espalier;

import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The one place that makes paths from text that a person wrote: in a file, an option or a variable. */
public final class UserPath {
    private UserPath() {}

    /**
     * The path of a text.
     *
     * @param what names the text in a message, e.g. {@code data.sets directory}
     * @throws UserException if this system has no such path: the text has a NUL, or characters that the locale's encoding
     *     lacks
     */
    public static Path of(String text, String what) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            String shown = text.replace('\0', '\u2400');
            if (text.indexOf('\0') >= 0) {
                throw new UserException(what + " is \"" + shown + "\", expected a path without a NUL character", e);
            }
            throw new UserException(
                    what + " is \"" + shown + "\", expected a path in the system's encoding, "
                            + System.getProperty(
                                    "sun.jnu.encoding", Charset.defaultCharset().name())
                            + "; a locale in UTF-8, as LC_ALL=C.UTF-8, takes every character",
                    e);
        }
    }

    /**
     * The path of a text, beside the file that names it unless it is absolute.
     *
     * @param base the file that the text stands in
     * @param what names the text in a message
     * @throws UserException as {@link #of}
     */
    public static Path beside(Path base, String text, String what) {
        return base.toAbsolutePath().resolveSibling(of(text, what)).normalize();
    }
}
