package org.espalier.report.table;

import java.util.List;
import org.espalier.evaluate.rules.Verdict;

/**
 * A table whose rows have been held to rules.
 *
 * @param table its last column says what the rules make of each row
 * @param marks one for each row
 */
public record MarkedTable(Table table, List<Mark> marks) {
    /**
     * What the rules make of a row.
     *
     * @param verdict the worst of the trials
     * @param evidence what each rule found, in sentences
     */
    public record Mark(Verdict verdict, List<String> evidence) {
        public Mark {
            evidence = List.copyOf(evidence);
        }
    }

    public MarkedTable {
        marks = List.copyOf(marks);
        if (marks.size() != table.keys().rows().size()) {
            throw new IllegalArgumentException(
                    marks.size() + " marks beside " + table.keys().rows().size() + " rows");
        }
    }
}
