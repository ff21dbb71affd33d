package org.espalier.lab.dataset.read;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The split that examples belong to. */
public enum Part {
    TRAIN("train", "training"),
    VALIDATION("validation", "val", "valid", "dev"),
    TEST("test", "testing"),
    /** No split is given: examples are divided by a draw. */
    ALL();

    private final List<String> words;

    Part(String... words) {
        this.words = List.of(words);
    }

    /** The part that a folder's name says. */
    static Optional<Part> ofFolder(String name) {
        return Arrays.stream(values())
                .filter(part -> part.words.contains(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** The part that a word of a file's or an array's name says, as in {@code x_train}; {@link #ALL} if none does. */
    public static Part in(String name) {
        for (String word : words(name)) {
            Optional<Part> part = ofFolder(word);
            if (part.isPresent()) {
                return part.get();
            }
        }
        return ALL;
    }

    /** The words of a name, in lower case: letters between other characters and changes to upper case. */
    static List<String> words(String name) {
        return Arrays.stream(name.replaceAll("([a-z])([A-Z])", "$1_$2")
                        .toLowerCase(Locale.ROOT)
                        .split("[^a-z]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    @Override
    public String toString() {
        return switch (this) {
            case TRAIN -> "training";
            case VALIDATION -> "validation";
            case TEST -> "test";
            case ALL -> "all";
        };
    }
}
