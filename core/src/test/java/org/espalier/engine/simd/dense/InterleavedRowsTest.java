package org.espalier.engine.simd.dense;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterleavedRowsTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "3, 5",
        "4, 4",
        "5, 3",
        "8, 7",
        "10, 9",
        "13, 2",
        "6, 112",
        "5, 113",
        "120, 3",
        "12, 120",
        "120, 12",
        "300, 240",
        "2, 1",
        "1, 3"
    })
    void everyEntryStandsWhereTheKernelsLookAndTheRestIsZero(int rows, int columns) {
        check(3, rows, columns);
        check(4, rows, columns);
    }

    private static void check(int group, int rows, int columns) {
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = i + 1;
        }
        float[] straight = new float[InterleavedRows.whole(group, rows) * columns];
        float[] transposed = new float[InterleavedRows.whole(group, columns) * rows];

        InterleavedRows.interleave(group, matrix, rows, columns, straight);
        InterleavedRows.interleaveTransposed(group, matrix, rows, columns, transposed);

        double inStraight = 0;
        double inTransposed = 0;
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                float entry = matrix[r * columns + c];
                assertThat(straight[place(group, r, c, rows, columns)]).isEqualTo(entry);
                assertThat(transposed[place(group, c, r, columns, rows)]).isEqualTo(entry);
            }
        }
        for (float entry : straight) {
            inStraight += entry;
        }
        for (float entry : transposed) {
            inTransposed += entry;
        }
        double all = matrix.length * (matrix.length + 1.0) / 2;
        assertThat(inStraight).as("nothing else, row by row").isEqualTo(all);
        assertThat(inTransposed).as("nothing else, column by column").isEqualTo(all);
    }

    private static int place(int group, int row, int column, int rows, int columns) {
        int part = InterleavedRows.part(columns);
        int first = column / part * part;
        int terms = Math.min(part, columns - first);
        return first * InterleavedRows.whole(group, rows)
                + row / group * terms * group
                + (column - first) * group
                + row % group;
    }
}
