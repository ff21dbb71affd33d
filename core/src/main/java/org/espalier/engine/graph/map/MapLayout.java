package org.espalier.engine.graph.map;

import org.espalier.engine.ActivationPanels;
import org.espalier.network.Shape;

/**
 * How a node's output lies in panels: {@code [channel][row][column]} rows of 64 lanes, with a border of zeros around each channel
 * so that convolutions never clip their windows. A flat output has one row and column to a channel and no border.
 *
 * @param border rows and columns of zeros on each side, at least 0
 */
public record MapLayout(int channels, int height, int width, int border) {
    private static final int ROW = (int) ActivationPanels.ROW_BYTES;

    /** A layout of a shape of one or three dimensions. */
    static MapLayout of(Shape shape, int border) {
        return shape.dimensions() == 1
                ? new MapLayout(shape.size(0), 1, 1, 0)
                : new MapLayout(shape.size(0), shape.size(1), shape.size(2), border);
    }

    /** Places from one row of a channel to the next. */
    int pitch() {
        return width + 2 * border;
    }

    /** Places from one channel to the next. */
    int plane() {
        return (height + 2 * border) * pitch();
    }

    /** Places of all channels, borders included: features of the panels. */
    public int places() {
        return Math.multiplyExact(channels, plane());
    }

    /** Values without borders. */
    public int values() {
        return channels * height * width;
    }

    /** Number of a place; rows and columns count from the image's first, so those of the border are below 0 or past the end. */
    public int place(int channel, int row, int column) {
        return channel * plane() + (row + border) * pitch() + column + border;
    }

    /** Byte offset of a place in a panel. */
    public int offset(int channel, int row, int column) {
        return Math.multiplyExact(place(channel, row, column), ROW);
    }

    /** Bytes from a row to the next. */
    public int rowBytes() {
        return pitch() * ROW;
    }

    /** Bytes from a channel to the next. */
    public long planeBytes() {
        return (long) plane() * ROW;
    }
}
