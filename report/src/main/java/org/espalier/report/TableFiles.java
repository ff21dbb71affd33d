package org.espalier.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.report.content.Report;
import org.espalier.report.content.ReportPart;
import org.espalier.report.format.CsvTable;
import org.espalier.report.format.LatexTable;
import org.espalier.report.format.MarkdownTable;
import org.espalier.report.table.AllTables;

/** All tables as files, each as LaTeX, Markdown and CSV: {@code tables/NAME.tex}, {@code .md} and {@code .csv}. */
public final class TableFiles implements ReportPart {
    /** Folder within the report's. */
    static final String FOLDER = "tables";

    @Override
    public Written write(Report report, OptionalInt iteration, Path folder) {
        Path tables = folder.resolve(FOLDER);
        AtomicFiles.makeDirectory(tables);
        AllTables.of(report, iteration).entries().forEach(entry -> {
            write(tables.resolve(entry.name() + ".tex"), LatexTable.of(entry.table(), entry.name()));
            write(tables.resolve(entry.name() + ".md"), MarkdownTable.of(entry.table()));
            write(tables.resolve(entry.name() + ".csv"), CsvTable.of(entry.table()));
        });
        return new Written(List.of(tables), List.of());
    }

    private static void write(Path file, String text) {
        AtomicFiles.writeRepeatable(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
