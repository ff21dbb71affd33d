package org.espalier.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;

/**
 * Where a panel's rows hold anything but zeros, by groups of neighbouring lanes: what {@link Kernels#active} multiplies.
 *
 * <p>A neuron that is off passes nothing on and nothing back, and networks trained on adversarial examples have most of
 * theirs off: at a tenth of all lanes on, three quarters of the groups of 16 lanes are zero throughout. A zero's
 * multiply-add leaves a sum as it is, so leaving it out changes no bit (as long as weights are finite, as with pruned weights).
 */
public final class NonZeroLanes {
    /** Row numbers, group after group, ascending in each. One more than can be, for kernels write before they know. */
    public final int[] rows;

    /** Group g's are {@code rows[starts[g]] .. rows[starts[g + 1] - 1]}. */
    public final int[] starts;

    /** Rows of a block that is not written as a whole. */
    public final MemorySegment scratch = Arena.ofAuto().allocate(PackedRows6.ROWS * ActivationPanels.ROW_BYTES, 64);

    private final int groups;

    /**
     * Room for any panel of some rows.
     *
     * @param groups groups of lanes to a panel
     */
    public NonZeroLanes(int rows, int groups) {
        this.groups = groups;
        this.rows = new int[rows * groups + 1];
        starts = new int[groups + 1];
    }

    /** The share of a panel's rows and groups, of the panel last looked at, that hold anything but zeros; in [0, 1]. */
    public double share(int rows) {
        return (double) starts[groups] / (rows * groups);
    }
}
