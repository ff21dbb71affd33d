package org.espalier.engine.graph;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.Phases;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.layer.CompactLayer;
import org.espalier.engine.layer.LayerMatmul;
import org.espalier.network.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A convolution's weights with their gradients and moments, in the order that its kernels want: the whole matrix, zero where
 * pruned, for dense kernels; for sparse ones the live weights by output channel, then the other survivors.
 */
final class ConvWeights {
    final Operation.Conv2d conv;
    final boolean dense;
    /** Floats in use. */
    final int count;

    final float[] values;
    final float[] gradients;
    final float[] first;
    final float[] second;

    private final ConvKernels kernels;
    private final int depth;
    private final MapLayout from;
    private final int[] positions; // (float) position in the matrix; empty for a dense layer
    private final int[] pruned; // of a dense layer, positions that stay zero
    private final int live;
    private final int[] starts; // (output channel) where its live weights stand
    private final int[] offsets; // of a dense layer by term of the window, else by weight
    private final float[] packed;
    private boolean packedStale = true;
    private final Back[] back;
    private boolean backStale = true;
    private final Absolute absolute = new Absolute();
    private float @Nullable [] radiusGradients; // made when bounds are first wanted

    /** Absolute values for bounds, made when they are wanted. */
    private static final class Absolute {
        float @Nullable [] values;
        float @Nullable [] packed;
        boolean stale = true;
        boolean backStale = true;
    }

    /** One phase of the input gradient, or a part of one. */
    private static final class Back {
        final Phases.Phase phase;
        final int depth;
        final Positions positions;
        final int[] starts;
        final int[] offsets;
        final int[] from; // of dense weights by (input channel, term), of sparse ones by weight: index into values
        final float[] values;
        final float[] packed;
        float @Nullable [] absolute; // values
        float @Nullable [] absolutePacked;

        Back(Phases.Phase phase, int depth, Positions positions, int[] starts, int[] offsets, int[] from, int packed) {
            this.phase = phase;
            this.depth = depth;
            this.positions = positions;
            this.starts = starts;
            this.offsets = offsets;
            this.from = from;
            values = new float[from.length];
            this.packed = new float[packed];
        }
    }

    /**
     * A convolution with all zero weights.
     *
     * @param survivors positions of surviving weights
     * @param alive those of them that lie on a path from an input to a logit
     * @param from layout of the input, with a border of at least the padding
     * @param to layout of the output, with the border that {@link Phases#border} says
     */
    ConvWeights(
            Operation.Conv2d conv,
            ConvKernels kernels,
            BitSet survivors,
            BitSet alive,
            boolean dense,
            MapLayout from,
            MapLayout to,
            List<Phases.Phase> phases) {
        this.conv = conv;
        this.kernels = kernels;
        this.dense = dense;
        this.from = from;
        depth = conv.inputs() * conv.kernel() * conv.kernel();
        int all = Math.multiplyExact(depth, conv.outputs());
        starts = new int[conv.outputs() + 1];
        if (dense) {
            count = all;
            live = all;
            positions = new int[0];
            BitSet rest = new BitSet();
            rest.set(0, all);
            rest.andNot(survivors);
            pruned = rest.stream().toArray();
            offsets = new int[depth];
            for (int k = 0; k < depth; k++) {
                offsets[k] = offset(k);
            }
            packed = new float[kernels.packedSize(conv.outputs(), depth)];
        } else {
            BitSet rest = (BitSet) survivors.clone();
            rest.andNot(alive);
            live = alive.cardinality();
            count = live + rest.cardinality();
            positions = new int[count];
            pruned = new int[0];
            offsets = new int[live];
            int at = 0;
            for (int position = alive.nextSetBit(0); position >= 0; position = alive.nextSetBit(position + 1)) {
                starts[position / depth + 1]++;
                offsets[at] = offset(position % depth);
                positions[at++] = position;
            }
            for (int position = rest.nextSetBit(0); position >= 0; position = rest.nextSetBit(position + 1)) {
                positions[at++] = position;
            }
            for (int o = 0; o < conv.outputs(); o++) {
                starts[o + 1] += starts[o];
            }
            packed = new float[0];
        }
        int padded = CompactLayer.padded(count);
        values = new float[padded];
        gradients = new float[padded];
        first = new float[padded];
        second = new float[padded];
        back = new Back[phases.size()];
        for (int p = 0; p < back.length; p++) {
            back[p] = dense ? denseBack(phases.get(p), to) : sparseBack(phases.get(p), to);
        }
    }

    /** Where the outputs stand and where their windows begin. */
    static Positions positions(Operation.Conv2d conv, MapLayout from, MapLayout to) {
        int row = (int) ActivationPanels.ROW_BYTES;
        return new Positions(
                to.height(),
                to.width(),
                conv.stride() * from.rowBytes(),
                conv.stride() * row,
                to.rowBytes(),
                row,
                to.planeBytes());
    }

    /** Byte offset in a window of a term (input channel, row, column). */
    private int offset(int term) {
        int area = conv.kernel() * conv.kernel();
        int tap = term % area;
        return Math.toIntExact(term / area * from.planeBytes()
                + (long) (tap / conv.kernel()) * from.rowBytes()
                + tap % conv.kernel() * ActivationPanels.ROW_BYTES);
    }

    private int position(int output, int input, int row, int column) {
        return output * depth + (input * conv.kernel() + row) * conv.kernel() + column;
    }

    private Back denseBack(Phases.Phase phase, MapLayout to) {
        int terms = phase.depth(conv);
        int[] tapOffsets = new int[terms];
        int[] source = new int[conv.inputs() * terms];
        for (int i = 0; i < conv.inputs(); i++) {
            int term = 0;
            for (int o = 0; o < conv.outputs(); o++) {
                for (int y = 0; y < phase.rows().taps(); y++) {
                    for (int x = 0; x < phase.columns().taps(); x++) {
                        tapOffsets[term] = phase.tap(to, o, y, x);
                        source[i * terms + term] = position(
                                o,
                                i,
                                phase.rows().tap() + y * conv.stride(),
                                phase.columns().tap() + x * conv.stride());
                        term++;
                    }
                }
            }
        }
        return new Back(
                phase,
                terms,
                phase.positions(conv, to, from),
                new int[0],
                tapOffsets,
                source,
                kernels.packedSize(conv.inputs(), terms));
    }

    /** The live weights of a phase by input channel, each in the order of (output channel, row, column). */
    private Back sparseBack(Phases.Phase phase, MapLayout to) {
        int area = conv.kernel() * conv.kernel();
        int[] heads = new int[conv.inputs() + 1];
        for (int k = 0; k < live; k++) {
            if (inPhase(phase, positions[k] % area)) {
                heads[positions[k] % depth / area + 1]++;
            }
        }
        for (int i = 0; i < conv.inputs(); i++) {
            heads[i + 1] += heads[i];
        }
        int[] next = heads.clone();
        int[] tapOffsets = new int[heads[conv.inputs()]];
        int[] source = new int[tapOffsets.length];
        for (int k = 0; k < live; k++) {
            int tap = positions[k] % area;
            if (inPhase(phase, tap)) {
                int at = next[positions[k] % depth / area]++;
                tapOffsets[at] = phase.tap(
                        to,
                        positions[k] / depth,
                        phase.rows().tapOf(tap / conv.kernel(), conv.stride()),
                        phase.columns().tapOf(tap % conv.kernel(), conv.stride()));
                source[at] = k;
            }
        }
        return new Back(phase, 0, phase.positions(conv, to, from), heads, tapOffsets, source, 0);
    }

    private boolean inPhase(Phases.Phase phase, int tap) {
        return phase.rows().tapOf(tap / conv.kernel(), conv.stride()) >= 0
                && phase.columns().tapOf(tap % conv.kernel(), conv.stride()) >= 0;
    }

    /**
     * From the inputs to the outputs.
     *
     * @param absolute whether to take the weights' absolute values
     * @param to byte offset of the first output in a panel
     */
    void forward(
            boolean absolute,
            float @Nullable [] biases,
            ActivationPanels in,
            int panel,
            ActivationPanels out,
            int outPanel,
            Positions at,
            long to,
            Epilogue finish) {
        long window = in.row(panel, 0) + from.offset(0, -conv.padding(), -conv.padding());
        long first = out.row(outPanel, 0) + to;
        if (dense) {
            kernels.dense(
                    absolute ? absolutePacked() : packed(),
                    conv.outputs(),
                    depth,
                    offsets,
                    biases,
                    in.memory(),
                    window,
                    out.memory(),
                    first,
                    at,
                    finish,
                    out.memory(),
                    0);
        } else {
            kernels.sparse(
                    absolute ? absoluteValues() : values,
                    starts,
                    offsets,
                    conv.outputs(),
                    biases,
                    in.memory(),
                    window,
                    out.memory(),
                    first,
                    at,
                    finish,
                    out.memory(),
                    0);
        }
    }

    private float[] packed() {
        if (packedStale) {
            kernels.pack(values, conv.outputs(), depth, packed);
            packedStale = false;
        }
        return packed;
    }

    private float[] absoluteValues() {
        float[] made = absolute.values;
        if (made == null || absolute.stale) {
            made = LayerMatmul.absolute(values, made);
            absolute.values = made;
            if (dense) {
                float[] room = absolute.packed == null ? new float[packed.length] : absolute.packed;
                kernels.pack(made, conv.outputs(), depth, room);
                absolute.packed = room;
            }
            absolute.stale = false;
        }
        return made;
    }

    private float[] absolutePacked() {
        absoluteValues();
        return Objects.requireNonNull(absolute.packed);
    }

    /** Room for gradients of the weights' absolute values, in the order of the values. */
    float[] radiusGradients() {
        float[] made = radiusGradients;
        if (made == null) {
            made = new float[values.length];
            radiusGradients = made;
        }
        return made;
    }

    /**
     * From the outputs' gradient to the inputs', of all inputs inside the border.
     *
     * @param absolute whether to take the weights' absolute values
     */
    void backward(
            boolean absolute,
            ActivationPanels delta,
            int panel,
            MapLayout to,
            ActivationPanels out,
            int outPanel,
            Epilogue finish,
            ActivationPanels gate) {
        if (backStale) {
            for (Back phase : back) {
                for (int k = 0; k < phase.from.length; k++) {
                    phase.values[k] = values[phase.from[k]];
                }
                if (dense) {
                    kernels.pack(phase.values, conv.inputs(), phase.depth, phase.packed);
                }
            }
            backStale = false;
        }
        if (absolute && this.absolute.backStale) {
            for (Back phase : back) {
                phase.absolute = LayerMatmul.absolute(phase.values, phase.absolute);
                if (dense) {
                    float[] room = phase.absolutePacked == null ? new float[phase.packed.length] : phase.absolutePacked;
                    kernels.pack(phase.absolute, conv.inputs(), phase.depth, room);
                    phase.absolutePacked = room;
                }
            }
            this.absolute.backStale = false;
        }
        for (Back phase : back) {
            long windows = delta.row(panel, 0) + phase.phase.windows(to);
            long inputs = phase.phase.inputs(from);
            if (dense) {
                kernels.dense(
                        absolute ? Objects.requireNonNull(phase.absolutePacked) : phase.packed,
                        conv.inputs(),
                        phase.depth,
                        phase.offsets,
                        null,
                        delta.memory(),
                        windows,
                        out.memory(),
                        out.row(outPanel, 0) + inputs,
                        phase.positions,
                        finish,
                        gate.memory(),
                        gate.row(panel, 0) + inputs);
            } else {
                kernels.sparse(
                        absolute ? Objects.requireNonNull(phase.absolute) : phase.values,
                        phase.starts,
                        phase.offsets,
                        conv.inputs(),
                        null,
                        delta.memory(),
                        windows,
                        out.memory(),
                        out.row(outPanel, 0) + inputs,
                        phase.positions,
                        finish,
                        gate.memory(),
                        gate.row(panel, 0) + inputs);
            }
        }
    }

    /** Gradients of the weights into an array of the order of the values; of weights that are not live they are zero. */
    void gradient(
            ActivationPanels delta,
            long deltaAt,
            ActivationPanels in,
            int firstPanel,
            int panels,
            Positions at,
            float[] into) {
        long windows = in.row(firstPanel, 0) + from.offset(0, -conv.padding(), -conv.padding());
        long deltas = delta.row(firstPanel, 0) + deltaAt;
        long deltaPanel = delta.features() * ActivationPanels.ROW_BYTES;
        long inPanel = in.features() * ActivationPanels.ROW_BYTES;
        if (dense) {
            kernels.denseGradient(
                    delta.memory(),
                    deltas,
                    deltaPanel,
                    conv.outputs(),
                    in.memory(),
                    windows,
                    inPanel,
                    offsets,
                    depth,
                    at,
                    panels,
                    into);
            zero(into);
        } else {
            kernels.sparseGradient(
                    delta.memory(),
                    deltas,
                    deltaPanel,
                    starts,
                    conv.outputs(),
                    in.memory(),
                    windows,
                    inPanel,
                    offsets,
                    at,
                    panels,
                    into);
            Arrays.fill(into, live, into.length, 0f);
        }
    }

    /** To be called when the values have changed. */
    void changed() {
        packedStale = true;
        backStale = true;
        absolute.stale = true;
        absolute.backStale = true;
    }

    /** Zeroes what a dense layer's pruned weights hold in an array of this order. */
    void zero(float[] floats) {
        for (int position : pruned) {
            floats[position] = 0f;
        }
    }

    /** Spreads floats of this order into a matrix that holds zeros. */
    void spread(float[] compact, float[] into) {
        if (dense) {
            System.arraycopy(compact, 0, into, 0, count);
            return;
        }
        for (int k = 0; k < count; k++) {
            into[positions[k]] = compact[k];
        }
    }

    /** The reverse of {@link #spread}; pruned ones become zero. */
    void gather(float[] matrix, float[] compact) {
        if (dense) {
            System.arraycopy(matrix, 0, compact, 0, count);
            zero(compact);
            return;
        }
        for (int k = 0; k < count; k++) {
            compact[k] = matrix[positions[k]];
        }
    }
}
