package org.espalier.evaluate.corrupt;

/** Soft lines that are added to an image and clipped to 1. */
final class Strokes {
    /** Distance in pixels that a line reaches. */
    private static final double REACH = 2.3;

    private Strokes() {}

    /**
     * A line between two places.
     *
     * @param from its first column
     * @param to its last column, above the first
     * @param dotted whether every second pair of columns is left out
     */
    static Plane line(Plane image, double from, double fromRow, double to, double toRow, boolean dotted) {
        return image.map((r, c) -> {
            if (c < from || c > to || dotted && c / 2 % 2 == 1) {
                return image.at(r, c);
            }
            double distance = Math.abs(r - (fromRow + (toRow - fromRow) * (c - from) / (to - from)));
            double light = distance < REACH ? StrictMath.log(1 - distance / REACH) + 1 : 0;
            return Math.min(1, image.at(r, c) + Math.max(0, light));
        });
    }

    /** Teeth of 4 columns and 2 rows along columns 2 to 25, on a straight line between two rows. */
    static Plane zigzag(Plane image, double fromRow, double toRow) {
        Plane drawn = image;
        double[] columns = new double[13];
        double[] rows = new double[13];
        for (int k = 0; k < columns.length; k++) {
            columns[k] = k == columns.length - 1 ? 25 : 2 + 2 * k;
            double middle = fromRow + (toRow - fromRow) * (columns[k] - 2) / 23;
            rows[k] = middle + (k == 0 || k == columns.length - 1 ? 0 : k % 2 == 1 ? 2 : -2);
        }
        for (int k = 1; k < columns.length; k++) {
            drawn = line(drawn, columns[k - 1], rows[k - 1], columns[k], rows[k], false);
        }
        return drawn;
    }
}
