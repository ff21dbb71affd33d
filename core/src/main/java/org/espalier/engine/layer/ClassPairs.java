package org.espalier.engine.layer;

import java.util.Arrays;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;

/**
 * The last layer as differences: for each pair of classes a &lt; b and each input that either reads, |w_a - w_b|. It bounds
 * the radius of the difference of two logits, which is less than the sum of their radii where both read the same input.
 * Always by surviving weights, in one block: there are few in the last layers that this was made for. Pairs stand in the
 * order (0, 1), (0, 2), (1, 2), (0, 3), ...
 */
public final class ClassPairs {
    private static final int NONE = -1;

    private final CompactLayer layer;
    private final int entries;
    private final int[] firstPlaces; // (entry): where class a's weight stands in the layer, or NONE
    private final int[] secondPlaces; // (entry): class b's
    private final float[] signed; // (entry): w_a - w_b
    private final float[] gradients; // (entry), padded

    /** |w_a - w_b|, pair by pair, inputs ascending. */
    private final float[] values;

    private final BlockedCsr rows;
    /** Byte offset of each entry's input row, and of its pair's row; padded by repetition. */
    private final int[] inputRows;

    private final int[] pairRows;

    /** The same by input: row r is the layer's liveInputs[r]. */
    private final float[] transposedValues;

    private final BlockedCsr transposed;
    private final int[] transposedRows;
    private final int[] transposedFrom;

    /** The pairs of a last layer, with all zero weights until {@link #refill}. */
    public ClassPairs(CompactLayer layer) {
        this.layer = layer;
        int classes = layer.outputs;
        int[][] places = places(layer); // (class, input): place or NONE
        int pairs = classes * (classes - 1) / 2;
        int[] starts = new int[pairs + 1];
        int[] columns = new int[pairs * layer.liveInputs.length];
        int[] first = new int[columns.length];
        int[] second = new int[columns.length];
        int next = 0;
        for (int b = 1; b < classes; b++) {
            for (int a = 0; a < b; a++) {
                for (int r = 0; r < layer.liveInputs.length; r++) {
                    int input = layer.liveInputs[r];
                    if (places[a][input] != NONE || places[b][input] != NONE) {
                        columns[next] = r;
                        first[next] = places[a][input];
                        second[next++] = places[b][input];
                    }
                }
                starts[pair(a, b) + 1] = next;
            }
        }
        entries = next;
        firstPlaces = Arrays.copyOf(first, entries);
        secondPlaces = Arrays.copyOf(second, entries);
        signed = new float[entries];
        int padded = CompactLayer.padded(entries);
        gradients = new float[padded];
        values = new float[padded];
        transposedValues = new float[padded];
        inputRows = new int[padded];
        pairRows = new int[padded];
        int pair = 0;
        for (int k = 0; k < padded && entries > 0; k++) {
            int entry = Math.min(k, entries - 1);
            while (starts[pair + 1] <= entry) {
                pair++;
            }
            inputRows[k] = (int) (layer.liveInputs[columns[entry]] * ActivationPanels.ROW_BYTES);
            pairRows[k] = (int) (pair * ActivationPanels.ROW_BYTES);
        }
        rows = BlockedCsr.whole(starts);
        int[] transposedStarts = new int[layer.liveInputs.length + 1];
        for (int k = 0; k < entries; k++) {
            transposedStarts[columns[k] + 1]++;
        }
        for (int r = 0; r < layer.liveInputs.length; r++) {
            transposedStarts[r + 1] += transposedStarts[r];
        }
        int[] free = transposedStarts.clone();
        transposedRows = new int[entries];
        transposedFrom = new int[entries];
        for (int k = 0; k < entries; k++) {
            int place = free[columns[k]]++;
            transposedRows[place] = pairRows[k];
            transposedFrom[place] = k;
        }
        transposed = BlockedCsr.whole(transposedStarts);
    }

    private static int[][] places(CompactLayer layer) {
        int[][] places = new int[layer.outputs][layer.inputs];
        for (int[] row : places) {
            Arrays.fill(row, NONE);
        }
        for (int place : layer.livePlaces()) {
            int position = layer.position(place);
            places[position / layer.inputs][position % layer.inputs] = place;
        }
        return places;
    }

    /** The row of two different classes, in either order. */
    public static int pair(int one, int other) {
        int a = Math.min(one, other);
        int b = Math.max(one, other);
        return b * (b - 1) / 2 + a;
    }

    /** Takes the layer's present weights. */
    public void refill() {
        for (int k = 0; k < entries; k++) {
            float difference = value(firstPlaces[k]) - value(secondPlaces[k]);
            signed[k] = difference;
            values[k] = Math.abs(difference);
        }
        for (int k = 0; k < entries; k++) {
            transposedValues[k] = values[transposedFrom[k]];
        }
    }

    private float value(int place) {
        return place == NONE ? 0f : layer.values[place];
    }

    /**
     * From the radii of what enters the layer to those of the differences.
     *
     * @param out [panel][pair][lane]
     */
    public void forward(Kernels kernels, ActivationPanels radius, ActivationPanels out, int panel) {
        kernels.sparse(
                values,
                rows,
                inputRows,
                0,
                out.features(),
                null,
                radius.memory(),
                radius.row(panel, 0),
                out.memory(),
                out.row(panel, 0),
                Epilogue.LINEAR,
                out.memory(),
                0);
    }

    /** From the gradient of the differences' radii to that of the layer's live inputs; other rows stay as they are. */
    public void backward(Kernels kernels, ActivationPanels delta, int panel, ActivationPanels out, int outPanel) {
        int[] live = layer.liveInputs;
        for (int first = 0; first < live.length; ) {
            int count = LayerMatmul.run(live, first);
            kernels.sparse(
                    transposedValues,
                    transposed,
                    transposedRows,
                    first,
                    count,
                    null,
                    delta.memory(),
                    delta.row(panel, 0),
                    out.memory(),
                    out.row(outPanel, live[first]),
                    Epilogue.LINEAR,
                    out.memory(),
                    0);
            first += count;
        }
    }

    /** Adds the gradients through |w_a - w_b| to those of the layer's weights. */
    public void addGradients(
            Kernels kernels, ActivationPanels delta, ActivationPanels x, int panels, GradientScratch scratch) {
        kernels.sparseGradient(
                delta.memory(),
                0,
                delta.features() * ActivationPanels.ROW_BYTES,
                pairRows,
                x.memory(),
                0,
                x.features() * ActivationPanels.ROW_BYTES,
                inputRows,
                panels,
                gradients,
                entries,
                scratch);
        for (int k = 0; k < entries; k++) {
            float gradient = signed[k] > 0f ? gradients[k] : signed[k] < 0f ? -gradients[k] : 0f;
            if (firstPlaces[k] != NONE) {
                layer.gradients[firstPlaces[k]] += gradient;
            }
            if (secondPlaces[k] != NONE) {
                layer.gradients[secondPlaces[k]] -= gradient;
            }
        }
    }
}
