package org.espalier.lab.store;

import java.util.List;

/**
 * A trial and the keys of its levels, whether computed yet or not.
 *
 * @param id the trial
 * @param levels (level) keys, the dense level first
 */
public record StoredTrial(TrialId id, List<String> levels) {
    public StoredTrial {
        levels = List.copyOf(levels);
    }
}
