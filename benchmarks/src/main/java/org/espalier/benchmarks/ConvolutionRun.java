package org.espalier.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.ops.KernelChoice;

/** One layer's maps, weights and tables of offsets, and the kernels' calls over them. */
final class ConvolutionRun {
    private static final int PLACE = (int) ActivationPanels.ROW_BYTES;

    private final ConvolutionLayer layer;
    private final int panels;
    private final ConvKernels kernels = KernelChoice.chosen().convolutions();
    private final float[] weights;
    private final float[] packed;
    private final float[] biases;
    private final int[] offsets;
    private final Sparse sparse;
    private final Map in;
    private final Map out;
    private final Positions forward;
    private final Positions gradient;
    private final List<Phase> phases = new ArrayList<>();
    private final float[] gradients;

    private record Sparse(float[] values, int[] starts, int[] offsets) {}

    private record Phase(
            int depth, int[] offsets, float[] packed, Sparse sparse, Positions at, long from, long to, long terms) {}

    private record Map(MemorySegment memory, int channels, int size, int border) {
        static Map of(int channels, int size, int border, int panels, Random random) {
            Map map = new Map(MemorySegment.NULL, channels, size, border);
            MemorySegment memory = Arena.ofAuto().allocate(map.panel() * panels, 64);
            map = new Map(memory, channels, size, border);
            for (int p = 0; p < panels; p++) {
                for (int c = 0; c < channels; c++) {
                    for (int y = 0; y < size; y++) {
                        for (int x = 0; x < size; x++) {
                            for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
                                memory.set(
                                        ValueLayout.JAVA_FLOAT,
                                        p * map.panel() + map.at(c, y, x) + lane * 4L,
                                        random.nextFloat() - 0.5f);
                            }
                        }
                    }
                }
            }
            return map;
        }

        int row() {
            return (size + 2 * border) * PLACE;
        }

        long channel() {
            return (long) (size + 2 * border) * row();
        }

        long panel() {
            return channels * channel();
        }

        long at(int channel, int y, int x) {
            return channel * channel() + (long) (y + border) * row() + (long) (x + border) * PLACE;
        }
    }

    ConvolutionRun(ConvolutionLayer layer, int examples, double density) {
        this.layer = layer;
        panels = ActivationPanels.panelsFor(examples);
        Random random = new Random(1);
        weights = new float[layer.outputs() * layer.depth()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextDouble() < density ? random.nextFloat() - 0.5f : 0f;
        }
        biases = new float[layer.outputs()];
        packed = pack(weights, layer.outputs(), layer.depth());
        in = Map.of(layer.channels(), layer.size(), layer.padding(), panels, random);
        int border = (layer.kernel() - 1) / layer.stride();
        out = Map.of(layer.outputs(), layer.outSize(), border, panels, random);
        offsets = new int[layer.depth()];
        int k = 0;
        for (int c = 0; c < layer.channels(); c++) {
            for (int ky = 0; ky < layer.kernel(); ky++) {
                for (int kx = 0; kx < layer.kernel(); kx++) {
                    offsets[k++] = (int) (c * in.channel() + ky * in.row() + kx * PLACE);
                }
            }
        }
        sparse = sparse(weights, layer.outputs(), offsets);
        int s = layer.stride();
        forward = new Positions(
                layer.outSize(), layer.outSize(), s * in.row(), s * PLACE, out.row(), PLACE, out.channel());
        gradient = forward;
        for (int py = 0; py < s; py++) {
            for (int px = 0; px < s; px++) {
                phase(py, px);
            }
        }
        gradients = new float[weights.length];
    }

    /** The places of the input whose row and column, from the border's on, are py and px modulo the stride. */
    private void phase(int py, int px) {
        int s = layer.stride();
        int y0 = Math.floorMod(py - layer.padding(), s);
        int x0 = Math.floorMod(px - layer.padding(), s);
        int height = (layer.size() - y0 + s - 1) / s;
        int width = (layer.size() - x0 + s - 1) / s;
        int qy = (y0 + layer.padding() - py) / s;
        int qx = (x0 + layer.padding() - px) / s;
        // Rows that no output reads, at the far end of some images, have no window.
        height = Math.min(height, layer.outSize() + (layer.kernel() - 1 - py) / s - qy);
        width = Math.min(width, layer.outSize() + (layer.kernel() - 1 - px) / s - qx);
        int depth = layer.outputs() * ((layer.kernel() - py + s - 1) / s) * ((layer.kernel() - px + s - 1) / s);
        float[] matrix = new float[layer.channels() * depth];
        int[] table = new int[depth];
        long from = out.at(0, qy, qx);
        int k = 0;
        for (int o = 0; o < layer.outputs(); o++) {
            for (int ky = py; ky < layer.kernel(); ky += s) {
                for (int kx = px; kx < layer.kernel(); kx += s, k++) {
                    table[k] = Math.toIntExact(out.at(o, qy - ky / s, qx - kx / s) - from);
                    for (int c = 0; c < layer.channels(); c++) {
                        matrix[c * depth + k] =
                                weights[((o * layer.channels() + c) * layer.kernel() + ky) * layer.kernel() + kx];
                    }
                }
            }
        }
        Positions at = new Positions(height, width, out.row(), PLACE, s * in.row(), s * PLACE, in.channel());
        phases.add(new Phase(
                depth,
                table,
                pack(matrix, layer.channels(), depth),
                sparse(matrix, layer.channels(), table),
                at,
                from,
                in.at(0, y0, x0),
                (long) height * width));
    }

    private float[] pack(float[] matrix, int rows, int depth) {
        float[] to = new float[kernels.packedSize(rows, depth)];
        kernels.pack(matrix, rows, depth, to);
        return to;
    }

    private static Sparse sparse(float[] matrix, int rows, int[] offsets) {
        int depth = offsets.length;
        float[] values = new float[matrix.length];
        int[] surviving = new int[matrix.length];
        int[] starts = new int[rows + 1];
        int j = 0;
        for (int i = 0; i < matrix.length; i++) {
            if (matrix[i] != 0) {
                values[j] = matrix[i];
                surviving[j++] = offsets[i % depth];
            }
            starts[i / depth + 1] = j;
        }
        return new Sparse(Arrays.copyOf(values, j), starts, Arrays.copyOf(surviving, j));
    }

    /** Useful floating-point operations of a direction: 0 forward, 1 input gradient, 2 weight gradient. */
    double operations(int direction) {
        double each = 2.0 * ActivationPanels.LANES * panels;
        if (direction != 1) {
            return each * sparse.values.length * layer.outSize() * layer.outSize();
        }
        double sum = 0;
        for (Phase phase : phases) {
            sum += each * phase.sparse.values.length * phase.terms;
        }
        return sum;
    }

    void forward() {
        for (int p = 0; p < panels; p++) {
            long to = p * out.panel() + out.at(0, 0, 0);
            kernels.dense(
                    packed,
                    layer.outputs(),
                    layer.depth(),
                    offsets,
                    biases,
                    in.memory,
                    p * in.panel(),
                    out.memory,
                    to,
                    forward,
                    Epilogue.RELU,
                    out.memory,
                    to);
        }
    }

    void sparseForward() {
        for (int p = 0; p < panels; p++) {
            long to = p * out.panel() + out.at(0, 0, 0);
            kernels.sparse(
                    sparse.values,
                    sparse.starts,
                    sparse.offsets,
                    layer.outputs(),
                    biases,
                    in.memory,
                    p * in.panel(),
                    out.memory,
                    to,
                    forward,
                    Epilogue.RELU,
                    out.memory,
                    to);
        }
    }

    void inputGradient() {
        for (int p = 0; p < panels; p++) {
            for (Phase phase : phases) {
                kernels.dense(
                        phase.packed,
                        layer.channels(),
                        phase.depth,
                        phase.offsets,
                        null,
                        out.memory,
                        p * out.panel() + phase.from,
                        in.memory,
                        p * in.panel() + phase.to,
                        phase.at,
                        Epilogue.LINEAR,
                        in.memory,
                        0);
            }
        }
    }

    void sparseInputGradient() {
        for (int p = 0; p < panels; p++) {
            for (Phase phase : phases) {
                kernels.sparse(
                        phase.sparse.values,
                        phase.sparse.starts,
                        phase.sparse.offsets,
                        layer.channels(),
                        null,
                        out.memory,
                        p * out.panel() + phase.from,
                        in.memory,
                        p * in.panel() + phase.to,
                        phase.at,
                        Epilogue.LINEAR,
                        in.memory,
                        0);
            }
        }
    }

    void weightGradient() {
        kernels.denseGradient(
                out.memory,
                out.at(0, 0, 0),
                out.panel(),
                layer.outputs(),
                in.memory,
                0,
                in.panel(),
                offsets,
                layer.depth(),
                gradient,
                panels,
                gradients);
    }

    void sparseWeightGradient() {
        kernels.sparseGradient(
                out.memory,
                out.at(0, 0, 0),
                out.panel(),
                sparse.starts,
                layer.outputs(),
                in.memory,
                0,
                in.panel(),
                sparse.offsets,
                gradient,
                panels,
                gradients);
    }
}
