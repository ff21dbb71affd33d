package org.espalier.lab.dataset.read;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.Feature;

/** Rows of a table as inputs of a network that was trained on features of these names. */
public final class FeatureRows {
    private static final int MOST_VALUES = 1 << 28;

    private FeatureRows() {}

    /** Whether a file's name is one of a table: CSV or Parquet. */
    public static boolean is(Path file) {
        return file.toString().toLowerCase(java.util.Locale.ROOT).matches(".*\\.((csv|tsv)(\\.gz)?|parquet|pq)");
    }

    /**
     * Reads a CSV file with headings, or a Parquet file. Columns may stand in any order, and others are not read. Each value becomes its place in the
     * feature's box; those outside are moved to its end, as in an import.
     *
     * @return [row][feature], each in [0, 1]
     * @throws UserException if a feature has no column, or a value is no number
     */
    public static float[] read(Path file, List<Feature> features) {
        String source = file.toString();
        try (Rows rows = TableFiles.open(file)) {
            int[] columns = new int[features.size()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = rows.columns().indexOf(features.get(i).name());
                if (columns[i] < 0) {
                    throw new UserException(source + " has no column "
                            + features.get(i).name()
                            + ", which the network reads; its columns are "
                            + String.join(
                                    ", ", rows.columns().stream().limit(20).toList()));
                }
            }
            float[] values = new float[columns.length];
            int size = 0;
            while (rows.next()) {
                if (size + columns.length > MOST_VALUES) {
                    throw new UserException(source + " has more than " + MOST_VALUES + " values, expected fewer rows");
                }
                if (size + columns.length > values.length) {
                    values = Arrays.copyOf(values, Math.min(MOST_VALUES, 2 * values.length + columns.length));
                }
                for (int i = 0; i < columns.length; i++) {
                    double unit = features.get(i).unit(rows.number(columns[i]));
                    values[size++] = (float) Math.max(0, Math.min(1, unit));
                }
            }
            return Arrays.copyOf(values, size);
        }
    }
}
