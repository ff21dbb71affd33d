package org.espalier.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.format.MarkdownTable;
import org.espalier.report.format.ResultsCsv;
import org.espalier.report.format.RobustnessCsv;
import org.espalier.report.format.TextTable;
import org.espalier.report.result.Results;
import org.espalier.report.table.AccuracyTable;
import org.espalier.report.table.TableNotes;

/** A report as text and files. */
public final class ReportFiles {
    /** File name of the tidy table, in the search's directory. */
    public static final String CSV = "results.csv";

    /** File name of what each attack of each robustness evaluation left. */
    public static final String ROBUSTNESS = "robustness.csv";

    /** File name of those attacks' losses and security curves. */
    public static final String CURVES = "robustness-curves.csv";

    /** File name of all certificates. */
    public static final String CERTIFICATES = "certificates.csv";

    /** File name of the tables for people, in the search's directory. */
    public static final String MARKDOWN = "results.md";

    private ReportFiles() {}

    /** All tables for a terminal of this many characters a line. */
    public static String text(Results results, OptionalInt iteration, int width) {
        return results.cells().stream()
                        .flatMap(cell -> AccuracyTable.all(cell, iteration).stream())
                        .map(table -> TextTable.of(table, width))
                        .collect(Collectors.joining("\n"))
                + "\n" + TextTable.lines(TableNotes.of(results), width);
    }

    /** All tables as one Markdown page. */
    public static String markdown(Results results, OptionalInt iteration) {
        return "# " + results.name() + "\n\n"
                + results.cells().stream()
                        .flatMap(cell -> AccuracyTable.all(cell, iteration).stream())
                        .map(MarkdownTable::of)
                        .collect(Collectors.joining("\n"))
                + TableNotes.of(results).stream()
                        .map(sentence -> "\n" + MarkdownTable.escape(sentence) + "\n")
                        .collect(Collectors.joining());
    }

    /**
     * Writes the tidy table.
     *
     * @throws org.espalier.UserException if the file cannot be written
     */
    public static void writeCsv(Results results, Path file) {
        write(file, writer -> ResultsCsv.write(results, writer));
    }

    /** Something that writes a text piece by piece. */
    private interface Pieces {
        void write(Appendable text) throws IOException;
    }

    private static void write(Path file, Pieces pieces) {
        AtomicFiles.write(file, stream -> {
            // Not closed: the stream is the caller's.
            var writer = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), 1 << 16);
            pieces.write(writer);
            writer.flush();
        });
    }

    /**
     * Writes the tidy tables of evaluations and of certificates, each where there are any.
     *
     * @param prefix begins the files' names
     * @return the files written
     * @throws org.espalier.UserException if a file cannot be written
     */
    public static List<Path> writeRobustness(Robustness robustness, Path folder, String prefix) {
        var written = new ArrayList<Path>();
        if (!robustness.evaluations().isEmpty()) {
            Path attacks = folder.resolve(prefix + ROBUSTNESS);
            write(attacks, text -> RobustnessCsv.attacks(robustness, text));
            Path curves = folder.resolve(prefix + CURVES);
            write(curves, text -> RobustnessCsv.curves(robustness, text));
            written.addAll(List.of(attacks, curves));
        }
        if (!robustness.certificates().isEmpty()) {
            Path certificates = folder.resolve(prefix + CERTIFICATES);
            write(certificates, text -> RobustnessCsv.certificates(robustness, text));
            written.add(certificates);
        }
        return written;
    }

    /**
     * Writes the Markdown page.
     *
     * @throws org.espalier.UserException if the file cannot be written
     */
    public static void writeMarkdown(Results results, OptionalInt iteration, Path file) {
        AtomicFiles.write(file, markdown(results, iteration).getBytes(StandardCharsets.UTF_8));
    }
}
