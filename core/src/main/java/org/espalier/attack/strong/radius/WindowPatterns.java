package org.espalier.attack.strong.radius;

import java.util.HashMap;
import java.util.Map;

/**
 * The patterns that {@link Square} adds to a window in L2 and L1: two halves of opposite sign, each with its largest
 * value in the middle. Their L2 length is 1. Andriushchenko et al. (ECCV 2020), section 3.4, equation 2.
 */
final class WindowPatterns {
    private record Shape(int height, int width, boolean transposed) {}

    private final Map<Shape, float[]> cache = new HashMap<>();

    /**
     * The pattern of a window, (row, column).
     *
     * @param transposed whether the halves lie side by side instead of one above the other; always so for a window of
     *     one row
     */
    float[] pattern(int height, int width, boolean transposed) {
        return cache.computeIfAbsent(new Shape(height, width, transposed || height == 1), WindowPatterns::make);
    }

    private static float[] make(Shape shape) {
        int halved = shape.transposed ? shape.width : shape.height; // length of the halved side
        int other = shape.transposed ? shape.height : shape.width;
        double[] values = new double[halved * other]; // halved side first
        int half = halved / 2;
        fill(values, 0, half, other, 1);
        fill(values, half, halved - half, other, -1);
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        float[] pattern = new float[values.length];
        for (int row = 0; row < shape.height; row++) {
            for (int column = 0; column < shape.width; column++) {
                double value = shape.transposed ? values[column * other + row] : values[row * other + column];
                pattern[row * shape.width + column] = (float) (value / Math.sqrt(squares));
            }
        }
        return pattern;
    }

    /** One half, of length 1: the sum of squares around its middle, the n-th with value 1 / n^2. */
    private static void fill(double[] values, int first, int rows, int columns, int sign) {
        if (rows == 0) {
            return;
        }
        double[] half = new double[rows * columns];
        int middleRow = rows / 2;
        int middleColumn = columns / 2;
        for (int ring = 0; ring < Math.max(rows / 2 + 1, columns / 2 + 1); ring++) {
            for (int row = Math.max(middleRow - ring, 0); row < Math.min(middleRow + ring + 1, rows); row++) {
                for (int column = Math.max(middleColumn - ring, 0);
                        column < Math.min(middleColumn + ring + 1, columns);
                        column++) {
                    half[row * columns + column] += 1.0 / ((ring + 1) * (ring + 1));
                }
            }
        }
        double squares = 0;
        for (double value : half) {
            squares += value * value;
        }
        for (int i = 0; i < half.length; i++) {
            values[first * columns + i] = sign * half[i] / Math.sqrt(squares);
        }
    }
}
