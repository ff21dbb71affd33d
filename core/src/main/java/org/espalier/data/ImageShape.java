package org.espalier.data;

/**
 * How a network's flat inputs lie in the plane, row by row; attacks that change squares of pixels need it.
 *
 * @param height rows of pixels, at least 1
 * @param width pixels to a row, at least 1
 */
public record ImageShape(int height, int width) {
    /** The square of so many pixels; inputs whose number is no square are taken as one row. */
    public static ImageShape square(int inputs) {
        int side = (int) Math.round(Math.sqrt(inputs));
        return side * side == inputs ? new ImageShape(side, side) : new ImageShape(1, inputs);
    }
}
