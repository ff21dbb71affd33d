package org.espalier.engine;

import static org.espalier.engine.Lanes.FLOATS;
import static org.espalier.engine.Lanes.LENGTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums the lanes of several registers at once by {@link BatchSum}'s tree: joining two registers at a distance d
 * leaves, in lanes whose bit d is clear, the first one's sums of lanes d apart, in the others the second one's.
 */
final class ColumnTree {
    private static final VectorMask<Float> HALF = second(LENGTH / 2);
    private static final VectorMask<Float> QUARTER = second(LENGTH / 4);
    private static final VectorMask<Float> TWO = second(Math.min(2, LENGTH / 2));
    private static final VectorMask<Float> ONE = second(1);
    private static final VectorShuffle<Float> SWAP_HALF = swap(LENGTH / 2);
    private static final VectorShuffle<Float> SWAP_QUARTER = swap(LENGTH / 4);
    private static final VectorShuffle<Float> SWAP_TWO = swap(Math.min(2, LENGTH / 2));
    private static final VectorShuffle<Float> SWAP_ONE = swap(1);

    private ColumnTree() {}

    private static VectorMask<Float> second(int distance) {
        boolean[] bits = new boolean[LENGTH];
        for (int lane = 0; lane < LENGTH; lane++) {
            bits[lane] = (lane & distance) != 0;
        }
        return VectorMask.fromArray(FLOATS, bits, 0);
    }

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(FLOATS, lane -> lane ^ distance);
    }

    static FloatVector half(FloatVector a, FloatVector b) {
        return a.blend(b, HALF).add(b.blend(a, HALF).rearrange(SWAP_HALF));
    }

    static FloatVector quarter(FloatVector a, FloatVector b) {
        return a.blend(b, QUARTER).add(b.blend(a, QUARTER).rearrange(SWAP_QUARTER));
    }

    static FloatVector two(FloatVector a, FloatVector b) {
        return a.blend(b, TWO).add(b.blend(a, TWO).rearrange(SWAP_TWO));
    }

    static FloatVector one(FloatVector a, FloatVector b) {
        return a.blend(b, ONE).add(b.blend(a, ONE).rearrange(SWAP_ONE));
    }
}
