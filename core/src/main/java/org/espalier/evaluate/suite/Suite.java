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
 * @param survivorsOnly whether each attack runs only on the inputs that no earlier attack broke, which saves time and
 *     changes no worst case; else each attack runs on all inputs
 * @param notes one sentence for each attack that replaces another, with the reason
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
     * One name for each attack, in order: its own, followed by {@code -2}, {@code -3} and so on if earlier attacks have
     * the same name.
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
     * Checks that all attacks support the norm and the number of classes.
     *
     * @throws org.espalier.UserException if one does not
     */
    public void check(ThreatModel threat, int classes) {
        attacks.forEach(attack -> attack.check(threat, classes));
    }
}
