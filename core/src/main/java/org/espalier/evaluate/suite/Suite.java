package org.espalier.evaluate.suite;

import java.util.ArrayList;
import java.util.List;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.StrongAttack;

/**
 * Attacks that are run one after the other on the inputs that a network classifies right; an input withstands the suite if it
 * withstands each of them.
 *
 * @param name the suite's name, in tables and files
 * @param attacks its attacks, in order, at least one
 * @param survivorsOnly whether each attack sees only the inputs that those before it left, which changes no worst case but
 *     saves time; else each attack's own figure is of all inputs
 * @param notes what a reader of its figures should know, one sentence each: attacks that stand in for others, and why
 */
public record Suite(String name, List<StrongAttack> attacks, boolean survivorsOnly, List<String> notes) {
    public Suite {
        attacks = List.copyOf(attacks);
        notes = List.copyOf(notes);
        if (attacks.isEmpty()) {
            throw new IllegalArgumentException("suite " + name + " has no attacks");
        }
    }

    /** A suite without notes. */
    public Suite(String name, List<StrongAttack> attacks, boolean survivorsOnly) {
        this(name, attacks, survivorsOnly, List.of());
    }

    /**
     * One name for each attack, in order: its own, followed by {@code -2}, {@code -3} and so on where earlier ones are called
     * the same.
     */
    public List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (StrongAttack attack : attacks) {
            String label = attack.name();
            for (int number = 2; labels.contains(label); number++) {
                label = attack.name() + "-" + number;
            }
            labels.add(label);
        }
        return labels;
    }

    /**
     * Refuses a norm or a number of classes that one of the attacks has no answer for.
     *
     * @throws org.espalier.UserException in words for the user
     */
    public void check(ThreatModel threat, int classes) {
        attacks.forEach(attack -> attack.check(threat, classes));
    }
}
