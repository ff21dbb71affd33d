package org.espalier.engine;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.jspecify.annotations.Nullable;

/**
 * One layer's surviving weights with their gradients and moments, one float each in row order: live ones first
 * (see {@link LivePaths}), then the others. Everything that a step touches is here or derived from it.
 */
final class CompactLayer {
    private static final int PAD = 16;

    final int inputs;
    final int outputs;
    /** Surviving weights, and how many of them are live. */
    final int count;

    final int live;
    /** Whether every weight survives and is live: then the compact order is the matrix's own. */
    final boolean full;
    /** Position in the layer's matrix of each surviving weight. */
    final int[] positions;

    final float[] values;
    final float[] gradients;
    final float[] first;
    final float[] second;
    /** Where each row's live weights stand. */
    final RowCuts rows;
    /** Byte offset in a panel of each live weight's input row and output row, padded by repetition. */
    final int[] inputRows;

    final int[] outputRows;

    /** Inputs that a live weight reads, ascending. */
    final int[] liveInputs;
    /** Where the same weights stand by input: row r is liveInputs[r]. */
    final RowCuts turnedRowCuts;

    final int[] turnedRows; // byte offset of each one's output row
    private final int[] turnedFrom; // its place in compact order
    private final float[] turnedValues;
    private boolean turnedStale = true;

    private float @Nullable [] matrix; // all weights with zeros, made when a dense kernel wants it
    private boolean matrixStale = true;
    private float @Nullable [] turnedMatrix; // the same the other way round
    private boolean turnedMatrixStale = true;

    CompactLayer(Architecture architecture, int layer, Mask mask, LivePaths paths) {
        inputs = architecture.inputs(layer);
        outputs = architecture.outputs(layer);
        BitSet alive = paths.weights(layer);
        BitSet rest = mask.survivors(layer);
        rest.andNot(alive);
        live = alive.cardinality();
        count = live + rest.cardinality();
        full = live == inputs * outputs;
        positions = new int[count];
        int[] next = {0};
        alive.stream().forEach(at -> positions[next[0]++] = at);
        rest.stream().forEach(at -> positions[next[0]++] = at);
        values = floats(count);
        gradients = floats(count);
        first = floats(count);
        second = floats(count);

        int[] starts = new int[outputs + 1];
        inputRows = new int[padded(live)];
        outputRows = new int[padded(live)];
        for (int k = 0; k < inputRows.length && live > 0; k++) {
            int position = positions[Math.min(k, live - 1)];
            inputRows[k] = (int) (position % inputs * Panels.ROW_BYTES);
            outputRows[k] = (int) (position / inputs * Panels.ROW_BYTES);
            if (k < live) {
                starts[position / inputs + 1]++;
            }
        }
        for (int r = 0; r < outputs; r++) {
            starts[r + 1] += starts[r];
        }
        rows = RowCuts.of(starts, inputRows, inputs);

        liveInputs = paths.inputs(layer);
        turnedRows = new int[live];
        turnedFrom = new int[live];
        turnedValues = floats(live);
        turnedRowCuts = RowCuts.of(turn(), turnedRows, outputs);
    }

    /** Fills the order by input; returns where each row starts. */
    private int[] turn() {
        int[] turnedStarts = new int[liveInputs.length + 1];
        int[] row = new int[inputs];
        for (int r = 0; r < liveInputs.length; r++) {
            row[liveInputs[r]] = r;
        }
        for (int k = 0; k < live; k++) {
            turnedStarts[row[positions[k] % inputs] + 1]++;
        }
        for (int r = 0; r < liveInputs.length; r++) {
            turnedStarts[r + 1] += turnedStarts[r];
        }
        int[] next = turnedStarts.clone();
        for (int k = 0; k < live; k++) {
            int place = next[row[positions[k] % inputs]]++;
            turnedRows[place] = outputRows[k];
            turnedFrom[place] = k;
        }
        return turnedStarts;
    }

    /** Takes weights from their matrix, (output, input) row-major. */
    void load(float[] weights) {
        for (int k = 0; k < count; k++) {
            values[k] = weights[positions[k]] + 0f;
        }
        changed();
    }

    /** Spreads compact floats (weights, gradients or a moment) into a matrix. */
    void spread(float[] compact, float[] into) {
        for (int k = 0; k < count; k++) {
            into[positions[k]] = compact[k];
        }
    }

    /** The reverse of {@link #spread}. */
    void gather(float[] from, float[] compact) {
        for (int k = 0; k < count; k++) {
            compact[k] = from[positions[k]];
        }
    }

    /**
     * Zeroes the gradients after the live ones, which whole-register stores have run into and an update's penalties
     * have been added to.
     */
    void clearPastLive() {
        Arrays.fill(gradients, live, gradients.length, 0f);
    }

    /** To be called when the weights have changed. */
    void changed() {
        turnedStale = true;
        matrixStale = true;
        turnedMatrixStale = true;
    }

    /** Live weights by input. */
    float[] turnedValues() {
        if (turnedStale) {
            for (int k = 0; k < live; k++) {
                turnedValues[k] = values[turnedFrom[k]];
            }
            turnedStale = false;
        }
        return turnedValues;
    }

    /** Live weights, (output, input) row-major, zero elsewhere. */
    float[] matrix() {
        if (full) {
            return values;
        }
        float[] made = matrix;
        if (made == null) {
            made = new float[inputs * outputs];
            matrix = made;
        }
        if (matrixStale) {
            // Live ones only: a pass may still hold another mask's activations where these weights' signals end.
            for (int k = 0; k < live; k++) {
                made[positions[k]] = values[k];
            }
            matrixStale = false;
        }
        return made;
    }

    /** Live weights, (input, output) row-major, zero elsewhere. */
    float[] turnedMatrix() {
        float[] made = turnedMatrix;
        if (made == null) {
            made = new float[inputs * outputs];
            turnedMatrix = made;
        }
        if (turnedMatrixStale) {
            Transposition.run(matrix(), outputs, inputs, made);
            turnedMatrixStale = false;
        }
        return made;
    }

    /** Number of floats that vector loops run over. */
    static int padded(int count) {
        return Math.max(PAD, (count + PAD - 1) / PAD * PAD);
    }

    private static float[] floats(int count) {
        return new float[padded(count)];
    }
}
