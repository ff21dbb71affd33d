package org.espalier.engine.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Weights;

/**
 * Batch norm. Sums over a batch are taken in double, 16 chains (lane modulo 16) over panels, rows, columns and lanes in that
 * order, joined in the order of the lanes, so that they do not depend on register widths. Padding lanes count in none.
 */
final class NormStep extends Step {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = ActivationPanels.LANES;
    private static final int CHAINS = 16;

    private final Operation.BatchNorm norm;
    private final int number;
    private final MapLayout from;
    private final MapLayout to;
    private final Biases scales;
    private final Biases shifts;
    private final float[] runningMeans;
    private final float[] runningVariances;
    private final double[] chains = new double[CHAINS];
    // Of the batch whose gradient is passed back: the mean of the gradient, and of the gradient times the normalised
    // value.
    private final double[] meanGradients;
    private final double[] meanProducts;
    private int lastPanel;
    private int lastExamples;

    /**
     * A batch norm with statistics of 0 and 1.
     *
     * @param number among the batch norms of the network
     */
    NormStep(Kernels kernels, GraphPlan.Planned plan, Operation.BatchNorm norm, int number) {
        super(kernels, plan);
        this.norm = norm;
        this.number = number;
        from = in.layout();
        to = out.layout();
        scales = new Biases(norm.affine() ? norm.channels() : 0);
        shifts = new Biases(norm.affine() ? norm.channels() : 0);
        runningMeans = new float[norm.channels()];
        runningVariances = new float[norm.channels()];
        meanGradients = new double[norm.channels()];
        meanProducts = new double[norm.channels()];
    }

    @Override
    void load(Weights weights, Mask mask, LivePaths paths) {
        if (norm.affine()) {
            scales.load(weights.values(plan.node() + ".weight"));
            shifts.load(weights.values(plan.node() + ".bias"));
        }
        System.arraycopy(weights.values(plan.node() + ".running_mean"), 0, runningMeans, 0, norm.channels());
        System.arraycopy(weights.values(plan.node() + ".running_var"), 0, runningVariances, 0, norm.channels());
    }

    private float scale(int channel) {
        return norm.affine() ? scales.values[channel] : 1f;
    }

    private float shift(int channel) {
        return norm.affine() ? shifts.values[channel] : 0f;
    }

    private static float inverse(double variance) {
        return (float) (1 / Math.sqrt(variance + Operation.BatchNorm.EPSILON));
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        for (int c = 0; c < norm.channels(); c++) {
            double slope = scale(c) / Math.sqrt(runningVariances[c] + Operation.BatchNorm.EPSILON);
            float shift = (float) (shift(c) - runningMeans[c] * slope);
            affine(buffers, panel, c, (float) slope, shift, buffers.value(out), panel, out.relu);
        }
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels y, int toPanel) {
        for (int c = 0; c < norm.channels(); c++) {
            double slope = scale(c) / Math.sqrt(runningVariances[c] + Operation.BatchNorm.EPSILON);
            float shift = part == Part.WHOLE ? (float) (shift(c) - runningMeans[c] * slope) : 0f;
            float factor = (float) (part == Part.ABSOLUTE ? Math.abs(slope) : slope);
            affine(buffers, panel, c, factor, shift, y, toPanel, false);
        }
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        ActivationPanels gradient = buffers.gradient(out);
        for (int c = 0; c < norm.channels(); c++) {
            double slope = scale(c) / Math.sqrt(runningVariances[c] + Operation.BatchNorm.EPSILON);
            for (int row = 0; row < to.height(); row++) {
                MapOps.scale(
                        gradient.memory(),
                        gradient.row(panel, to.place(c, row, 0)),
                        (float) (absolute ? Math.abs(slope) : slope),
                        target.memory(),
                        target.row(targetPanel, from.place(c, row, 0)),
                        to.width() * LANES,
                        false);
            }
        }
    }

    private void affine(
            GraphBuffers buffers,
            int panel,
            int channel,
            float slope,
            float shift,
            ActivationPanels y,
            int toPanel,
            boolean relu) {
        ActivationPanels x = buffers.value(in);
        for (int row = 0; row < to.height(); row++) {
            MapOps.affine(
                    x.memory(),
                    x.row(panel, from.place(channel, row, 0)),
                    slope,
                    shift,
                    y.memory(),
                    y.row(toPanel, to.place(channel, row, 0)),
                    to.width() * LANES,
                    relu);
        }
    }

    @Override
    boolean wholeBatches() {
        return true;
    }

    @Override
    void trainingForward(GraphBuffers buffers, int firstPanel, int panels, int examples, boolean moves) {
        float[] means = statistics(buffers.means, firstPanel);
        float[] inverses = statistics(buffers.inverses, firstPanel);
        double count = (double) examples * to.height() * to.width();
        for (int c = 0; c < norm.channels(); c++) {
            double mean = sum(buffers, firstPanel, panels, examples, c, Sum.VALUE, 0, 0) / count;
            double variance = sum(buffers, firstPanel, panels, examples, c, Sum.SQUARE, mean, 0) / count;
            means[c] = (float) mean;
            inverses[c] = inverse(variance);
            double slope = scale(c) * (double) inverses[c];
            for (int p = firstPanel; p < firstPanel + panels; p++) {
                float shift = (float) (shift(c) - means[c] * slope);
                affine(buffers, p, c, (float) slope, shift, buffers.value(out), p, out.relu);
            }
            if (!moves) {
                continue;
            }
            double unbiased = count > 1 ? variance * count / (count - 1) : variance;
            runningMeans[c] = moved(runningMeans[c], mean);
            runningVariances[c] = moved(runningVariances[c], unbiased);
        }
    }

    private static float moved(float running, double batch) {
        return (float) ((1 - Operation.BatchNorm.MOMENTUM) * running + Operation.BatchNorm.MOMENTUM * batch);
    }

    private float[] statistics(float[][][] of, int firstPanel) {
        float[] made = of[number][firstPanel];
        if (made == null) {
            made = new float[norm.channels()];
            of[number][firstPanel] = made;
        }
        return made;
    }

    /** What is summed of each place and lane. */
    private enum Sum {
        /** The value. */
        VALUE,
        /** The square of the value less a mean. */
        SQUARE,
        /** The gradient of the output. */
        GRADIENT,
        /** The gradient times the normalised value. */
        PRODUCT
    }

    private double sum(
            GraphBuffers buffers,
            int firstPanel,
            int panels,
            int examples,
            int c,
            Sum what,
            double mean,
            double inverse) {
        Arrays.fill(chains, 0);
        MemorySegment x = buffers.value(in).memory();
        boolean back = what == Sum.GRADIENT || what == Sum.PRODUCT;
        MemorySegment d = back ? buffers.gradient(out).memory() : x;
        for (int p = 0; p < panels; p++) {
            int lanes = Math.min(LANES, examples - p * LANES);
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    long xAt = buffers.value(in).row(firstPanel + p, from.place(c, row, column));
                    long dAt = back ? buffers.gradient(out).row(firstPanel + p, to.place(c, row, column)) : xAt;
                    switch (what) {
                        case VALUE -> {
                            for (int lane = 0; lane < lanes; lane++) {
                                chains[lane % CHAINS] += x.get(FLOAT, xAt + 4L * lane);
                            }
                        }
                        case SQUARE -> {
                            for (int lane = 0; lane < lanes; lane++) {
                                double away = x.get(FLOAT, xAt + 4L * lane) - mean;
                                chains[lane % CHAINS] += away * away;
                            }
                        }
                        case GRADIENT -> {
                            for (int lane = 0; lane < lanes; lane++) {
                                chains[lane % CHAINS] += d.get(FLOAT, dAt + 4L * lane);
                            }
                        }
                        case PRODUCT -> {
                            for (int lane = 0; lane < lanes; lane++) {
                                double normal = (x.get(FLOAT, xAt + 4L * lane) - mean) * inverse;
                                chains[lane % CHAINS] += d.get(FLOAT, dAt + 4L * lane) * normal;
                            }
                        }
                    }
                }
            }
        }
        double sum = 0;
        for (double chain : chains) {
            sum += chain;
        }
        return sum;
    }

    @Override
    void trainingBackward(GraphBuffers buffers, int firstPanel, int panels, int examples) {
        float[] means = statistics(buffers.means, firstPanel);
        float[] inverses = statistics(buffers.inverses, firstPanel);
        double count = (double) examples * to.height() * to.width();
        for (int c = 0; c < norm.channels(); c++) {
            meanGradients[c] = sum(buffers, firstPanel, panels, examples, c, Sum.GRADIENT, 0, 0) / count;
            meanProducts[c] = sum(buffers, firstPanel, panels, examples, c, Sum.PRODUCT, means[c], inverses[c]) / count;
        }
        lastPanel = firstPanel;
        lastExamples = examples;
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        boolean training = buffers.training[panel];
        MemorySegment x = buffers.value(in).memory();
        MemorySegment d = buffers.gradient(out).memory();
        MemorySegment g = target.memory();
        int lanes = training ? Math.clamp(lastExamples - (long) (panel - lastPanel) * LANES, 0, LANES) : LANES;
        float[] means = training ? statistics(buffers.means, lastPanel) : runningMeans;
        for (int c = 0; c < norm.channels(); c++) {
            double inverse = training
                    ? statistics(buffers.inverses, lastPanel)[c]
                    : 1 / Math.sqrt(runningVariances[c] + Operation.BatchNorm.EPSILON);
            double slope = scale(c) * inverse;
            for (int row = 0; row < to.height(); row++) {
                for (int column = 0; column < to.width(); column++) {
                    long xAt = buffers.value(in).row(panel, from.place(c, row, column));
                    long dAt = buffers.gradient(out).row(panel, to.place(c, row, column));
                    long gAt = target.row(targetPanel, from.place(c, row, column));
                    if (!training) {
                        MapOps.scale(d, dAt, (float) slope, g, gAt, LANES, false);
                        continue;
                    }
                    for (int lane = 0; lane < lanes; lane++) {
                        double normal = (x.get(FLOAT, xAt + 4L * lane) - means[c]) * inverse;
                        double centred = d.get(FLOAT, dAt + 4L * lane) - meanGradients[c] - normal * meanProducts[c];
                        g.set(FLOAT, gAt + 4L * lane, (float) (slope * centred));
                    }
                    for (int lane = lanes; lane < LANES; lane++) {
                        g.set(FLOAT, gAt + 4L * lane, 0f);
                    }
                }
            }
        }
    }

    @Override
    void weightGradient(GraphBuffers buffers, int firstPanel, int panels) {
        if (!norm.affine()) {
            return;
        }
        Arrays.fill(scales.gradients, 0f);
        Arrays.fill(shifts.gradients, 0f);
        for (int p = firstPanel; p < firstPanel + panels; ) {
            boolean training = buffers.training[p];
            int together = training ? Math.min(buffers.batchPanels(p), firstPanel + panels - p) : 1;
            int examples = training ? Math.min(buffers.batchExamples(p), together * LANES) : LANES;
            for (int c = 0; c < norm.channels(); c++) {
                double mean = training ? statistics(buffers.means, p)[c] : runningMeans[c];
                double inverse = training ? statistics(buffers.inverses, p)[c] : inverse(runningVariances[c]);
                scales.gradients[c] += (float) sum(buffers, p, together, examples, c, Sum.PRODUCT, mean, inverse);
                shifts.gradients[c] += (float) sum(buffers, p, together, examples, c, Sum.GRADIENT, 0, 0);
            }
            p += together;
        }
    }

    @Override
    void boundGradient(GraphBoundBuffers buffers, int first, boolean linear) {
        if (!norm.affine()) {
            return;
        }
        int panels = buffers.panels();
        weightGradient(buffers.natural(), first, 2 * panels - first);
        for (int c = 0; c < norm.channels(); c++) {
            double inverse = inverse(runningVariances[c]);
            double sum = sum(buffers.radius, 0, panels, panels * LANES, c, Sum.PRODUCT, 0, inverse);
            scales.gradients[c] += (float) (Math.signum(scale(c)) * sum);
        }
    }

    @Override
    void read(Kind kind, Weights into) {
        if (norm.affine()) {
            scales.read(kind, into.values(plan.node() + ".weight"));
            shifts.read(kind, into.values(plan.node() + ".bias"));
        }
        if (kind == Kind.VALUE) {
            System.arraycopy(runningMeans, 0, into.values(plan.node() + ".running_mean"), 0, norm.channels());
            System.arraycopy(runningVariances, 0, into.values(plan.node() + ".running_var"), 0, norm.channels());
        }
    }

    @Override
    void write(Kind kind, Weights from) {
        if (norm.affine()) {
            scales.write(kind, from.values(plan.node() + ".weight"));
            shifts.write(kind, from.values(plan.node() + ".bias"));
        }
    }

    @Override
    void update(Update update, Update unpenalised) {
        scales.update(kernels, unpenalised);
        shifts.update(kernels, unpenalised);
    }
}
