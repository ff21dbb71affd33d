package org.espalier.report.chart.draw;

/** What figures are drawn with: lengths in points, y downwards, colours as {@code #rrggbb}. */
interface Canvas {
    /** How a text stands to its place. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /**
     * Draws a line through points.
     *
     * @param dash lengths of dashes and gaps with blanks between them; empty: a whole line
     */
    void line(double[] x, double[] y, String color, double width, String dash);

    /** Fills an outline. */
    void fill(double[] x, double[] y, String color, double opacity);

    /**
     * Writes text on its base line.
     *
     * @param upwards whether it is turned to run from bottom to top
     */
    void text(double x, double y, String text, double size, boolean bold, Anchor anchor, boolean upwards, String color);

    /** Everything up to {@link #unclip} is cut off outside a rectangle. */
    void clip(double x, double y, double width, double height);

    /** Ends {@link #clip}. */
    void unclip();
}
