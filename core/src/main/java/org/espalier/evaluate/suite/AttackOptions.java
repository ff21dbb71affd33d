package org.espalier.evaluate.suite;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.UserException;

/** A user's settings for one attack: read by name, with defaults; what nobody reads is refused. */
final class AttackOptions {
    private final String attack;
    private final Map<String, Object> given;
    private final Set<String> known = new TreeSet<>();

    AttackOptions(String attack, Map<String, Object> given) {
        this.attack = attack;
        this.given = given;
    }

    int whole(String name, int usual) {
        known.add(name);
        Object value = given.getOrDefault(name, usual);
        if (value instanceof Number number && number.doubleValue() == number.intValue()) {
            return number.intValue();
        }
        throw wrong(name, "a whole number", value);
    }

    double number(String name, double usual) {
        known.add(name);
        Object value = given.getOrDefault(name, usual);
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, "a number", value);
    }

    boolean flag(String name, boolean usual) {
        known.add(name);
        Object value = given.getOrDefault(name, usual);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, "true or false", value);
    }

    <T> T choice(String name, Map<String, T> choices, String usual) {
        known.add(name);
        Object value = given.getOrDefault(name, usual);
        if (value instanceof String text && choices.containsKey(text)) {
            return choices.get(text);
        }
        throw wrong(name, "one of " + String.join(", ", new TreeSet<>(choices.keySet())), value);
    }

    /** Refuses names that were not read. */
    void allRead() {
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                throw new UserException("attack " + attack + " has no setting \"" + name + "\"; "
                        + (known.isEmpty() ? "it has none" : "it has " + String.join(", ", known)));
            }
        }
    }

    private UserException wrong(String name, String expected, Object found) {
        return new UserException(
                "attack " + attack + ": setting " + name + " must be " + expected + ", found " + found);
    }
}
