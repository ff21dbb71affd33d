package org.espalier.engine.layer;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.PackedRows6;
import org.espalier.engine.kernel.TransposeMap;
import org.espalier.engine.simd.dense.InterleavedRows;
import org.espalier.network.LivePaths;
import org.jspecify.annotations.Nullable;

/**
 * One layer's surviving weights with their gradients and moments, in the order that its kernels want.
 *
 * <p>For sparse kernels: one float each, live ones first (see {@link LivePaths}) in the order of {@link BlockedCsr}, then the
 * others. For dense kernels ({@link #dense}): the layer's whole matrix, zero where pruned, so that nothing has to be spread out
 * before a product or collected after one. Everything that a step touches is here or derived from it.
 */
public final class CompactLayer {
    private static final int PAD = 16;
    private static final BlockedCsr NONE = BlockedCsr.whole(new int[1]);

    public final int inputs;
    public final int outputs;
    /** Whether dense kernels run: the order is then the matrix's own, pruned weights included. */
    public final boolean dense;
    /** Floats in use: surviving weights, or all of a dense layer. */
    public final int count;
    /** Live weights. */
    public final int live;
    /** Position in the layer's matrix of each surviving weight; empty for a dense layer, where it is the index. */
    private final int[] positions;
    /** Of a dense layer, the positions whose values and moments stay zero, and those whose gradients do. */
    private final int[] pruned;

    private final int[] notLive;

    public final float[] values;
    public final float[] gradients;
    public final float[] first;
    public final float[] second;
    /** Where each row's live weights stand. */
    public final BlockedCsr rows;
    /** Byte offset in a panel of each live weight's input row and output row, padded by repetition. */
    public final int[] inputRows;

    public final int[] outputRows;

    /** Inputs that a live weight reads, ascending. */
    public final int[] liveInputs;
    /** Where the same weights stand by input: row r is liveInputs[r]. */
    public final BlockedCsr transposedRowCuts;

    public final int[] transposedRows; // byte offset of each one's output row
    private final int[] transposedFrom; // its place in compact order
    private final float[] transposedValues;
    private boolean transposedStale = true;

    /** Whether dense kernels want {@link InterleavedRows}. */
    private final boolean groups;

    private float @Nullable [] liveMatrix; // of a dense layer with weights that are not live: the live ones
    private boolean liveMatrixStale = true;
    private float @Nullable [] matrix; // the same in groups
    private boolean matrixStale = true;
    private float @Nullable [] transposedMatrix; // the same the other way round, made when it is wanted
    private boolean transposedMatrixStale = true;

    /** Whether the weight gradient looks for zeros in what comes back. */
    public final boolean skipsInGradient;

    /** Whether products leave zeros out of what enters and of what comes back, panel by panel. */
    public final ZeroSkipPolicy activeForward;

    public final ZeroSkipPolicy activeBackward;

    private float @Nullable [] sixes;
    private int[] sixPlaces = {}; // place in it of each live weight; empty until it is made, and for a dense layer
    private boolean sixesStale = true;
    private float @Nullable [] transposedSixes;
    private int[] transposedSixPlaces = {};
    private boolean transposedSixesStale = true;

    /** Output rows in order: 0, 1, ... */
    public final int[] everyOutput;

    // Absolute values for bounds, made when they are wanted.
    private float @Nullable [] absolute; // of values, or of a dense layer's matrix
    private boolean absoluteStale = true;
    private float @Nullable [] absoluteTransposed;
    private boolean absoluteTransposedStale = true;
    private float @Nullable [] radiusGradients;

    /**
     * A layer with all zero weights.
     *
     * @param survivors positions, output x inputs + input, of surviving weights
     * @param alive those of them that lie on a path from an input to a logit
     * @param inner whether what enters comes from a ReLU, so that looking for zeros can pay
     * @param groups whether dense kernels want {@link InterleavedRows}
     */
    public CompactLayer(
            int inputs,
            int outputs,
            BitSet survivors,
            BitSet live,
            DenseOrSparsePolicy policy,
            boolean groups,
            boolean inner) {
        this.groups = groups;
        this.inputs = inputs;
        this.outputs = outputs;
        everyOutput = IntStream.range(0, outputs).toArray();
        BitSet alive = (BitSet) live.clone();
        BitSet rest = (BitSet) survivors.clone();
        rest.andNot(alive);
        this.live = alive.cardinality();
        dense = policy.dense(inputs, outputs, this.live);
        double below = policy.activeBelow(inputs, outputs, this.live, dense);
        skipsInGradient = below > 0;
        activeForward = inner ? new ZeroSkipPolicy(below) : ZeroSkipPolicy.NEVER;
        activeBackward = new ZeroSkipPolicy(below);
        count = dense ? inputs * outputs : this.live + rest.cardinality();
        values = floats(count);
        gradients = floats(count);
        first = floats(count);
        second = floats(count);
        BitSet reading = new BitSet();
        alive.stream().forEach(at -> reading.set(at % inputs));
        liveInputs = reading.stream().toArray();
        if (dense) {
            positions = new int[0];
            notLive = missing(alive, count);
            alive.or(rest);
            pruned = missing(alive, count);
            rows = NONE;
            inputRows = positions;
            outputRows = positions;
            transposedRows = positions;
            transposedFrom = positions;
            transposedValues = floats(0);
            transposedRowCuts = NONE;
            return;
        }
        positions = new int[count];
        pruned = new int[0];
        notLive = pruned;
        int[] byOutput = alive.stream().toArray();
        int[] taken = new int[this.live];
        rows = BlockedCsr.of(
                outputs,
                inputs,
                Arrays.stream(byOutput).map(at -> at / inputs).toArray(),
                Arrays.stream(byOutput).map(at -> at % inputs).toArray(),
                groups,
                taken);
        for (int k = 0; k < this.live; k++) {
            positions[k] = byOutput[taken[k]];
        }
        int[] next = {this.live};
        rest.stream().forEach(at -> positions[next[0]++] = at);
        inputRows = new int[padded(this.live)];
        outputRows = new int[padded(this.live)];
        for (int k = 0; k < inputRows.length && this.live > 0; k++) {
            int position = positions[Math.min(k, this.live - 1)];
            inputRows[k] = (int) (position % inputs * ActivationPanels.ROW_BYTES);
            outputRows[k] = (int) (position / inputs * ActivationPanels.ROW_BYTES);
        }

        int[] transposedRow = new int[inputs]; // of each live input
        for (int r = 0; r < liveInputs.length; r++) {
            transposedRow[liveInputs[r]] = r;
        }
        int[] livePositions = Arrays.copyOf(positions, this.live);
        transposedFrom = new int[this.live];
        transposedRowCuts = BlockedCsr.of(
                liveInputs.length,
                outputs,
                Arrays.stream(livePositions)
                        .map(at -> transposedRow[at % inputs])
                        .toArray(),
                Arrays.stream(livePositions).map(at -> at / inputs).toArray(),
                groups,
                transposedFrom);
        transposedRows = Arrays.stream(transposedFrom).map(k -> outputRows[k]).toArray();
        transposedValues = floats(this.live);
    }

    private static int[] missing(BitSet of, int size) {
        BitSet rest = new BitSet(size);
        rest.set(0, size);
        rest.andNot(of);
        return rest.stream().toArray();
    }

    /** Takes weights from their matrix, (output, input) row-major. */
    public void load(float[] weights) {
        gather(weights, values);
        for (int k = 0; k < count; k++) {
            values[k] += 0f;
        }
        changed();
    }

    /** Spreads this order's floats (weights, gradients or a moment) into a matrix that holds zeros. */
    public void spread(float[] compact, float[] into) {
        if (dense) {
            System.arraycopy(compact, 0, into, 0, count);
            return;
        }
        for (int k = 0; k < count; k++) {
            into[positions[k]] = compact[k];
        }
    }

    /** The reverse of {@link #spread}. */
    public void gather(float[] from, float[] compact) {
        if (dense) {
            System.arraycopy(from, 0, compact, 0, count);
            zero(compact, pruned);
            return;
        }
        for (int k = 0; k < count; k++) {
            compact[k] = from[positions[k]];
        }
    }

    /**
     * Zeroes the gradients that are not of live weights: those that a dense kernel has made, whole-register stores have
     * run into, or an update's penalties have been added to.
     */
    public void clearOthersGradients() {
        zero(gradients, notLive);
        Arrays.fill(gradients, dense ? count : live, gradients.length, 0f);
    }

    /** Zeroes the values of a dense layer's pruned weights. */
    public void zeroPruned() {
        zero(values, pruned);
    }

    private static void zero(float[] floats, int[] at) {
        for (int position : at) {
            floats[position] = 0f;
        }
    }

    /** To be called when the weights have changed. */
    public void changed() {
        transposedStale = true;
        liveMatrixStale = true;
        matrixStale = true;
        transposedMatrixStale = true;
        absoluteStale = true;
        absoluteTransposedStale = true;
        sixesStale = true;
        transposedSixesStale = true;
    }

    /** Live weights by input. */
    public float[] transposedValues() {
        if (transposedStale) {
            for (int k = 0; k < live; k++) {
                transposedValues[k] = values[transposedFrom[k]];
            }
            transposedStale = false;
        }
        return transposedValues;
    }

    /** Of a dense layer: live weights, (output, input) as the kernels want them, zero elsewhere. */
    public float[] matrix() {
        if (!groups) {
            return liveMatrix();
        }
        float[] made = matrix;
        if (made == null) {
            made = new float[InterleavedRows.size(outputs, inputs)];
            matrix = made;
        }
        if (matrixStale) {
            InterleavedRows.interleave(liveMatrix(), outputs, inputs, made);
            matrixStale = false;
        }
        return made;
    }

    /** Row-major. */
    private float[] liveMatrix() {
        if (notLive.length == pruned.length) {
            return values;
        }
        float[] made = liveMatrix;
        if (made == null) {
            made = new float[values.length];
            liveMatrix = made;
        }
        if (liveMatrixStale) {
            // Live ones only: buffers may still hold another mask's activations where the others' signals end.
            System.arraycopy(values, 0, made, 0, count);
            zero(made, notLive);
            liveMatrixStale = false;
        }
        return made;
    }

    /** Of a dense layer: live weights, (input, output) as the kernels want them, zero elsewhere. */
    public float[] transposedMatrix() {
        float[] made = transposedMatrix;
        if (made == null) {
            made = new float[groups ? InterleavedRows.size(inputs, outputs) : inputs * outputs];
            transposedMatrix = made;
        }
        if (transposedMatrixStale) {
            if (groups) {
                InterleavedRows.interleaveTransposed(liveMatrix(), outputs, inputs, made);
            } else {
                TransposeMap.run(liveMatrix(), outputs, inputs, made);
            }
            transposedMatrixStale = false;
        }
        return made;
    }

    /** Live weights, (output, input) as {@link PackedRows6}, zero elsewhere. */
    public float[] sixes() {
        float[] made = sixes;
        if (made == null) {
            made = new float[PackedRows6.size(outputs, inputs)];
            if (!dense) {
                sixPlaces = places(at -> PackedRows6.place(at / inputs, at % inputs, inputs));
            }
            sixes = made;
        }
        if (sixesStale) {
            if (dense) {
                PackedRows6.of(liveMatrix(), outputs, inputs, made);
            } else {
                scatter(sixPlaces, made);
            }
            sixesStale = false;
        }
        return made;
    }

    /** Live weights, (live input, output) as {@link PackedRows6}, zero elsewhere. */
    public float[] transposedSixes() {
        float[] made = transposedSixes;
        if (made == null) {
            made = new float[PackedRows6.size(liveInputs.length, outputs)];
            if (!dense) {
                transposedSixPlaces = places(
                        at -> PackedRows6.place(Arrays.binarySearch(liveInputs, at % inputs), at / inputs, outputs));
            }
            transposedSixes = made;
        }
        if (transposedSixesStale) {
            if (dense) {
                PackedRows6.transposed(liveMatrix(), outputs, inputs, liveInputs, made);
            } else {
                scatter(transposedSixPlaces, made);
            }
            transposedSixesStale = false;
        }
        return made;
    }

    private int[] places(IntUnaryOperator ofPosition) {
        return Arrays.stream(positions, 0, live).map(ofPosition).toArray();
    }

    /** Live weights to their places; compact order comes by few pages at a time. */
    private void scatter(int[] places, float[] into) {
        for (int k = 0; k < live; k++) {
            into[places[k]] = values[k];
        }
    }

    /** Absolute values in compact order; not of a dense layer. */
    public float[] absoluteValues() {
        return absolute(values);
    }

    /** Of a dense layer: absolute values of {@link #matrix}. */
    public float[] absoluteMatrix() {
        return absolute(matrix());
    }

    private float[] absolute(float[] of) {
        float[] made = absolute;
        if (made == null || absoluteStale) {
            made = LayerMatmul.absolute(of, made);
            absolute = made;
            absoluteStale = false;
        }
        return made;
    }

    /** Absolute values of {@link #transposedValues}. */
    public float[] absoluteTransposedValues() {
        return absoluteTransposed(transposedValues());
    }

    /** Of a dense layer: absolute values of {@link #transposedMatrix}. */
    public float[] absoluteTransposedMatrix() {
        return absoluteTransposed(transposedMatrix());
    }

    private float[] absoluteTransposed(float[] of) {
        float[] made = absoluteTransposed;
        if (made == null || absoluteTransposedStale) {
            made = LayerMatmul.absolute(of, made);
            absoluteTransposed = made;
            absoluteTransposedStale = false;
        }
        return made;
    }

    /** Room for gradients of the weights' absolute values, in compact order. */
    public float[] radiusGradients() {
        float[] made = radiusGradients;
        if (made == null) {
            made = floats(count);
            radiusGradients = made;
        }
        return made;
    }

    /** Places in compact order of the live weights. */
    public int[] livePlaces() {
        if (!dense) {
            return IntStream.range(0, live).toArray();
        }
        return missing(bits(notLive), count);
    }

    /** Position in the layer's matrix, (output, input) row-major, of a place in compact order. */
    public int position(int place) {
        return dense ? place : positions[place];
    }

    private static BitSet bits(int[] set) {
        BitSet bits = new BitSet();
        for (int bit : set) {
            bits.set(bit);
        }
        return bits;
    }

    /** Number of floats that vector loops run over. */
    public static int padded(int count) {
        return Math.max(PAD, (count + PAD - 1) / PAD * PAD);
    }

    private static float[] floats(int count) {
        return new float[padded(count)];
    }
}
