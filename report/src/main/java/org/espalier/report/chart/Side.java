package org.espalier.report.chart;

/** Where a label stands, seen from its point; the first are preferred where all are free. */
public enum Side {
    RIGHT(1, 0),
    LEFT(-1, 0),
    ABOVE_RIGHT(1, 1),
    BELOW_RIGHT(1, -1),
    ABOVE(0, 1),
    BELOW(0, -1),
    ABOVE_LEFT(-1, 1),
    BELOW_LEFT(-1, -1);

    private final int across;
    private final int up;

    Side(int across, int up) {
        this.across = across;
        this.up = up;
    }

    /** 1 to the right, -1 to the left, 0 in line with the point. */
    public int across() {
        return across;
    }

    /** 1 above, -1 below, 0 level with the point. */
    public int up() {
        return up;
    }
}
