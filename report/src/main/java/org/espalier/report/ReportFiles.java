package org.espalier.report;

import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.espalier.lab.store.WholeFiles;

/** A report as text and files. */
public final class ReportFiles {
    /** File name of the tidy table, in the search's directory. */
    public static final String CSV = "results.csv";

    /** File name of the tables for people, in the search's directory. */
    public static final String MARKDOWN = "results.md";

    private ReportFiles() {}

    /** All tables for a terminal of this many characters a line. */
    public static String text(Results results, OptionalInt iteration, int width) {
        return results.arms().stream()
                        .flatMap(arm -> AccuracyTable.all(arm, iteration).stream())
                        .map(table -> TextTable.of(table, width))
                        .collect(Collectors.joining("\n"))
                + "\n" + TextTable.lines(Legend.of(results), width);
    }

    /** All tables as one Markdown page. */
    public static String markdown(Results results, OptionalInt iteration) {
        return "# " + results.name() + "\n\n"
                + results.arms().stream()
                        .flatMap(arm -> AccuracyTable.all(arm, iteration).stream())
                        .map(MarkdownTable::of)
                        .collect(Collectors.joining("\n"))
                + Legend.of(results).stream()
                        .map(sentence -> "\n" + MarkdownTable.escape(sentence) + "\n")
                        .collect(Collectors.joining());
    }

    /**
     * Writes the tidy table.
     *
     * @throws org.espalier.UserException if the file cannot be written
     */
    public static void writeCsv(Results results, Path file) {
        WholeFiles.write(file, stream -> {
            // Not closed: the stream is the caller's.
            var writer = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), 1 << 16);
            ResultsCsv.write(results, writer);
            writer.flush();
        });
    }

    /**
     * Writes the Markdown page.
     *
     * @throws org.espalier.UserException if the file cannot be written
     */
    public static void writeMarkdown(Results results, OptionalInt iteration, Path file) {
        WholeFiles.write(file, markdown(results, iteration).getBytes(StandardCharsets.UTF_8));
    }
}
