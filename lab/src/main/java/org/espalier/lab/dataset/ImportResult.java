package org.espalier.lab.dataset;

import java.util.List;
import org.espalier.data.DataSet;

/**
 * A data set that was made of files, and what was found.
 *
 * @param set the data set, with names of classes and validation images of its own
 * @param given splits that files or folders named; the others were drawn
 * @param notes sentences: files that were left out, duplicates, classes without examples, features with few steps
 */
public record ImportResult(DataSet set, List<String> given, List<String> notes) {
    public ImportResult {
        given = List.copyOf(given);
        notes = List.copyOf(notes);
    }
}
