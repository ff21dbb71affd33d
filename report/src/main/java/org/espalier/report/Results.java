package org.espalier.report;

import java.util.List;

/**
 * What the report knows of one experiment.
 *
 * @param name the experiment's name
 * @param arms one for each data set and objective, in the experiment's order
 */
public record Results(String name, List<Arm> arms) {
    public Results {
        arms = List.copyOf(arms);
    }
}
