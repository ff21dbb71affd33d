package org.espalier.evaluate.corrupt;

/**
 * A channel of an image, or any picture of numbers.
 *
 * @param height rows
 * @param width columns
 * @param values (row, column)
 */
record Plane(int height, int width, double[] values) {
    /** Truncation of Gaussian kernels, in standard deviations. */
    private static final double TRUNCATED = 4;

    /** A value at a place. */
    interface Function {
        double at(int row, int column);
    }

    static Plane of(int height, int width, Function function) {
        double[] values = new double[height * width];
        for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c++) {
                values[r * width + c] = function.at(r, c);
            }
        }
        return new Plane(height, width, values);
    }

    Plane map(Function function) {
        return of(height, width, function);
    }

    double at(int row, int column) {
        return values[row * width + column];
    }

    /** The value at the nearest place inside. */
    double clamped(int row, int column) {
        return at(Math.clamp(row, 0, height - 1), Math.clamp(column, 0, width - 1));
    }

    /** 0 outside. */
    private double orZero(int row, int column) {
        return row < 0 || column < 0 || row >= height || column >= width ? 0 : at(row, column);
    }

    /** The value between pixels, bilinear; 0 outside. */
    double between(double row, double column) {
        int r = (int) Math.floor(row);
        int c = (int) Math.floor(column);
        double down = row - r;
        double right = column - c;
        return (1 - down) * ((1 - right) * orZero(r, c) + right * orZero(r, c + 1))
                + down * ((1 - right) * orZero(r + 1, c) + right * orZero(r + 1, c + 1));
    }

    /**
     * The picture under an affine map of places around its middle.
     *
     * @param map from offsets (right, down) in the result to offsets in this picture, (row, column) of a 2 x 2 matrix
     */
    Plane mapped(double[][] map) {
        double row = (height - 1) / 2.0;
        double column = (width - 1) / 2.0;
        return map((r, c) -> {
            double right = c - column;
            double down = r - row;
            return between(row + map[1][0] * right + map[1][1] * down, column + map[0][0] * right + map[0][1] * down);
        });
    }

    /** Gaussian blur along rows and columns; edges are repeated. */
    Plane blurred(double sigma) {
        return blurredDown(sigma).blurred(sigma, 0, 1);
    }

    /** Gaussian blur along columns alone. */
    Plane blurredDown(double sigma) {
        return blurred(sigma, 1, 0);
    }

    private Plane blurred(double sigma, int down, int across) {
        double[] kernel = gaussian(sigma);
        int radius = kernel.length / 2;
        return map((r, c) -> {
            double sum = 0;
            for (int k = -radius; k <= radius; k++) {
                sum += kernel[k + radius] * clamped(r + k * down, c + k * across);
            }
            return sum;
        });
    }

    private static double[] gaussian(double sigma) {
        int radius = (int) (TRUNCATED * sigma + 0.5);
        double[] kernel = new double[2 * radius + 1];
        double sum = 0;
        for (int k = -radius; k <= radius; k++) {
            kernel[k + radius] = StrictMath.exp(-0.5 * k * k / (sigma * sigma));
            sum += kernel[k + radius];
        }
        for (int k = 0; k < kernel.length; k++) {
            kernel[k] /= sum;
        }
        return kernel;
    }

    /** Convolution with a square kernel of odd side; edges are repeated. */
    Plane convolved(Plane kernel) {
        int radius = kernel.height / 2;
        return map((r, c) -> {
            double sum = 0;
            for (int y = -radius; y <= radius; y++) {
                for (int x = -radius; x <= radius; x++) {
                    sum += kernel.at(y + radius, x + radius) * clamped(r + y, c + x);
                }
            }
            return sum;
        });
    }

    /** A blur by a motion: weights of a half Gaussian along a direction, at the nearest pixels; edges are repeated. */
    Plane moved(int radius, double sigma, double degrees) {
        double angle = Math.PI * degrees / 180;
        double right = StrictMath.cos(angle);
        double down = StrictMath.sin(angle);
        int length = 2 * radius + 1;
        double[] weights = new double[length];
        double sum = 0;
        for (int i = 0; i < length; i++) {
            weights[i] = StrictMath.exp(-0.5 * i * i / (sigma * sigma));
            sum += weights[i];
        }
        double all = sum;
        return map((r, c) -> {
            double value = 0;
            for (int i = 0; i < length; i++) {
                value += weights[i] / all * clamped(r + (int) Math.rint(i * down), c + (int) Math.rint(i * right));
            }
            return value;
        });
    }

    double max() {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    private double min() {
        double min = Double.POSITIVE_INFINITY;
        for (double value : values) {
            min = Math.min(min, value);
        }
        return min;
    }

    /**
     * A fractal of clouds in [0, 1]: the diamond-square method (Fournier, Fussell and Carpenter 1982) on a torus.
     *
     * @param side a power of two
     * @param decay what the height of new places is divided by from one scale to the next
     */
    static Plane plasma(int side, double decay, Draws draws) {
        Plane map = new Plane(side, side, new double[side * side]);
        double height = 100;
        for (int step = side; step >= 2; step /= 2) {
            int half = step / 2;
            for (int r = 0; r < side; r += step) {
                for (int c = 0; c < side; c += step) {
                    map.put(
                            r + half,
                            c + half,
                            (map.torus(r, c)
                                                    + map.torus(r + step, c)
                                                    + map.torus(r, c + step)
                                                    + map.torus(r + step, c + step))
                                            / 4
                                    + height * draws.uniform(-height, height));
                }
            }
            for (int r = 0; r < side; r += half) {
                for (int c = (r + half) % step; c < side; c += step) {
                    map.put(
                            r,
                            c,
                            (map.torus(r - half, c)
                                                    + map.torus(r + half, c)
                                                    + map.torus(r, c - half)
                                                    + map.torus(r, c + half))
                                            / 4
                                    + height * draws.uniform(-height, height));
                }
            }
            height /= decay;
        }
        double low = map.min();
        double high = map.max() - low;
        return map.map((r, c) -> (map.at(r, c) - low) / high);
    }

    private double torus(int row, int column) {
        return at(Math.floorMod(row, height), Math.floorMod(column, width));
    }

    private void put(int row, int column, double value) {
        values[row * width + column] = value;
    }
}
