package org.espalier.lab.dataset.read;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;

/** The labels of all examples while they are read: a number for each text, in the order of their first example. */
public final class Labels {
    /** Most classes of a data set. */
    public static final int MOST = 1000;

    private static final int LONGEST = 100;

    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final List<String> first = new ArrayList<>(); // (number) where the text was found first

    /**
     * The classes that were found.
     *
     * @param names (class)
     * @param order (number) the class of each number that {@link #number} gave
     */
    public record Classes(List<String> names, int[] order) {
        public Classes {
            names = List.copyOf(names);
        }
    }

    /**
     * The number of a label.
     *
     * @param text name of a class, or a whole number
     * @param place file and row, for messages
     * @throws UserException if it is empty, no name of a class, or the last of too many
     */
    public int number(String text, String place) {
        String label = text.strip();
        Integer known = numbers.get(label);
        if (known != null) {
            return known;
        }
        if (label.isEmpty()) {
            throw new UserException(place + " has no label");
        } else if (label.length() > LONGEST || label.chars().anyMatch(Character::isISOControl)) {
            throw new UserException(place + " has label \"" + shown(label) + "\", expected at most " + LONGEST
                    + " characters without control characters");
        } else if (numbers.size() == MOST) {
            throw new UserException(place + " has label " + label + " after " + MOST + " others, expected at most "
                    + MOST + " classes");
        }
        numbers.put(label, first.size());
        first.add(place);
        return first.size() - 1;
    }

    private static String shown(String label) {
        String plain = label.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "..." : plain;
    }

    /**
     * The classes: whole numbers by size, other names by their characters.
     *
     * @param gaps whether numbers from 0 may lack some between them
     * @throws UserException if there is one class alone, labels are numbers that are not whole, or one is missing between them
     */
    public Classes classes(boolean gaps) {
        List<String> texts = new ArrayList<>(numbers.keySet());
        boolean allNumbers = texts.stream().allMatch(text -> parsed(text).isPresent());
        Comparator<String> byName = Comparator.naturalOrder();
        if (allNumbers) {
            for (int i = 0; i < texts.size(); i++) {
                BigDecimal value = parsed(texts.get(i)).orElseThrow();
                if (value.stripTrailingZeros().scale() > 0) {
                    throw new UserException(first.get(i) + " has label " + texts.get(i)
                            + ", expected whole numbers or names of classes");
                }
            }
            byName = Comparator.comparing((String text) -> parsed(text).orElseThrow());
        }
        List<String> names = new ArrayList<>();
        int[] order = new int[texts.size()];
        for (String text : texts.stream().sorted(byName).toList()) {
            String name = allNumbers ? parsed(text).orElseThrow().toBigInteger().toString() : text;
            if (names.isEmpty() || !names.getLast().equals(name)) { // 1 and 1.0 are one class
                names.add(name);
            }
            order[numbers.getOrDefault(text, 0)] = names.size() - 1;
        }
        if (names.size() < 2) {
            throw new UserException(
                    "the data have one class only, " + names.getFirst() + ": expected at least 2 classes");
        } else if (allNumbers && !gaps) {
            checkGaps(names);
        }
        return new Classes(names, order);
    }

    private void checkGaps(List<String> names) {
        long expected = Long.parseLong(names.getFirst());
        if (expected < 0) {
            return; // such labels, as -1 and 1, count nothing
        }
        for (String name : names) {
            if (Long.parseLong(name) != expected) {
                throw new UserException("no example has label " + expected + ": expected every label from "
                        + names.getFirst() + " to " + names.getLast() + ", or --allow-gaps");
            }
            expected++;
        }
    }

    private static Optional<BigDecimal> parsed(String text) {
        return text.matches("[-+]?[0-9]{1,15}(\\.[0-9]{1,6})?") ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }
}
