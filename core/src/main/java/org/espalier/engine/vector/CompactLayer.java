package org.espalier.engine.vector;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.GradientNorm;
import org.espalier.engine.kernel.PackedRows6;
import org.espalier.engine.kernel.TransposeMap;
import org.espalier.engine.simd.dense.InterleavedRows;
import org.espalier.network.Architecture;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.jspecify.annotations.Nullable;

/**
 * One layer's surviving weights with their gradients and moments, in the order that its kernels want.
 *
 * <p>For sparse kernels: one float each, live ones first (see {@link LivePaths}) in the order of {@link BlockedCsr}, then the
 * others. For dense kernels ({@link #dense}): the layer's whole matrix, zero where pruned, so that nothing has to be spread out
 * before a product or collected after one. Everything that a step touches is here or derived from it.
 */
final class CompactLayer {
    private static final int PAD = 16;
    private static final BlockedCsr NONE = BlockedCsr.whole(new int[1]);

    final int inputs;
    final int outputs;
    /** Whether dense kernels run: the order is then the matrix's own, pruned weights included. */
    final boolean dense;
    /** Floats in use: surviving weights, or all of a dense layer. */
    final int count;
    /** Live weights. */
    final int live;
    /** Position in the layer's matrix of each surviving weight; empty for a dense layer, where it is the index. */
    private final int[] positions;
    /** Of a dense layer, the positions whose values and moments stay zero, and those whose gradients do. */
    private final int[] pruned;

    private final int[] notLive;

    final float[] values;
    final float[] gradients;
    final float[] first;
    final float[] second;
    /** Where each row's live weights stand. */
    final BlockedCsr rows;
    /** Byte offset in a panel of each live weight's input row and output row, padded by repetition. */
    final int[] inputRows;

    final int[] outputRows;

    /** Inputs that a live weight reads, ascending. */
    final int[] liveInputs;
    /** Where the same weights stand by input: row r is liveInputs[r]. */
    final BlockedCsr transposedRowCuts;

    final int[] transposedRows; // byte offset of each one's output row
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
    final boolean skipsInGradient;

    /** Whether products leave zeros out of what enters and of what comes back, panel by panel. */
    final ZeroSkipPolicy activeForward;

    final ZeroSkipPolicy activeBackward;

    private float @Nullable [] sixes;
    private int[] sixPlaces = {}; // place in it of each live weight; empty until it is made, and for a dense layer
    private boolean sixesStale = true;
    private float @Nullable [] transposedSixes;
    private int[] transposedSixPlaces = {};
    private boolean transposedSixesStale = true;

    /** Output rows in order: 0, 1, ... */
    final int[] everyOutput;

    // Absolute values for bounds, made when they are wanted.
    private float @Nullable [] absolute; // of values, or of a dense layer's matrix
    private boolean absoluteStale = true;
    private float @Nullable [] absoluteTransposed;
    private boolean absoluteTransposedStale = true;
    private float @Nullable [] radiusGradients;
    private int @Nullable [] byPosition; // places in compact order by position, made when a gradient is clipped

    CompactLayer(
            Architecture architecture,
            int layer,
            Mask mask,
            LivePaths paths,
            DenseOrSparsePolicy policy,
            boolean groups) {
        this.groups = groups;
        inputs = architecture.inputs(layer);
        outputs = architecture.outputs(layer);
        everyOutput = IntStream.range(0, outputs).toArray();
        BitSet alive = paths.weights(layer);
        BitSet rest = mask.survivors(layer);
        rest.andNot(alive);
        live = alive.cardinality();
        dense = policy.dense(inputs, outputs, live);
        double below = policy.activeBelow(inputs, outputs, live, dense);
        skipsInGradient = below > 0;
        activeForward = layer == 0
                ? ZeroSkipPolicy.NEVER
                : new ZeroSkipPolicy(below); // inputs under attack are not zero, and Products has no room
        activeBackward = new ZeroSkipPolicy(below);
        count = dense ? inputs * outputs : live + rest.cardinality();
        values = floats(count);
        gradients = floats(count);
        first = floats(count);
        second = floats(count);
        liveInputs = paths.inputs(layer);
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
        int[] taken = new int[live];
        rows = BlockedCsr.of(
                outputs,
                inputs,
                Arrays.stream(byOutput).map(at -> at / inputs).toArray(),
                Arrays.stream(byOutput).map(at -> at % inputs).toArray(),
                groups,
                taken);
        for (int k = 0; k < live; k++) {
            positions[k] = byOutput[taken[k]];
        }
        int[] next = {live};
        rest.stream().forEach(at -> positions[next[0]++] = at);
        inputRows = new int[padded(live)];
        outputRows = new int[padded(live)];
        for (int k = 0; k < inputRows.length && live > 0; k++) {
            int position = positions[Math.min(k, live - 1)];
            inputRows[k] = (int) (position % inputs * ActivationPanels.ROW_BYTES);
            outputRows[k] = (int) (position / inputs * ActivationPanels.ROW_BYTES);
        }

        int[] transposedRow = new int[inputs]; // of each live input
        for (int r = 0; r < liveInputs.length; r++) {
            transposedRow[liveInputs[r]] = r;
        }
        int[] livePositions = Arrays.copyOf(positions, live);
        transposedFrom = new int[live];
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
        transposedValues = floats(live);
    }

    private static int[] missing(BitSet of, int size) {
        BitSet rest = new BitSet(size);
        rest.set(0, size);
        rest.andNot(of);
        return rest.stream().toArray();
    }

    /** Takes weights from their matrix, (output, input) row-major. */
    void load(float[] weights) {
        gather(weights, values);
        for (int k = 0; k < count; k++) {
            values[k] += 0f;
        }
        changed();
    }

    /** Spreads this order's floats (weights, gradients or a moment) into a matrix that holds zeros. */
    void spread(float[] compact, float[] into) {
        if (dense) {
            System.arraycopy(compact, 0, into, 0, count);
            return;
        }
        for (int k = 0; k < count; k++) {
            into[positions[k]] = compact[k];
        }
    }

    /** The reverse of {@link #spread}. */
    void gather(float[] from, float[] compact) {
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
    void clearOthersGradients() {
        zero(gradients, notLive);
        Arrays.fill(gradients, dense ? count : live, gradients.length, 0f);
    }

    /** Adds the squares of the gradients to a sum, in the order of positions of the layer's matrix. */
    double addGradientSquares(double sum) {
        if (dense) {
            return GradientNorm.addSquares(sum, gradients, count);
        }
        int[] made = byPosition;
        if (made == null) {
            long[] sorted = new long[count];
            for (int k = 0; k < count; k++) {
                sorted[k] = (long) positions[k] << 32 | k;
            }
            Arrays.sort(sorted);
            made = Arrays.stream(sorted).mapToInt(pair -> (int) pair).toArray();
            byPosition = made;
        }
        return GradientNorm.addSquares(sum, gradients, made);
    }

    /** Zeroes the values of a dense layer's pruned weights. */
    void zeroPruned() {
        zero(values, pruned);
    }

    private static void zero(float[] floats, int[] at) {
        for (int position : at) {
            floats[position] = 0f;
        }
    }

    /** To be called when the weights have changed. */
    void changed() {
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
    float[] transposedValues() {
        if (transposedStale) {
            for (int k = 0; k < live; k++) {
                transposedValues[k] = values[transposedFrom[k]];
            }
            transposedStale = false;
        }
        return transposedValues;
    }

    /** Of a dense layer: live weights, (output, input) as the kernels want them, zero elsewhere. */
    float[] matrix() {
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
    float[] transposedMatrix() {
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
    float[] sixes() {
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
    float[] transposedSixes() {
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
    float[] absoluteValues() {
        return absolute(values);
    }

    /** Of a dense layer: absolute values of {@link #matrix}. */
    float[] absoluteMatrix() {
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
    float[] absoluteTransposedValues() {
        return absoluteTransposed(transposedValues());
    }

    /** Of a dense layer: absolute values of {@link #transposedMatrix}. */
    float[] absoluteTransposedMatrix() {
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
    float[] radiusGradients() {
        float[] made = radiusGradients;
        if (made == null) {
            made = floats(count);
            radiusGradients = made;
        }
        return made;
    }

    /** Places in compact order of the live weights. */
    int[] livePlaces() {
        if (!dense) {
            return IntStream.range(0, live).toArray();
        }
        return missing(bits(notLive), count);
    }

    /** Position in the layer's matrix, (output, input) row-major, of a place in compact order. */
    int position(int place) {
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
    static int padded(int count) {
        return Math.max(PAD, (count + PAD - 1) / PAD * PAD);
    }

    private static float[] floats(int count) {
        return new float[padded(count)];
    }
}
