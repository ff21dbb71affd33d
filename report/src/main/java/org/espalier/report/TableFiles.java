package org.espalier.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.espalier.lab.file.AtomicFiles;

/** All tables as files, each as LaTeX, Markdown and CSV: {@code tables/NAME.tex}, {@code .md} and {@code .csv}. */
public final class TableFiles implements ReportPart {
    /** Folder within the report's. */
    static final String FOLDER = "tables";

    @Override
    public Written write(Report report, OptionalInt iteration, Path folder) {
        Path tables = folder.resolve(FOLDER);
        AtomicFiles.makeDirectory(tables);
        all(report, iteration).forEach((name, table) -> {
            write(tables.resolve(name + ".tex"), LatexTable.of(table, name));
            write(tables.resolve(name + ".md"), MarkdownTable.of(table));
            write(tables.resolve(name + ".csv"), CsvTable.of(table));
        });
        return new Written(List.of(tables), List.of());
    }

    /**
     * All tables by the name of their files.
     *
     * @param iteration see {@link AccuracyTable#all}
     */
    public static Map<String, Table> all(Report report, OptionalInt iteration) {
        var tables = new LinkedHashMap<String, Table>();
        tables.put("verdict", VerdictTable.of(report));
        tables.putAll(PaperTable.all(report, iteration));
        for (Report.Run run : report.runs()) {
            robustness(run).forEach((name, table) -> tables.put(run.label() + "-" + name, table));
            for (Arm arm : run.results().arms()) {
                AccuracyTable.byMoment(arm, iteration)
                        .forEach((moment, table) -> tables.put(
                                run.label() + "-" + arm.dataset() + "-" + arm.objective() + "-" + moment, table));
            }
        }
        return tables;
    }

    /** Tables of a run that stand in sections of their own on the page: attack suites and certificates. */
    public static Map<String, Table> robustness(Report.Run run) {
        var tables = new LinkedHashMap<>(RobustnessTables.of(run));
        tables.putAll(CertificateTables.of(run));
        return tables;
    }

    private static void write(Path file, String text) {
        AtomicFiles.writeRepeatable(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
