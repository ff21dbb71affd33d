package org.espalier.lab.dataset.read;

import org.espalier.UserException;

/**
 * Whether the pixels of tables are bytes from 0 to 255 or numbers from 0 to 1: the first value that is neither 0 nor 1 says. Until
 * then ones are stored as 1.
 */
public final class PixelScale {
    private boolean used;
    private boolean known;
    private double factor = 1; // from a value to a byte

    /** Whether a value says that all values before were numbers from 0 to 1, so that stored ones become 255. */
    boolean turns(double value) {
        if (known || value == 0 || value == 1) {
            return false;
        }
        known = true;
        factor = value > 0 && value < 1 ? 255 : 1;
        return factor != 1;
    }

    /** Whether there were tables of pixels, with zeros and ones alone, which are black and white. */
    boolean unknown() {
        return used && !known;
    }

    /** Whether pixels are numbers from 0 to 1. */
    boolean isUnit() {
        return factor != 1;
    }

    /**
     * A value as a byte: of numbers from 0 to 1, the nearest multiple of 1/255.
     *
     * @throws UserException if it is no pixel of this scale
     */
    byte pixel(double value, String place, String column) {
        return (byte) Math.round(checked(value, place, column) * factor);
    }

    /**
     * A value from 0 to 1 as a float.
     *
     * @throws UserException if it is no pixel of this scale
     */
    float unit(double value, String place, String column) {
        return (float) checked(value, place, column) + 0f; // minus zero is zero
    }

    private double checked(double value, String place, String column) {
        used = true;
        boolean bytes = factor == 1;
        if (bytes ? value >= 0 && value <= 255 && value == Math.rint(value) : value >= 0 && value <= 1) {
            return value;
        }
        throw new UserException(place + " has " + value + " in column " + column + ", expected a pixel: "
                + (bytes ? "a whole number from 0 to 255" : "a number from 0 to 1, as in the rows before"));
    }
}
