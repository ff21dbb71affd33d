package org.espalier.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.network.Architecture;

/**
 * Working memory of the weight gradients' kernels.
 *
 * @param memory native: transposed panels, partial sums, and a tile
 * @param deltas deltas by blocks of four outputs, on the heap, whose elements broadcast in one load
 * @param terms for each block of four outputs, where in deltas those are that are not all zero; before that, room to sort in
 * @param ends one past the last of each block's columns; -1 for the last one of a block that takes all
 * @param outputs outputs in the order in which they are taken
 * @param counts lanes of each output whose delta is not zero
 * @param panels panels that there is room for
 */
public record GradientScratch(
        MemorySegment memory, float[] deltas, int[] terms, int[] ends, int[] outputs, int[] counts, int panels) {
    /** Bytes of partial sums: 8 pairs of columns, or 16 columns of registers half as wide, x 4 outputs x 2 registers. */
    public static final long PARTIALS = 8 * 4 * 2 * 64;

    /** Outputs to a block of the dense kernel. */
    public static final int OUTPUTS = 4;

    /** Weights whose sums the sparse kernel collects before it joins them. */
    public static final int RUN = 64;

    /** Bytes of one weight's sums. */
    public static final long COLUMN_BYTES = 64;

    /** Sums of a run, and with wide registers the same after the first level of the tree. */
    private static final long SPARSE = RUN * (COLUMN_BYTES + COLUMN_BYTES / 2);

    private static final long TILE = 1024;

    /** Room for every layer of a network. */
    public static GradientScratch allocate(Architecture architecture, int panels) {
        int inputs = 1;
        int outputs = 1;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            inputs = Math.max(inputs, architecture.inputs(layer));
            outputs = Math.max(outputs, architecture.outputs(layer));
        }
        return allocate(inputs, outputs, panels);
    }

    /** Room for layers of at most so many inputs and outputs. */
    public static GradientScratch allocate(int inputs, int most, int panels) {
        long bytes = transposed(inputs, panels);
        int blocks = (most + OUTPUTS - 1) / OUTPUTS;
        int lanes = Math.multiplyExact(ActivationPanels.LANES, panels);
        return new GradientScratch(
                Arena.ofAuto().allocate(Math.max(bytes + PARTIALS + TILE, SPARSE), 64),
                new float[Math.multiplyExact(OUTPUTS * blocks, lanes)],
                new int[Math.max(Math.multiplyExact(blocks, lanes) + 1, lanes + 2)],
                new int[blocks * FixedOrderSum.COLUMNS],
                new int[most],
                new int[most],
                panels);
    }

    /** Bytes of transposed panels: rounded so as to hold whole blocks at every width. */
    public static long transposed(int features, int panels) {
        return (features + 31) / 32 * 128L * ActivationPanels.LANES * panels;
    }
}
