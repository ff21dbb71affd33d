package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuadRowsTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "4, 4", "5, 3", "8, 7", "10, 9", "13, 2"})
    void everyEntryStandsWhereTheKernelsLookAndTheRestIsZero(int rows, int columns) {
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = i + 1;
        }
        float[] straight = new float[QuadRows.size(rows, columns)];
        float[] turned = new float[QuadRows.size(columns, rows)];

        QuadRows.interleave(matrix, rows, columns, straight);
        QuadRows.interleaveTurned(matrix, rows, columns, turned);

        double inStraight = 0;
        double inTurned = 0;
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                float entry = matrix[r * columns + c];
                assertThat(straight[(r / 4 * columns + c) * 4 + r % 4]).isEqualTo(entry);
                assertThat(turned[(c / 4 * rows + r) * 4 + c % 4]).isEqualTo(entry);
            }
        }
        for (float entry : straight) {
            inStraight += entry;
        }
        for (float entry : turned) {
            inTurned += entry;
        }
        double all = matrix.length * (matrix.length + 1) / 2.0;
        assertThat(inStraight).as("nothing else, row by row").isEqualTo(all);
        assertThat(inTurned).as("nothing else, column by column").isEqualTo(all);
    }
}
