package org.espalier.lab.dataset.read;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.UserException;

/** Headings of tables. */
final class ColumnNames {
    private static final int LONGEST = 200;

    private ColumnNames() {}

    /**
     * A heading without spaces around it; one that is empty becomes the number of its column.
     *
     * @param column from 0
     * @throws UserException if it is long or has control characters
     */
    static String name(String text, int column, String source) {
        String name = text.strip();
        if (name.length() > LONGEST || name.chars().anyMatch(Character::isISOControl)) {
            throw new UserException(source + " has a name of column " + (column + 1) + " of " + name.length()
                    + " characters, expected at most " + LONGEST + " without control characters");
        }
        return name.isEmpty() ? "column " + (column + 1) : name;
    }

    /**
     * Checks that headings differ.
     *
     * @throws UserException if two are equal
     */
    static void checkDifferent(List<String> columns, String source) {
        Set<String> names = new HashSet<>();
        for (String name : columns) {
            if (!names.add(name)) {
                throw new UserException(source + " has two columns called " + name + ", expected names that differ");
            }
        }
    }
}
