package org.espalier.lab.classify;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.jspecify.annotations.Nullable;

/** Buffers and an engine for one call at a time. */
final class Worker {
    private static final int LANES = ActivationPanels.LANES;

    /** Inputs of one tile of the transposition: a cache line of each example. */
    private static final int TILE = 16;

    /** Examples up to which a fully connected network is computed one by one. */
    private static final int FEW = 3;

    /** Logits of one input. */
    final float[] one;

    private final StoredNetwork network;
    private final int inputs;
    private final int classes;
    private final @Nullable SparseColumns columns;
    private final float[] first;
    private final float[] second;
    private final float[] tile = new float[TILE * LANES];
    private @Nullable Engine engine; // made when many inputs come first
    private @Nullable ActivationBuffers buffers;

    Worker(StoredNetwork network, @Nullable SparseColumns columns) {
        this.network = network;
        this.columns = columns;
        Architecture architecture = network.mask().architecture();
        inputs = architecture.inputs();
        classes = architecture.classes();
        one = new float[classes];
        first = new float[columns == null ? 0 : columns.widest()];
        second = new float[first.length];
    }

    void logits(float[] from, int examples, float[] to) {
        if (columns != null && examples <= FEW) {
            for (int e = 0; e < examples; e++) {
                columns.logits(from, e * inputs, first, second, to, e * classes);
            }
            return;
        }
        ActivationBuffers panels = buffers == null ? make() : buffers;
        for (int e = 0; e < examples; e += LANES) {
            panel(panels, from, e, Math.min(LANES, examples - e), to);
        }
    }

    private ActivationBuffers make() {
        Engine made = Engines.create(network.mask().architecture());
        made.load(network.weights(), network.mask());
        engine = made;
        buffers = made.newBuffers(LANES);
        return buffers;
    }

    private void panel(ActivationBuffers panels, float[] from, int example, int count, float[] to) {
        ActivationPanels in = panels.input();
        for (int f = 0; f < inputs; f += TILE) {
            int width = Math.min(TILE, inputs - f);
            for (int lane = 0; lane < count; lane++) {
                int at = (example + lane) * inputs + f;
                for (int i = 0; i < width; i++) {
                    tile[i * LANES + lane] = from[at + i];
                }
            }
            in.write(0, f, width, tile, 0);
        }
        Engine runs = engine;
        if (runs == null) {
            throw new IllegalStateException("buffers without an engine");
        }
        runs.forward(panels, 0, 1);
        ActivationPanels logits = panels.logits();
        for (int c = 0; c < classes; c++) {
            for (int lane = 0; lane < count; lane++) {
                to[(example + lane) * classes + c] = logits.get(c, lane);
            }
        }
    }
}
