package org.espalier.engine.layer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.kernel.NonZeroLanes;
import org.jspecify.annotations.Nullable;

/**
 * Products of one layer with one panel, by the kernels that the layer was made for, or without the zeros of a panel that has
 * many.
 */
public final class LayerMatmul {
    private final Kernels kernels;
    // Of the panel last looked at, one for each direction: what takes an input gradient may itself run products.
    private final NonZeroLanes entering;
    private final NonZeroLanes comingBack;

    /**
     * Products of any of some layers, one at a time.
     *
     * @param widestInput inputs of the layer with the most, of those that look for zeros in what enters
     * @param widestOutput outputs of the layer with the most
     */
    public LayerMatmul(Kernels kernels, int widestInput, int widestOutput) {
        this.kernels = kernels;
        entering = new NonZeroLanes(widestInput, kernels.activeGroups());
        comingBack = new NonZeroLanes(widestOutput, kernels.activeGroups());
    }

    /**
     * From what enters a layer to what leaves it.
     *
     * @param absolute whether to take the weights' absolute values
     */
    public void forward(
            CompactLayer layer,
            boolean absolute,
            float @Nullable [] biases,
            ActivationPanels in,
            int inPanel,
            ActivationPanels out,
            int outPanel,
            Epilogue finish) {
        if (!absolute && layer.activeForward.shouldSkipZeros(kernels, in, inPanel, layer.inputs, entering)) {
            kernels.active(
                    layer.sixes(),
                    entering,
                    layer.everyOutput,
                    0,
                    layer.outputs,
                    layer.inputs,
                    biases,
                    in.memory(),
                    in.row(inPanel, 0),
                    out.memory(),
                    out.row(outPanel, 0),
                    finish,
                    out.memory(),
                    0);
        } else if (layer.dense) {
            kernels.dense(
                    absolute ? layer.absoluteMatrix() : layer.matrix(),
                    layer.everyOutput,
                    0,
                    layer.outputs,
                    layer.inputs,
                    biases,
                    in.memory(),
                    in.row(inPanel, 0),
                    out.memory(),
                    out.row(outPanel, 0),
                    finish,
                    out.memory(),
                    0);
        } else {
            kernels.sparse(
                    absolute ? layer.absoluteValues() : layer.values,
                    layer.rows,
                    layer.inputRows,
                    0,
                    layer.outputs,
                    biases,
                    in.memory(),
                    in.row(inPanel, 0),
                    out.memory(),
                    out.row(outPanel, 0),
                    finish,
                    out.memory(),
                    0);
        }
    }

    /**
     * Whether what comes back to a layer has so many zeros that products should leave them out; to be asked just before
     * {@link #backward} of the same panel.
     */
    public boolean shouldSkipZerosBackward(CompactLayer layer, ActivationPanels delta, int panel) {
        return layer.activeBackward.shouldSkipZeros(kernels, delta, panel, layer.outputs, comingBack);
    }

    /**
     * From what leaves a layer back to some of its live inputs, written one after the other.
     *
     * @param skip whether to leave out zeros, where {@link #shouldSkipZerosBackward} has said so; not with absolute values
     * @param first index into the layer's live inputs
     * @param gate for {@link Epilogue#GATE}
     */
    public void backward(
            CompactLayer layer,
            boolean absolute,
            boolean skip,
            int first,
            int count,
            ActivationPanels delta,
            int panel,
            MemorySegment out,
            long outOffset,
            Epilogue finish,
            MemorySegment gate,
            long gateOffset) {
        if (skip) {
            kernels.active(
                    layer.transposedSixes(),
                    comingBack,
                    layer.liveInputs,
                    first,
                    count,
                    layer.outputs,
                    null,
                    delta.memory(),
                    delta.row(panel, 0),
                    out,
                    outOffset,
                    finish,
                    gate,
                    gateOffset);
        } else if (layer.dense) {
            kernels.dense(
                    absolute ? layer.absoluteTransposedMatrix() : layer.transposedMatrix(),
                    layer.liveInputs,
                    first,
                    count,
                    layer.outputs,
                    null,
                    delta.memory(),
                    delta.row(panel, 0),
                    out,
                    outOffset,
                    finish,
                    gate,
                    gateOffset);
        } else {
            kernels.sparse(
                    absolute ? layer.absoluteTransposedValues() : layer.transposedValues(),
                    layer.transposedRowCuts,
                    layer.transposedRows,
                    first,
                    count,
                    null,
                    delta.memory(),
                    delta.row(panel, 0),
                    out,
                    outOffset,
                    finish,
                    gate,
                    gateOffset);
        }
    }

    /** From what leaves a layer back to all of its live inputs, each in its row; other rows stay as they are. */
    public void backward(
            CompactLayer layer,
            boolean absolute,
            ActivationPanels delta,
            int panel,
            ActivationPanels out,
            int outPanel) {
        backward(layer, absolute, delta, panel, out, outPanel, Epilogue.LINEAR, out, outPanel);
    }

    /**
     * The same back through the ReLU before a layer, all in the same panel.
     *
     * @param entering what the ReLU made
     */
    public void backwardGated(
            CompactLayer layer, ActivationPanels delta, int panel, ActivationPanels out, ActivationPanels entering) {
        backward(layer, false, delta, panel, out, panel, Epilogue.GATE, entering, panel);
    }

    /**
     * The same with any end.
     *
     * @param gate for {@link Epilogue#GATE}, like {@code out}
     */
    public void backward(
            CompactLayer layer,
            boolean absolute,
            ActivationPanels delta,
            int panel,
            ActivationPanels out,
            int outPanel,
            Epilogue finish,
            ActivationPanels gate,
            int gatePanel) {
        int[] live = layer.liveInputs;
        boolean skip = !absolute && shouldSkipZerosBackward(layer, delta, panel);
        for (int first = 0; first < live.length; ) {
            int count = run(live, first);
            backward(
                    layer,
                    absolute,
                    skip,
                    first,
                    count,
                    delta,
                    panel,
                    out.memory(),
                    out.row(outPanel, live[first]),
                    finish,
                    gate.memory(),
                    gate.row(gatePanel, live[first]));
            first += count;
        }
    }

    /** Gradients of a layer's weights: sums over the lanes of some panels of what leaves it times what enters it. */
    public void gradient(
            CompactLayer layer,
            ActivationPanels delta,
            ActivationPanels x,
            int firstPanel,
            int panels,
            float[] out,
            GradientScratch scratch) {
        if (layer.dense) {
            kernels.denseGradient(
                    delta.memory(),
                    delta.row(firstPanel, 0),
                    layer.outputs,
                    x.memory(),
                    x.row(firstPanel, 0),
                    layer.inputs,
                    panels,
                    layer.skipsInGradient,
                    out,
                    scratch);
        } else {
            kernels.sparseGradient(
                    delta.memory(),
                    delta.row(firstPanel, 0),
                    layer.outputs * ActivationPanels.ROW_BYTES,
                    layer.outputRows,
                    x.memory(),
                    x.row(firstPanel, 0),
                    layer.inputs * ActivationPanels.ROW_BYTES,
                    layer.inputRows,
                    panels,
                    out,
                    layer.live,
                    scratch);
        }
    }

    /** Length of the run of neighbouring units from an index on. */
    public static int run(int[] units, int from) {
        int to = from + 1;
        while (to < units.length && units[to] == units[to - 1] + 1) {
            to++;
        }
        return to - from;
    }

    /** Zeroes a panel; word by word, because a slice to fill is an object, and a step allocates nothing. */
    public static void clear(ActivationPanels panels, int panel) {
        MemorySegment memory = panels.memory();
        long end = panels.row(panel, 0) + panels.features() * ActivationPanels.ROW_BYTES;
        for (long at = panels.row(panel, 0); at < end; at += Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG, at, 0);
        }
    }

    /** A copy with the absolute values, in the given array of the same length if there is one. */
    public static float[] absolute(float[] from, float @Nullable [] held) {
        float[] to = held == null ? new float[from.length] : held;
        for (int k = 0; k < from.length; k++) {
            to[k] = Math.abs(from[k]);
        }
        return to;
    }
}
