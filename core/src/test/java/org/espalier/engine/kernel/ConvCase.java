package org.espalier.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.ConvKernels.Positions;
import org.espalier.engine.kernel.Kernels.Epilogue;

/** A random convolution, run through the kernels, and the same in float64 from its definition. */
final class ConvCase {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = ActivationPanels.LANES;
    private static final int ROW = (int) ActivationPanels.ROW_BYTES;

    /** Sizes of a convolution; the share of weights that survive, in hundredths. */
    record Shape(
            int channels,
            int outputs,
            int height,
            int width,
            int kernelHeight,
            int kernelWidth,
            int stride,
            int padding,
            int survive,
            int panels) {
        int outHeight() {
            return (height + 2 * padding - kernelHeight) / stride + 1;
        }

        int outWidth() {
            return (width + 2 * padding - kernelWidth) / stride + 1;
        }

        int depth() {
            return channels * kernelHeight * kernelWidth;
        }
    }

    /** A map with a zero border. */
    record Padded(MemorySegment memory, int channels, int height, int width, int border) {
        static Padded of(int channels, int height, int width, int border, int panels) {
            long bytes = (long) channels * (height + 2 * border) * (width + 2 * border) * ROW * panels;
            return new Padded(Arena.ofAuto().allocate(bytes, 64), channels, height, width, border);
        }

        int row() {
            return (width + 2 * border) * ROW;
        }

        long channel() {
            return (long) (height + 2 * border) * row();
        }

        long panel() {
            return channels * channel();
        }

        /** Of a place that may lie in the border. */
        long at(int channel, int y, int x) {
            return channel * channel() + (long) (y + border) * row() + (long) (x + border) * ROW;
        }

        float get(int panel, int channel, int y, int x, int lane) {
            return memory.get(FLOAT, panel * panel() + at(channel, y, x) + lane * 4L);
        }

        void fill(Random random, int panels) {
            for (int p = 0; p < panels; p++) {
                for (int c = 0; c < channels; c++) {
                    for (int y = 0; y < height; y++) {
                        for (int x = 0; x < width; x++) {
                            for (int lane = 0; lane < LANES; lane++) {
                                float value = random.nextInt(4) == 0 ? 0f : random.nextFloat() * 2 - 1;
                                memory.set(FLOAT, p * panel() + at(c, y, x) + lane * 4L, value);
                            }
                        }
                    }
                }
            }
        }
    }

    final Shape shape;
    /** With zeros for pruned weights. */
    final float[] weights;

    final float[] biases;
    final Padded in;
    final Padded delta;
    final Padded outGate;
    final Padded inGate;

    ConvCase(Shape shape, long seed) {
        this.shape = shape;
        Random random = new Random(seed);
        weights = new float[shape.outputs * shape.depth()];
        for (int i = 0; i < weights.length; i++) {
            boolean survives = random.nextInt(100) < shape.survive;
            // one row of some is empty and one is full, whatever the density
            int row = i / shape.depth();
            survives = row == 1 ? false : row == 2 || survives;
            weights[i] = survives ? random.nextFloat() * 2 - 1 : 0f;
        }
        biases = new float[shape.outputs];
        for (int r = 0; r < biases.length; r++) {
            biases[r] = random.nextInt(5) == 0 ? -0f : random.nextFloat() - 0.5f;
        }
        int reach = Math.max(shape.kernelHeight, shape.kernelWidth);
        in = Padded.of(shape.channels, shape.height, shape.width, shape.padding, shape.panels);
        in.fill(random, shape.panels);
        delta = Padded.of(shape.outputs, shape.outHeight(), shape.outWidth(), reach, shape.panels);
        delta.fill(random, shape.panels);
        outGate = Padded.of(shape.outputs, shape.outHeight(), shape.outWidth(), 1, shape.panels);
        outGate.fill(random, shape.panels);
        inGate = Padded.of(shape.channels, shape.height, shape.width, shape.padding, shape.panels);
        inGate.fill(random, shape.panels);
    }

    /** Outputs of all panels by the dense or the sparse kernel; the map has a border, which must stay as it is. */
    float[] forward(ConvKernels kernels, boolean sparse, Epilogue finish, boolean biased) {
        Padded out = Padded.of(shape.outputs, shape.outHeight(), shape.outWidth(), 1, shape.panels);
        Positions at = new Positions(
                shape.outHeight(),
                shape.outWidth(),
                shape.stride * in.row(),
                shape.stride * ROW,
                out.row(),
                ROW,
                out.channel());
        for (int p = 0; p < shape.panels; p++) {
            product(
                    kernels,
                    sparse,
                    weights,
                    shape.outputs,
                    offsets(),
                    biased ? biases : null,
                    in,
                    p * in.panel(),
                    out,
                    p * out.panel() + out.at(0, 0, 0),
                    at,
                    finish,
                    outGate);
        }
        return floats(out, 0);
    }

    /** Gradient of the input of all panels, phase by phase of the stride. */
    float[] inputGradient(ConvKernels kernels, boolean sparse, Epilogue finish) {
        Padded out = Padded.of(shape.channels, shape.height, shape.width, shape.padding, shape.panels);
        int s = shape.stride;
        for (int py = 0; py < s; py++) {
            for (int px = 0; px < s; px++) {
                phase(kernels, sparse, finish, out, py, px);
            }
        }
        return floats(out, 0);
    }

    private void phase(ConvKernels kernels, boolean sparse, Epilogue finish, Padded out, int py, int px) {
        int s = shape.stride;
        int y0 = first(py);
        int x0 = first(px);
        int height = (shape.height - y0 + s - 1) / s;
        int width = (shape.width - x0 + s - 1) / s;
        if (height <= 0 || width <= 0) {
            return;
        }
        int down = (shape.kernelHeight - py + s - 1) / s;
        int across = (shape.kernelWidth - px + s - 1) / s;
        int depth = shape.outputs * Math.max(down, 0) * Math.max(across, 0);
        float[] matrix = new float[shape.channels * depth];
        int[] offsets = new int[depth];
        int k = 0;
        // The window of the first place: its last row and column of delta; offsets go back from there.
        int qy = (y0 + shape.padding - py) / s;
        int qx = (x0 + shape.padding - px) / s;
        long from = delta.at(0, qy, qx);
        for (int o = 0; o < shape.outputs; o++) {
            for (int ky = py; ky < shape.kernelHeight; ky += s) {
                for (int kx = px; kx < shape.kernelWidth; kx += s, k++) {
                    offsets[k] = Math.toIntExact(delta.at(o, qy - ky / s, qx - kx / s) - from);
                    for (int c = 0; c < shape.channels; c++) {
                        matrix[c * depth + k] = weights[weight(o, c, ky, kx)];
                    }
                }
            }
        }
        Positions at = new Positions(height, width, delta.row(), ROW, s * out.row(), s * ROW, out.channel());
        for (int p = 0; p < shape.panels; p++) {
            product(
                    kernels,
                    sparse,
                    matrix,
                    shape.channels,
                    offsets,
                    null,
                    delta,
                    p * delta.panel() + from,
                    out,
                    p * out.panel() + out.at(0, y0, x0),
                    at,
                    finish,
                    inGate);
        }
    }

    /** First row or column of the input that lies in a phase of the padded one. */
    private int first(int phase) {
        return Math.floorMod(phase - shape.padding, shape.stride);
    }

    private static void product(
            ConvKernels kernels,
            boolean sparse,
            float[] matrix,
            int rows,
            int[] offsets,
            float[] biases,
            Padded in,
            long from,
            Padded out,
            long to,
            Positions at,
            Epilogue finish,
            Padded gate) {
        int depth = offsets.length;
        if (sparse) {
            int[] starts = starts(matrix, rows, depth);
            kernels.sparse(
                    surviving(matrix),
                    starts,
                    survivingOffsets(matrix, offsets, rows),
                    rows,
                    biases,
                    in.memory,
                    from,
                    out.memory,
                    to,
                    at,
                    finish,
                    gate.memory,
                    to);
            return;
        }
        float[] packed = new float[kernels.packedSize(rows, depth)];
        kernels.pack(matrix, rows, depth, packed);
        kernels.dense(
                packed, rows, depth, offsets, biases, in.memory, from, out.memory, to, at, finish, gate.memory, to);
    }

    /** Gradients of all weights, zero for pruned ones if sparse, then those of the biases. */
    float[] weightGradient(ConvKernels kernels, boolean sparse) {
        Positions at = new Positions(
                shape.outHeight(),
                shape.outWidth(),
                shape.stride * in.row(),
                shape.stride * ROW,
                delta.row(),
                ROW,
                delta.channel());
        float[] out = new float[weights.length + shape.outputs];
        long from = delta.at(0, 0, 0);
        if (sparse) {
            int[] starts = starts(weights, shape.outputs, shape.depth());
            float[] values = new float[starts[shape.outputs]];
            kernels.sparseGradient(
                    delta.memory,
                    from,
                    delta.panel(),
                    starts,
                    shape.outputs,
                    in.memory,
                    0,
                    in.panel(),
                    survivingOffsets(weights, offsets(), shape.outputs),
                    at,
                    shape.panels,
                    values);
            int j = 0;
            for (int i = 0; i < weights.length; i++) {
                out[i] = weights[i] == 0 ? 0 : values[j++];
            }
        } else {
            kernels.denseGradient(
                    delta.memory,
                    from,
                    delta.panel(),
                    shape.outputs,
                    in.memory,
                    0,
                    in.panel(),
                    offsets(),
                    shape.depth(),
                    at,
                    shape.panels,
                    out);
        }
        float[] sums = new float[shape.outputs];
        kernels.biasGradient(delta.memory, from, delta.panel(), shape.outputs, at, shape.panels, sums);
        System.arraycopy(sums, 0, out, weights.length, sums.length);
        return out;
    }

    private int weight(int o, int c, int ky, int kx) {
        return ((o * shape.channels + c) * shape.kernelHeight + ky) * shape.kernelWidth + kx;
    }

    private int[] offsets() {
        int[] offsets = new int[shape.depth()];
        int k = 0;
        for (int c = 0; c < shape.channels; c++) {
            for (int ky = 0; ky < shape.kernelHeight; ky++) {
                for (int kx = 0; kx < shape.kernelWidth; kx++) {
                    offsets[k++] = (int) (c * in.channel() + ky * in.row() + kx * ROW);
                }
            }
        }
        return offsets;
    }

    private static int[] starts(float[] matrix, int rows, int depth) {
        int[] starts = new int[rows + 1];
        for (int i = 0; i < rows * depth; i++) {
            starts[i / depth + 1] += matrix[i] == 0 ? 0 : 1;
        }
        for (int r = 0; r < rows; r++) {
            starts[r + 1] += starts[r];
        }
        return starts;
    }

    private static float[] surviving(float[] matrix) {
        float[] values = new float[matrix.length];
        int j = 0;
        for (float w : matrix) {
            if (w != 0) {
                values[j++] = w;
            }
        }
        return Arrays.copyOf(values, j);
    }

    private static int[] survivingOffsets(float[] matrix, int[] offsets, int rows) {
        int[] survivors = new int[matrix.length];
        int j = 0;
        for (int i = 0; i < matrix.length; i++) {
            if (matrix[i] != 0) {
                survivors[j++] = offsets[i % offsets.length];
            }
        }
        return Arrays.copyOf(survivors, j);
    }

    /** All of a map, its border included, which nothing may have written to. */
    private float[] floats(Padded map, int from) {
        float[] values = new float[(int) (map.panel() / 4) * shape.panels];
        MemorySegment.copy(map.memory, FLOAT, from, values, 0, values.length);
        return values;
    }

    /** In float64; places as {@link #forward} gives them. */
    double[] expectedForward(Epilogue finish, boolean biased) {
        Padded out = Padded.of(shape.outputs, shape.outHeight(), shape.outWidth(), 1, shape.panels);
        double[] values = new double[(int) (out.panel() / 4) * shape.panels];
        for (int p = 0; p < shape.panels; p++) {
            for (int o = 0; o < shape.outputs; o++) {
                for (int y = 0; y < shape.outHeight(); y++) {
                    for (int x = 0; x < shape.outWidth(); x++) {
                        for (int lane = 0; lane < LANES; lane++) {
                            double sum = biased ? biases[o] : 0;
                            for (int c = 0; c < shape.channels; c++) {
                                for (int ky = 0; ky < shape.kernelHeight; ky++) {
                                    for (int kx = 0; kx < shape.kernelWidth; kx++) {
                                        sum += (double) weights[weight(o, c, ky, kx)]
                                                * input(p, c, y * shape.stride + ky, x * shape.stride + kx, lane);
                                    }
                                }
                            }
                            values[(int) ((p * out.panel() + out.at(o, y, x)) / 4) + lane] =
                                    finish(sum, finish, outGate.get(p, o, y, x, lane));
                        }
                    }
                }
            }
        }
        return values;
    }

    private static double finish(double sum, Epilogue finish, float gate) {
        return switch (finish) {
            case LINEAR -> sum;
            case RELU -> Math.max(sum, 0);
            case GATE -> gate > 0 ? sum : 0;
        };
    }

    /** At a place of the padded image. */
    private float input(int panel, int channel, int y, int x, int lane) {
        int row = y - shape.padding;
        int column = x - shape.padding;
        boolean inside = row >= 0 && row < shape.height && column >= 0 && column < shape.width;
        return inside ? in.get(panel, channel, row, column, lane) : 0;
    }

    /** In float64: every output's delta, spread over the weights and inputs that made it. */
    double[] expectedInputGradient(Epilogue finish) {
        double[] values = new double[(int) (in.panel() / 4) * shape.panels];
        spread((p, o, c, ky, kx, y, x, lane, d) -> {
            int row = y * shape.stride + ky - shape.padding;
            int column = x * shape.stride + kx - shape.padding;
            if (row >= 0 && row < shape.height && column >= 0 && column < shape.width) {
                values[(int) ((p * in.panel() + in.at(c, row, column)) / 4) + lane] +=
                        d * weights[weight(o, c, ky, kx)];
            }
        });
        for (int i = 0; i < values.length; i++) {
            values[i] = finish(values[i], finish, inGate.memory.get(FLOAT, i * 4L));
        }
        return values;
    }

    double[] expectedWeightGradient(boolean sparse) {
        double[] values = new double[weights.length + shape.outputs];
        spread((p, o, c, ky, kx, y, x, lane, d) -> {
            int at = weight(o, c, ky, kx);
            if (!sparse || weights[at] != 0) {
                values[at] += d * input(p, c, y * shape.stride + ky, x * shape.stride + kx, lane);
            }
            values[weights.length + o] += c + ky + kx == 0 ? d : 0;
        });
        return values;
    }

    private interface Term {
        void add(int panel, int o, int c, int ky, int kx, int y, int x, int lane, double delta);
    }

    private void spread(Term term) {
        for (int p = 0; p < shape.panels; p++) {
            for (int o = 0; o < shape.outputs; o++) {
                for (int y = 0; y < shape.outHeight(); y++) {
                    for (int x = 0; x < shape.outWidth(); x++) {
                        for (int lane = 0; lane < LANES; lane++) {
                            double d = delta.get(p, o, y, x, lane);
                            for (int k = 0; k < shape.depth(); k++) {
                                int area = shape.kernelHeight * shape.kernelWidth;
                                int ky = k % area / shape.kernelWidth;
                                term.add(p, o, k / area, ky, k % shape.kernelWidth, y, x, lane, d);
                            }
                        }
                    }
                }
            }
        }
    }
}
