package org.espalier.data;

/**
 * A column of a table. A value v is stored as (v - low) / (high - low), so that the box from {@code low} to {@code high} becomes
 * [0, 1] as for a pixel. Balls of attacks and certificates are in these units.
 *
 * @param name heading of the column
 * @param low lower end of its box, in the column's own unit
 * @param high upper end of its box, above {@code low}
 * @param mean of the training rows, in [0, 1]
 * @param deviation of the training rows, in units of the box; above 0
 */
public record Feature(String name, double low, double high, float mean, float deviation) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the box is empty, or mean and deviation are not such numbers
     */
    public Feature {
        if (!(low < high) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException("feature " + name + " has a box from " + low + " to " + high
                    + ", expected a lower and a higher end");
        } else if (!(mean >= 0 && mean <= 1) || !(deviation > 0) || !Float.isFinite(deviation)) {
            throw new IllegalArgumentException("feature " + name + " has mean " + mean + " and deviation " + deviation
                    + ", expected a mean from 0 to 1 and a deviation above 0");
        }
    }

    /** A value's place in the box: 0 at its lower end, 1 at its upper end. Values outside of the box give other numbers. */
    public double unit(double value) {
        return (value - low) / (high - low);
    }
}
