package org.espalier.report.result;

import java.util.List;
import java.util.OptionalInt;

/**
 * What the report knows of one experiment.
 *
 * @param name the experiment's name
 * @param images how many images of each split are measured, its first; empty: all of them
 * @param cells one for each data set and objective, in the experiment's order
 * @param problems what could not be read and is left out, a sentence each
 * @param warnings splits of the data that lack classes, a sentence each
 */
public record Results(String name, OptionalInt images, List<Cell> cells, List<String> problems, List<String> warnings) {
    /** Results of data that have all classes. */
    public Results(String name, OptionalInt images, List<Cell> cells, List<String> problems) {
        this(name, images, cells, problems, List.of());
    }

    public Results {
        cells = List.copyOf(cells);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }
}
