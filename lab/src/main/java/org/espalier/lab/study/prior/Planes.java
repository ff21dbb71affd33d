package org.espalier.lab.study.prior;

/** Square feature maps of one image, (channel, row, column), and the slopes of a loss by them. */
final class Planes {
    final int channels;
    final int side;
    final double[] values;
    final double[] slopes;

    Planes(int channels, int side, double[] values) {
        this.channels = channels;
        this.side = side;
        this.values = values;
        slopes = new double[values.length];
    }

    Planes(int channels, int side) {
        this(channels, side, new double[channels * side * side]);
    }

    /** Values of a channel. */
    int area() {
        return side * side;
    }
}
