package org.espalier.setting;

/**
 * A kind that experiments choose by a name with its settings in it, such as {@code rewind-1000}.
 *
 * @param <S> the settings
 */
public interface Named<S extends Record> extends Extension<S> {
    /** Regular expression of the names, as a whole. No name may fit two kinds. */
    default String pattern() {
        return kind();
    }

    /** The pattern in words: {@code rewind-K}. */
    default String form() {
        return kind();
    }

    /** The settings of a name that fits {@link #pattern}. */
    S parse(String name);
}
