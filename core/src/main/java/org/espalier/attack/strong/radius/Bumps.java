package org.espalier.attack.strong.radius;

import java.util.HashMap;
import java.util.Map;

/**
 * The bumps that {@link Square} adds in L2 and L1: two halves of opposite sign, each falling off from its middle, of L2 length 1.
 * Andriushchenko et al. (ECCV 2020), section 3.4, equation 2.
 */
final class Bumps {
    private record Shape(int height, int width, boolean turned) {}

    private final Map<Shape, float[]> made = new HashMap<>();

    /**
     * A bump, row by row.
     *
     * @param turned whether the halves lie side by side instead of one upon the other; a window of one row is always turned
     */
    float[] bump(int height, int width, boolean turned) {
        return made.computeIfAbsent(new Shape(height, width, turned || height == 1), Bumps::make);
    }

    private static float[] make(Shape shape) {
        int long_ = shape.turned ? shape.width : shape.height; // the side that is halved
        int other = shape.turned ? shape.height : shape.width;
        double[] values = new double[long_ * other]; // halved side first
        int half = long_ / 2;
        fill(values, 0, half, other, 1);
        fill(values, half, long_ - half, other, -1);
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        float[] bump = new float[values.length];
        for (int row = 0; row < shape.height; row++) {
            for (int column = 0; column < shape.width; column++) {
                double value = shape.turned ? values[column * other + row] : values[row * other + column];
                bump[row * shape.width + column] = (float) (value / Math.sqrt(squares));
            }
        }
        return bump;
    }

    /** One half: rings around its middle, each larger one adding 1 / n^2, of length 1. */
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
