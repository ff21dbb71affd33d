package org.espalier.lab.experiment;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Names in experiment files, and the nearest right one to a mistyped name. */
public final class Names {
    /** Names that are safe in file names, tables and on command lines. */
    public static final String PATTERN = "[a-z0-9][a-z0-9._-]{0,62}";

    static final String FORM = "a name of lower-case letters, digits, '-', '_' and '.'";

    /** Names that begin names of files which others read: lower-case letters, digits and hyphens. */
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9-]*");

    private Names() {}

    /** Whether a name has lower-case letters, digits and hyphens alone, and does not begin with a hyphen. */
    public static boolean isPlain(String name) {
        return PLAIN.matcher(name).matches();
    }

    /** How a record component or constant is written in a file: {@code labelSmoothing} and {@code AS_PUBLISHED}
     * with dashes. */
    static String dashed(String javaName) {
        return javaName.equals(javaName.toUpperCase(Locale.ROOT))
                ? javaName.toLowerCase(Locale.ROOT).replace('_', '-')
                : javaName.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The candidate that a mistyped name most likely meant, if any is near. */
    public static Optional<String> nearest(String name, Collection<String> candidates) {
        String asked = name.toLowerCase(Locale.ROOT).replace('_', '-');
        int near = Math.max(2, asked.length() / 3);
        return candidates.stream()
                .filter(candidate ->
                        distance(asked, candidate) <= near || candidate.startsWith(asked) && asked.length() > 1)
                .min(Comparator.comparingInt((String candidate) -> distance(asked, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code did you mean "x"?} or {@code expected one of a, b, c}. */
    public static String suggestion(String name, Collection<String> candidates) {
        return nearest(name, candidates)
                .map(found -> "did you mean \"" + found + "\"?")
                .orElseGet(() ->
                        candidates.isEmpty() ? "none is defined" : "expected one of " + String.join(", ", candidates));
    }

    /** {@code a, b, c and 5 more}: the first of many names. */
    public static String listed(List<String> names, int most) {
        return String.join(", ", names.stream().limit(most).toList())
                + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
    }

    private static int distance(String left, String right) {
        return LevenshteinDistance.getDefaultInstance().apply(left, right);
    }

    /**
     * A noun beside its number: {@code image} for 1, else {@code images}.
     *
     * @param one the noun for one
     */
    public static String noun(long number, String one) {
        return number == 1 ? one : one + "s";
    }
}
