package org.espalier.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The name that a mistyped one most likely meant. */
final class Nearest {
    private Nearest() {}

    static Optional<String> name(String found, Collection<String> names) {
        String asked = found.toLowerCase(Locale.ROOT);
        int near = Math.max(2, asked.length() / 3);
        return names.stream()
                .filter(name -> distance(asked, name) <= near)
                .min(Comparator.comparingInt((String name) -> distance(asked, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code ; did you mean 'x'?}, or all names when none is near. */
    static String hint(String found, Collection<String> names) {
        return name(found, names)
                .map(name -> "; did you mean '" + name + "'?")
                .orElseGet(() -> "; there " + (names.size() == 1 ? "is " : "are ") + String.join(", ", names));
    }

    private static int distance(String left, String right) {
        return LevenshteinDistance.getDefaultInstance().apply(left, right);
    }
}
