package org.espalier.engine;

import static org.espalier.engine.Lanes.BYTES;
import static org.espalier.engine.Lanes.LENGTH;
import static org.espalier.engine.Lanes.ORDER;
import static org.espalier.engine.Lanes.load;
import static org.espalier.engine.Lanes.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Gradients of surviving weights: dot products over the lanes. A register's worth of weights is taken at a time,
 * each summed to one register of columns; the columns of all are then joined by {@link ColumnTree}, which costs
 * one addition per weight where a reduction of each would cost four.
 */
final class SparseGradient {
    private SparseGradient() {}

    static void run(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int[] deltas,
            MemorySegment x,
            long xOffset,
            long xPanel,
            int[] columns,
            int panels,
            MemorySegment out,
            int count) {
        for (int k = 0; k < count; k += LENGTH) {
            FloatVector sums;
            if (LENGTH == 16) {
                // Slots come in bit-reversed order, so that lane l of the result is weight k + l.
                FloatVector g0 =
                        four(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, k, 8, 4);
                FloatVector g1 =
                        four(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, k + 2, 8, 4);
                FloatVector g2 =
                        four(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, k + 1, 8, 4);
                FloatVector g3 =
                        four(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, k + 3, 8, 4);
                sums = ColumnTree.one(ColumnTree.two(g0, g1), ColumnTree.two(g2, g3));
            } else if (LENGTH == 8) {
                FloatVector g0 =
                        four(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, k, 4, 2);
                FloatVector g1 =
                        four(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, k + 1, 4, 2);
                sums = ColumnTree.one(g0, g1);
            } else {
                sums = four(delta, deltaOffset, deltaPanel, deltas, x, xOffset, xPanel, columns, panels, k, 2, 1);
            }
            sums.add(zero()).intoMemorySegment(out, k * 4L, ORDER);
        }
    }

    /** Weights k, k + a, k + b and k + a + b, joined at the two largest distances. */
    private static FloatVector four(
            MemorySegment delta,
            long deltaOffset,
            long deltaPanel,
            int[] deltas,
            MemorySegment x,
            long xOffset,
            long xPanel,
            int[] columns,
            int panels,
            int k,
            int a,
            int b) {
        FloatVector c0 = columns(delta, deltaOffset + deltas[k], deltaPanel, x, xOffset + columns[k], xPanel, panels);
        FloatVector c1 =
                columns(delta, deltaOffset + deltas[k + a], deltaPanel, x, xOffset + columns[k + a], xPanel, panels);
        FloatVector c2 =
                columns(delta, deltaOffset + deltas[k + b], deltaPanel, x, xOffset + columns[k + b], xPanel, panels);
        FloatVector c3 = columns(
                delta, deltaOffset + deltas[k + a + b], deltaPanel, x, xOffset + columns[k + a + b], xPanel, panels);
        return ColumnTree.quarter(ColumnTree.half(c0, c1), ColumnTree.half(c2, c3));
    }

    /** One weight's 16 columns, already joined down to one register. */
    private static FloatVector columns(
            MemorySegment delta, long d, long deltaPanel, MemorySegment x, long at, long xPanel, int panels) {
        if (LENGTH == 16) {
            return chain(delta, d, deltaPanel, x, at, xPanel, panels);
        }
        if (LENGTH == 8) {
            return chain(delta, d, deltaPanel, x, at, xPanel, panels)
                    .add(chain(delta, d + BYTES, deltaPanel, x, at + BYTES, xPanel, panels));
        }
        return chain(delta, d, deltaPanel, x, at, xPanel, panels)
                .add(chain(delta, d + 2 * BYTES, deltaPanel, x, at + 2 * BYTES, xPanel, panels))
                .add(chain(delta, d + BYTES, deltaPanel, x, at + BYTES, xPanel, panels)
                        .add(chain(delta, d + 3 * BYTES, deltaPanel, x, at + 3 * BYTES, xPanel, panels)));
    }

    /** The chains of one register of columns: lanes 16 apart, over all panels. */
    private static FloatVector chain(
            MemorySegment delta, long d, long deltaPanel, MemorySegment x, long at, long xPanel, int panels) {
        FloatVector sum = zero();
        for (int p = 0; p < panels; p++) {
            sum = load(delta, d).fma(load(x, at), sum);
            sum = load(delta, d + 64).fma(load(x, at + 64), sum);
            sum = load(delta, d + 128).fma(load(x, at + 128), sum);
            sum = load(delta, d + 192).fma(load(x, at + 192), sum);
            d += deltaPanel;
            at += xPanel;
        }
        return sum;
    }
}
