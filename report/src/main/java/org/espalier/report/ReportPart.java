package org.espalier.report;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Something that stands in the report's folder: tables, a page, figures. */
public interface ReportPart {
    /**
     * Writes the part.
     *
     * @param report what it shows
     * @param iteration see {@link AccuracyTable#all}
     * @param folder the report's folder, which exists
     * @return the files to be named to the user, the one to open first; not necessarily all that were written
     * @throws org.espalier.UserException if a file cannot be written
     */
    List<Path> write(Report report, OptionalInt iteration, Path folder);
}
