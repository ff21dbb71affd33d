package org.espalier.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.espalier.network.Architecture;

/**
 * Working memory of the weight gradients' kernels.
 *
 * @param memory native: turned panels, partial sums, and a tile
 * @param deltas deltas by blocks of four outputs, on the heap, whose elements broadcast in one load
 * @param panels panels that there is room for
 */
record GradientScratch(MemorySegment memory, float[] deltas, int panels) {
    /** Bytes of partial sums: 8 pairs of columns x 4 outputs x 2 registers. */
    static final long PARTIALS = 8 * 4 * 2 * 64;

    private static final long TILE = 1024;

    /** Room for every layer of a network. */
    static GradientScratch allocate(Architecture architecture, int panels) {
        long bytes = 0;
        long deltas = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            bytes = Math.max(bytes, turned(architecture.inputs(layer), panels));
            deltas = Math.max(deltas, (architecture.outputs(layer) + 3L) / 4 * 4 * Panels.LANES * panels);
        }
        return new GradientScratch(
                Arena.ofAuto().allocate(Math.max(bytes + PARTIALS + TILE, SparseGradient.SCRATCH), 64),
                new float[Math.toIntExact(deltas)],
                panels);
    }

    /** Bytes of turned panels: rounded so as to hold whole blocks at every width. */
    static long turned(int features, int panels) {
        return (features + 31) / 32 * 128L * Panels.LANES * panels;
    }
}
