package org.espalier.lab.dataset.read;

import java.util.List;

/** The rows of a table, one at a time. */
interface Rows extends AutoCloseable {
    /** Headings, (column). */
    List<String> columns();

    /** Whether a column is the index of a table, which its writer has added, and no feature. */
    default boolean isIndex(int column) {
        return false;
    }

    /** Moves to the next row; false at the end. */
    boolean next();

    /** Number of the row, from 1, as {@link #place} says. */
    long row();

    /** How to name the row in a message. */
    String place();

    /** A value as text. */
    String text(int column);

    /**
     * A value as a number.
     *
     * @throws org.espalier.UserException if it is missing, no number, or not finite
     */
    double number(int column);

    @Override
    void close();
}
