package org.espalier.engine.simd.dense;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.espalier.engine.simd.Lanes;

/**
 * A matrix with the entries of some rows side by side, so that a kernel which takes these rows together reads them with one
 * index; and cut into parts of columns, so that it reads them one after the other. In part p, which begins at column
 * {@code b = p * part(columns)} and has t columns, entry (r, c) stands at
 * {@code b * whole + (r / ROWS * t + c - b) * ROWS + r % ROWS}, where {@code whole} is the number of rows in whole groups.
 * Rows past the last are zero.
 */
public final class InterleavedRows {
    /** Rows of a group: what {@link DenseMatmul256} takes at a time. */
    static final int ROWS = Lanes.TWELVE_CHAINS ? 3 : 4;

    /** Most columns to a part: their rows of activations, 28 KiB, stay in the nearest cache for all rows of the matrix. */
    private static final int COLUMNS = 112;

    /** Four entries of a row, or a column's three and what comes after them. */
    private static final VectorSpecies<Float> QUAD = FloatVector.SPECIES_128;

    private static final int QUADS = 4;
    // Where entries of three rows a, b, c go side by side: a0 b0 c0 a1, b1 c1 a2 b2, c2 a3 b3 c3.
    private static final VectorShuffle<Float> TAKE_0_0_0_1 = VectorShuffle.fromValues(QUAD, 0, 0, 0, 1);
    private static final VectorShuffle<Float> TAKE_1_1_2_2 = VectorShuffle.fromValues(QUAD, 1, 1, 2, 2);
    private static final VectorShuffle<Float> TAKE_2_3_3_3 = VectorShuffle.fromValues(QUAD, 2, 3, 3, 3);
    private static final VectorMask<Float> LANE_1 = VectorMask.fromLong(QUAD, 0b0010);
    private static final VectorMask<Float> LANE_2 = VectorMask.fromLong(QUAD, 0b0100);
    private static final VectorMask<Float> LANES_0_3 = VectorMask.fromLong(QUAD, 0b1001);

    private InterleavedRows() {}

    /** Floats that a matrix takes. */
    public static int size(int rows, int columns) {
        return whole(rows) * columns;
    }

    /** The number of rows, rounded up to whole groups. */
    static int whole(int rows) {
        return whole(ROWS, rows);
    }

    /** The same for groups of some rows. */
    static int whole(int group, int rows) {
        return (rows + group - 1) / group * group;
    }

    /** The most rows in whole groups that a number of rows holds. */
    public static int wholeWithin(int rows) {
        return rows - rows % ROWS;
    }

    /** Columns to a part; all parts have as many, for a short last one would cost as much, but that the last may have fewer. */
    static int part(int columns) {
        int parts = (columns + COLUMNS - 1) / COLUMNS;
        return (columns + parts - 1) / Math.max(1, parts);
    }

    /** From row-major. */
    public static void interleave(float[] from, int rows, int columns, float[] to) {
        interleave(ROWS, from, rows, columns, to);
    }

    /** The same for groups of some rows, 3 or 4: what a machine does not use can be tested on it. */
    public static void interleave(int group, float[] from, int rows, int columns, float[] to) {
        int whole = whole(group, rows);
        int length = part(columns);
        for (int first = 0; first < columns; first += length) {
            int terms = Math.min(length, columns - first);
            int r = 0;
            if (group == 3) {
                for (; r + 3 <= rows; r += 3) {
                    three(from, r * columns + first, columns, terms, to, first * whole + r * terms);
                }
            }
            for (; r < rows; r++) {
                row(group, from, r * columns + first, terms, to, first * whole + r / group * terms * group + r % group);
            }
        }
    }

    private static void row(int group, float[] from, int read, int terms, float[] to, int at) {
        for (int c = 0; c < terms; c++) {
            to[at + c * group] = from[read + c];
        }
    }

    /** Three rows. A float at a time, the writes alone would take a cycle each. */
    private static void three(float[] from, int read, int stride, int terms, float[] to, int at) {
        int c = 0;
        for (; c + QUADS <= terms; c += QUADS, at += 3 * QUADS) {
            FloatVector x = FloatVector.fromArray(QUAD, from, read + c);
            FloatVector y = FloatVector.fromArray(QUAD, from, read + stride + c);
            FloatVector z = FloatVector.fromArray(QUAD, from, read + 2 * stride + c);
            y.rearrange(TAKE_0_0_0_1)
                    .blend(x.rearrange(TAKE_0_0_0_1), LANES_0_3)
                    .blend(z.rearrange(TAKE_0_0_0_1), LANE_2)
                    .intoArray(to, at);
            y.rearrange(TAKE_1_1_2_2)
                    .blend(z.rearrange(TAKE_1_1_2_2), LANE_1)
                    .blend(x.rearrange(TAKE_1_1_2_2), LANE_2)
                    .intoArray(to, at + QUADS);
            z.rearrange(TAKE_2_3_3_3)
                    .blend(x.rearrange(TAKE_2_3_3_3), LANE_1)
                    .blend(y.rearrange(TAKE_2_3_3_3), LANE_2)
                    .intoArray(to, at + 2 * QUADS);
        }
        for (int r = 0; r < 3; r++) {
            row(3, from, read + r * stride + c, terms - c, to, at + r);
        }
    }

    /** The transposed matrix, {@code columns} by {@code rows}, from the row-major one: a group's columns stay side by side. */
    public static void interleaveTransposed(float[] from, int rows, int columns, float[] to) {
        interleaveTransposed(ROWS, from, rows, columns, to);
    }

    /** The same for groups of some rows. */
    public static void interleaveTransposed(int group, float[] from, int rows, int columns, float[] to) {
        int whole = whole(group, columns);
        int length = part(rows);
        for (int first = 0; first < rows; first += length) {
            int terms = Math.min(length, rows - first);
            for (int c = 0; c < columns; c += group) {
                columns(
                        group,
                        from,
                        first * columns + c,
                        columns,
                        Math.min(group, columns - c),
                        to,
                        first * whole + c * terms,
                        terms);
            }
        }
    }

    /** Some neighbouring columns of some rows; written one after the other, for what is read stays in the nearest cache. */
    private static void columns(
            int group, float[] from, int read, int stride, int columns, float[] to, int at, int rows) {
        int r = 0;
        if (columns == group) {
            // Four at a time where there are three to a row, too: the fourth is written over by what comes after it.
            int quads = Math.clamp(
                    Math.min(
                                    Math.floorDiv(from.length - QUADS - read, stride),
                                    Math.floorDiv(to.length - QUADS - at, group))
                            + 1,
                    0,
                    rows);
            for (; r < quads; r++, read += stride, at += group) {
                FloatVector.fromArray(QUAD, from, read).intoArray(to, at);
            }
        }
        for (; r < rows; r++, read += stride, at += group) {
            for (int c = 0; c < columns; c++) {
                to[at + c] = from[read + c];
            }
        }
    }
}
