package org.espalier.lab.dataset.read;

import java.util.ArrayList;
import java.util.List;
import org.espalier.UserException;
import org.espalier.lab.dataset.parquet.ColumnValues;
import org.espalier.lab.dataset.parquet.ParquetColumn;
import org.espalier.lab.dataset.parquet.ParquetTable;
import org.jspecify.annotations.Nullable;

/** Rows of a Parquet table. Columns that nobody asks for are not read. */
final class ParquetRows implements Rows {
    private static final String INDEX = "__index_level_[0-9]+__"; // what pandas calls the index of a table

    private final ParquetTable table;
    private final String source;
    private final List<String> columns;
    private @Nullable ColumnValues[] values; // of the present group, (column), those that were asked for
    private int group = -1;
    private int at; // in the group
    private long before; // rows of earlier groups

    /**
     * The rows of a table, which is closed with them.
     *
     * @throws UserException if names of columns are equal or long
     */
    ParquetRows(ParquetTable table, String source) {
        this.table = table;
        this.source = source;
        List<String> names = new ArrayList<>();
        for (ParquetColumn column : table.columns()) {
            names.add(ColumnNames.name(column.name(), names.size(), source));
        }
        ColumnNames.checkDifferent(names, source);
        columns = List.copyOf(names);
        values = new ColumnValues[columns.size()];
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public boolean isIndex(int column) {
        return columns.get(column).matches(INDEX);
    }

    @Override
    public boolean next() {
        at++;
        while (group < 0 || at >= table.rows(group)) {
            if (group >= 0) {
                before += table.rows(group);
            }
            if (++group >= table.groups()) {
                group = table.groups() - 1;
                return false;
            }
            at = 0;
            values = new ColumnValues[columns.size()];
        }
        return true;
    }

    @Override
    public long row() {
        return before + at + 1;
    }

    @Override
    public String place() {
        return source + ", row " + row();
    }

    private ColumnValues values(int column) {
        ColumnValues known = values[column];
        if (known == null) {
            known = table.read(group, column, before + 1);
            values[column] = known;
        }
        return known;
    }

    @Override
    public String text(int column) {
        ParquetColumn of = table.columns().get(column);
        if (of.kind() == ParquetColumn.Kind.OTHER) {
            throw new UserException(place() + " has " + of.words() + " in column " + columns.get(column)
                    + ", expected a label: a text or a number");
        }
        return values(column)
                .text(at)
                .orElseThrow(() -> new UserException(place() + " has bytes in column " + columns.get(column)
                        + " that are no text in UTF-8, expected a label"));
    }

    @Override
    public double number(int column) {
        ParquetColumn of = table.columns().get(column);
        if (!of.isNumber()) {
            throw new UserException(place() + " has "
                    + (of.kind() == ParquetColumn.Kind.TEXT
                            ? values(column)
                                    .text(at)
                                    .map(text -> "\"" + CsvRows.shown(text) + "\"")
                                    .orElse("bytes")
                            : of.words())
                    + " in column " + columns.get(column) + ", expected a number; --drop leaves a column out");
        }
        double value = values(column).number(at);
        if (!Double.isFinite(value)) {
            throw new UserException(place() + " has " + value + " in column " + columns.get(column)
                    + ", expected a finite number; --drop leaves a column out");
        }
        return value;
    }

    @Override
    public void close() {
        table.close();
    }
}
