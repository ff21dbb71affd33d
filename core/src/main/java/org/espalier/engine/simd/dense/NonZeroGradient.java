package org.espalier.engine.simd.dense;

import static org.espalier.engine.simd.Lanes.BYTES;
import static org.espalier.engine.simd.Lanes.FLOATS;
import static org.espalier.engine.simd.Lanes.MEMORY;
import static org.espalier.engine.simd.Lanes.ORDER;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.GradientScratch;

/**
 * Which deltas the weight gradient of a dense layer may leave out. It takes outputs by fours, so a term goes where all four
 * deltas are zero: outputs are ordered by how many of theirs are not, which puts quiet ones together. On networks trained on
 * adversarial examples two fifths of the terms were left instead of three fifths. With registers of 512 bits only outputs whose
 * deltas are all zero are left out.
 */
public final class NonZeroGradient {
    private static final int OUTPUTS = DenseGradient.OUTPUTS;
    private static final int COLUMNS = FixedOrderSum.COLUMNS;

    /** Share of deltas that are not zero above which nothing is gained: about twice as many terms by fours remain. */
    private static final double QUIET = 0.35;

    /** Share of a block's terms above which all are taken: a list costs something, too. */
    private static final double MOST = 0.8;

    private NonZeroGradient() {}

    /** All outputs as they come. */
    static int inOrder(int outputs, int[] order) {
        for (int o = 0; o < outputs; o++) {
            order[o] = o;
        }
        return outputs;
    }

    /**
     * Whether few enough deltas are not zero to leave the others out.
     *
     * @param counts receives each output's
     */
    public static boolean quiet(long delta, int outputs, int panels, int[] counts) {
        long all = 0;
        for (int o = 0; o < outputs; o++) {
            counts[o] = count(delta + o * ActivationPanels.ROW_BYTES, outputs * ActivationPanels.ROW_BYTES, panels);
            all += counts[o];
        }
        return all < QUIET * outputs * panels * ActivationPanels.LANES;
    }

    /**
     * Orders outputs by the number of lanes whose delta is not zero, those of most first.
     *
     * @param lanes of all panels
     * @return outputs to take; deltas of all others are zero. At least one block's
     */
    public static int order(int outputs, int lanes, GradientScratch scratch) {
        int[] counts = scratch.counts();
        int[] starts = scratch.terms(); // not used yet
        Arrays.fill(starts, 0, lanes + 2, 0);
        for (int o = 0; o < outputs; o++) {
            starts[lanes - counts[o] + 1]++;
        }
        for (int c = 0; c <= lanes; c++) {
            starts[c + 1] += starts[c];
        }
        int active = starts[lanes];
        int[] order = scratch.outputs();
        for (int o = 0; o < outputs; o++) {
            order[starts[lanes - counts[o]]++] = o;
        }
        return Math.max(active, OUTPUTS);
    }

    private static int count(long row, long panel, int panels) {
        FloatVector zero = FloatVector.zero(FLOATS);
        int count = 0;
        for (int p = 0; p < panels; p++, row += panel) {
            for (long at = row; at < row + ActivationPanels.ROW_BYTES; at += BYTES) {
                count += FloatVector.fromMemorySegment(FLOATS, MEMORY, at, ORDER)
                        .compare(VectorOperators.NE, zero)
                        .trueCount();
            }
        }
        return count;
    }

    /**
     * Lists the places of each block's terms whose deltas are not all zero, column after column. A block that would leave out
     * little has -1 for its last column's end.
     *
     * @param lanes terms of a block
     */
    public static void find(GradientScratch scratch, int blocks, int lanes) {
        float[] deltas = scratch.deltas();
        int[] list = scratch.terms();
        int length = lanes / COLUMNS;
        for (int b = 0; b < blocks; b++) {
            int first = b * lanes;
            int next = first;
            for (int column = 0; column < COLUMNS; column++) {
                int from = (first + column * length) * OUTPUTS;
                for (int k = from; k < from + length * OUTPUTS; k += OUTPUTS) {
                    list[next] = k; // stays only if it counts: a store is cheaper than a branch that is guessed wrong
                    boolean active = deltas[k] != 0 | deltas[k + 1] != 0 | deltas[k + 2] != 0 | deltas[k + 3] != 0;
                    next += active ? 1 : 0;
                }
                scratch.ends()[b * COLUMNS + column] = next;
            }
            if (next - first > MOST * lanes) {
                scratch.ends()[(b + 1) * COLUMNS - 1] = -1;
            }
        }
    }
}
