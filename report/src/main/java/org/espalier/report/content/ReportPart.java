package org.espalier.report.content;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Something that stands in the report's folder: tables, a page, figures. */
public interface ReportPart {
    /**
     * Writes the part.
     *
     * @param report what it shows
     * @param iteration iteration to show accuracies at; empty: the one that the experiment names
     * @param folder the report's folder, which exists
     * @throws org.espalier.UserException if a file cannot be written
     */
    Written write(Report report, OptionalInt iteration, Path folder);

    /**
     * What was written.
     *
     * @param files those to be named to the user, the one to open first; not necessarily all that were written
     * @param problems what could not be read and is left out, a sentence each, besides {@link Report#problems}
     */
    record Written(List<Path> files, List<String> problems) {
        public Written {
            files = List.copyOf(files);
            problems = List.copyOf(problems);
        }
    }
}
