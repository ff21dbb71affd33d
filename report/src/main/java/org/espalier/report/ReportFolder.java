package org.espalier.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.report.content.Report;
import org.espalier.report.content.ReportPart;
import org.espalier.report.example.AttackedImages;
import org.espalier.report.page.PageFiles;
import org.espalier.report.table.AccuracyTable;

/** The folder that {@code espalier report} writes: the page with its figures and tables. */
public final class ReportFolder {
    /** Name of the folder within the (first) search's directory, unless another is asked for. */
    public static final String NAME = "report";

    private ReportFolder() {}

    /**
     * Writes all parts that can be written. Files of the same names are replaced, others stay.
     *
     * @param iteration see {@link AccuracyTable#all}
     * @param folder made if it is not there
     * @return what all parts have written
     * @throws UserException after all parts have been tried, if the folder or a file in it cannot be written: the first failure,
     *     the others as suppressed
     */
    public static ReportPart.Written write(Report report, OptionalInt iteration, Path folder) {
        AtomicFiles.makeDirectory(folder);
        var files = new ArrayList<Path>();
        var problems = new ArrayList<String>();
        Optional<UserException> first = Optional.empty();
        // The page first: it is what a user opens.
        for (ReportPart part : List.of(new PageFiles(new AttackedImages()), new TableFiles())) {
            try {
                ReportPart.Written written = part.write(report, iteration, folder);
                files.addAll(written.files());
                problems.addAll(written.problems());
            } catch (UserException e) {
                first.ifPresent(failure -> failure.addSuppressed(e));
                first = first.or(() -> Optional.of(e));
            }
        }
        if (first.isPresent()) {
            throw first.get();
        }
        return new ReportPart.Written(files, problems);
    }
}
