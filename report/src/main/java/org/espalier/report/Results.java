package org.espalier.report;

import java.util.List;
import java.util.OptionalInt;

/**
 * What the report knows of one experiment.
 *
 * @param name the experiment's name
 * @param images how many images of each split are measured, its first; empty: all of them
 * @param arms one for each data set and objective, in the experiment's order
 */
public record Results(String name, OptionalInt images, List<Arm> arms) {
    public Results {
        arms = List.copyOf(arms);
    }
}
