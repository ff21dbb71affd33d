package org.espalier.report.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.espalier.report.content.Report;
import org.espalier.setting.Plugins;

/**
 * All tables of a report, built once, in the order in which files and pages show them.
 *
 * @param entries names of entries are unique
 */
public record AllTables(List<Entry> entries) {
    /**
     * One table.
     *
     * @param run label of the run that it belongs to; empty if it shows several runs
     * @param name name of its files, without an ending
     * @param marks what the rules say of each row; empty if they say nothing of this kind of table
     */
    public record Entry(
            TableKind.Section section, Optional<String> run, String name, Table table, List<MarkedTable.Mark> marks) {}

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
        List<TableKind> kinds = Plugins.services(TableKind.class);
        for (TableKind kind : kinds) {
            kind.ofReport(report, iteration).forEach(table -> tables.add(kind.section(), Optional.empty(), table));
        }
        for (Report.Run run : report.runs()) {
            for (TableKind kind : kinds) {
                kind.ofRun(run, iteration)
                        .forEach(table -> tables.add(kind.section(), Optional.of(run.label()), table));
            }
        }
        return new AllTables(tables.entries);
    }

    /** Tables of one section of the page, in order. */
    public List<Entry> of(TableKind.Section section) {
        return entries.stream().filter(entry -> entry.section() == section).toList();
    }

    /** Tables of one run in a section, in order. */
    public List<Entry> of(Report.Run run, TableKind.Section section) {
        return of(section).stream()
                .filter(entry -> entry.run().filter(run.label()::equals).isPresent())
                .toList();
    }

    private static final class Builder {
        private final List<Entry> entries = new ArrayList<>();
        private final Set<String> names = new HashSet<>();

        void add(TableKind.Section section, Optional<String> run, TableKind.Named table) {
            // Labels, data sets and objectives are joined by hyphens and may hold some: names could meet.
            String unique = table.name();
            for (int number = 2; !names.add(unique); number++) {
                unique = table.name() + "-" + number;
            }
            entries.add(new Entry(section, run, unique, table.table(), table.marks()));
        }
    }
}
