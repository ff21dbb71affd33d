package org.espalier.report.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.lab.study.Studies;
import org.espalier.lab.study.StudyResult;
import org.espalier.report.content.Report;

/** Tables of the studies of a run, as {@code espalier study} kept them. */
public final class StudyTables {
    private StudyTables() {}

    /** The tables of one result. */
    public static List<TableKind.Named> of(Studies.Stored stored) {
        List<TableKind.Named> tables = new ArrayList<>();
        for (StudyResult.Table table : stored.result().tables()) {
            tables.add(new TableKind.Named(stored.study() + "-" + table.name(), table(stored, table)));
        }
        return tables;
    }

    private static Table table(Studies.Stored stored, StudyResult.Table table) {
        List<String> notes = new ArrayList<>(table.notes());
        notes.add("study " + stored.study() + " with the settings "
                + stored.settings().replace("\"", ""));
        return new Table(
                table.title(),
                block(table, 0, table.keys()),
                List.of(block(table, table.keys(), table.headings().size())),
                notes);
    }

    /** Columns from one to another; those whose cells are all numbers are set to the right. */
    private static Table.Block block(StudyResult.Table table, int from, int to) {
        Set<Integer> words = new HashSet<>();
        for (int column = from; column < to; column++) {
            int at = column;
            if (table.rows().stream().anyMatch(row -> !row.get(at).matches("[-+0-9.,%]*"))) {
                words.add(column - from);
            }
        }
        return new Table.Block(
                "",
                table.headings().subList(from, to),
                table.rows().stream().map(row -> row.subList(from, to)).toList(),
                words);
    }

    /** Registers the tables. */
    public static final class Definition implements TableKind {
        @Override
        public Section section() {
            return Section.STUDIES;
        }

        @Override
        public List<Named> ofRun(Report.Run run, OptionalInt iteration) {
            List<Studies.Stored> found;
            try {
                found = Studies.in(run.directory());
            } catch (UserException e) {
                return List.of(); // The figures of studies say what is damaged.
            }
            List<Named> named = new ArrayList<>();
            for (Studies.Stored stored : found) {
                StudyTables.of(stored)
                        .forEach(table -> named.add(new Named(run.label() + "-" + table.name(), table.table())));
            }
            return named;
        }
    }
}
