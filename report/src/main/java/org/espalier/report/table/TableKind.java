package org.espalier.report.table;

import java.util.List;
import java.util.OptionalInt;
import org.espalier.report.content.Report;

/**
 * Tables of one kind. The page shows them, and each is a file as LaTeX, Markdown and CSV. Every kind is registered by one
 * line in {@code META-INF/services/org.espalier.report.table.TableKind}; pages and files have the order of these lines.
 *
 * <p>Implementations have a public constructor without parameters.
 */
public interface TableKind {
    /** The section of the page that shows the tables. */
    enum Section {
        /** All tables that have no section of their own. */
        TABLES,
        /** Accuracy under suites of attacks; for tables of a run. */
        ROBUSTNESS,
        /** Certified bounds; for tables of a run. */
        CERTIFIED,
        /** Studies; for tables of a run. */
        STUDIES
    }

    /**
     * One table.
     *
     * @param name name of its files, without an ending: letters, digits, hyphens, dots and underscores; a number is
     *     appended if another table has the name
     * @param marks what the rules say of each row; empty if they say nothing of this kind of table
     */
    record Named(String name, Table table, List<MarkedTable.Mark> marks) {
        public Named {
            marks = List.copyOf(marks);
        }

        /** A table without marks. */
        public Named(String name, Table table) {
            this(name, table, List.of());
        }
    }

    /** Where the page shows the tables. */
    default Section section() {
        return Section.TABLES;
    }

    /**
     * Tables of all runs together; they stand before those of single runs.
     *
     * @param iteration see {@link AccuracyTable#all}
     */
    default List<Named> ofReport(Report report, OptionalInt iteration) {
        return List.of();
    }

    /**
     * Tables of one run.
     *
     * @param iteration see {@link AccuracyTable#all}
     */
    default List<Named> ofRun(Report.Run run, OptionalInt iteration) {
        return List.of();
    }
}
