package org.espalier.report.table;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.report.content.Report;
import org.espalier.report.result.Cell;

/**
 * All tables of a report, built once, in the order in which files and pages show them.
 *
 * @param entries names of entries are unique
 */
public record AllTables(List<Entry> entries) {
    /** What a table is about. */
    public enum Kind {
        /** The verdicts of all runs. */
        VERDICT,
        /** Natural and attacked accuracy in the paper's form, of several runs where they belong together. */
        PAPER,
        /** Accuracy under a suite of attacks. */
        SUITE,
        /** Certified bounds. */
        CERTIFICATE,
        /** Accuracy under the search's own attacks. */
        ACCURACY
    }

    /**
     * One table.
     *
     * @param run label of the run that it belongs to; empty if it shows several runs
     * @param name name of its files, without an ending
     * @param marks what the rules say of each row; empty if they say nothing of this kind of table
     */
    public record Entry(Kind kind, Optional<String> run, String name, Table table, List<MarkedTable.Mark> marks) {}

    public AllTables {
        entries = List.copyOf(entries);
    }

    /**
     * Builds all tables.
     *
     * @param iteration see {@link AccuracyTable#all}
     */
    public static AllTables of(Report report, OptionalInt iteration) {
        var tables = new Builder();
        tables.add(Kind.VERDICT, Optional.empty(), "verdict", VerdictTable.of(report));
        PaperTable.all(report, iteration)
                .forEach((name, table) -> tables.add(Kind.PAPER, Optional.empty(), name, table));
        for (Report.Run run : report.runs()) {
            Optional<String> label = Optional.of(run.label());
            RobustnessTables.marked(run)
                    .forEach((name, marked) ->
                            tables.add(Kind.SUITE, label, run.label() + "-" + name, marked.table(), marked.marks()));
            CertificateTables.of(run)
                    .forEach((name, table) -> tables.add(Kind.CERTIFICATE, label, run.label() + "-" + name, table));
            for (Cell cell : run.results().cells()) {
                String chain = run.label() + "-" + cell.dataset() + "-" + cell.objective() + "-";
                AccuracyTable.byMoment(cell, iteration)
                        .forEach((moment, table) -> tables.add(Kind.ACCURACY, label, chain + moment, table));
            }
        }
        return new AllTables(tables.entries);
    }

    /** Tables of some kinds, in order. */
    public Stream<Entry> of(Kind first, Kind... more) {
        Set<Kind> kinds = EnumSet.of(first, more);
        return entries.stream().filter(entry -> kinds.contains(entry.kind()));
    }

    /** Tables of one kind of one run, in order. */
    public List<Entry> of(Report.Run run, Kind kind) {
        return of(kind).filter(entry -> entry.run().filter(run.label()::equals).isPresent())
                .toList();
    }

    private static final class Builder {
        private final List<Entry> entries = new ArrayList<>();
        private final Set<String> names = new HashSet<>();

        void add(Kind kind, Optional<String> run, String name, Table table) {
            add(kind, run, name, table, List.of());
        }

        void add(Kind kind, Optional<String> run, String name, Table table, List<MarkedTable.Mark> marks) {
            // Labels, data sets and objectives are joined by hyphens and may hold some: names could meet.
            String unique = name;
            for (int number = 2; !names.add(unique); number++) {
                unique = name + "-" + number;
            }
            entries.add(new Entry(kind, run, unique, table, marks));
        }
    }
}
