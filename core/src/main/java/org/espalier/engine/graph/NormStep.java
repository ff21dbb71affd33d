package org.espalier.engine.graph;

import java.util.Arrays;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Update;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.MapKernels;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Batch norm. Sums over a batch are taken in double, 16 chains (lane modulo 16) over panels, rows, columns and lanes in that
 * order, joined in the order of the lanes, so that they do not depend on register widths. Padding lanes count in none.
 */
final class NormStep extends Step {
    private static final int LANES = ActivationPanels.LANES;

    private final Operation.BatchNorm norm;
    private final int number;
    private final MapLayout from;
    private final MapLayout to;
    private final Biases scales;
    private final Biases shifts;
    private final float[] runningMeans;
    private final float[] runningVariances;
    private final double[] chains = new double[MapKernels.CHAINS];
    private final double[] products = new double[MapKernels.CHAINS];
    // The batch whose gradient is passed back.
    private int lastPanel;
    private int lastExamples;
    private float @Nullable [] constants; // by place, when linear bounds are first wanted

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

    /** What running statistics multiply by. */
    private double slope(int channel) {
        return scale(channel) / Math.sqrt(runningVariances[channel] + Operation.BatchNorm.EPSILON);
    }

    /** What running statistics add. */
    private float shift(int channel, double slope) {
        return (float) (shift(channel) - runningMeans[channel] * slope);
    }

    private static float inverse(double variance) {
        return (float) (1 / Math.sqrt(variance + Operation.BatchNorm.EPSILON));
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        for (int c = 0; c < norm.channels(); c++) {
            double slope = slope(c);
            affine(buffers, panel, c, (float) slope, shift(c, slope), buffers.value(out), panel, out.relu);
        }
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels y, int toPanel) {
        for (int c = 0; c < norm.channels(); c++) {
            double slope = slope(c);
            float shift = part == Part.WHOLE ? shift(c, slope) : 0f;
            float factor = (float) (part == Part.ABSOLUTE ? Math.abs(slope) : slope);
            affine(buffers, panel, c, factor, shift, y, toPanel, false);
        }
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        ActivationPanels gradient = buffers.gradient(out);
        for (int c = 0; c < norm.channels(); c++) {
            double slope = slope(c);
            for (int row = 0; row < to.height(); row++) {
                kernels.maps()
                        .scale(
                                gradient.memory(),
                                gradient.row(panel, to.place(c, row, 0)),
                                (float) (absolute ? Math.abs(slope) : slope),
                                target.memory(),
                                target.row(targetPanel, from.place(c, row, 0)),
                                to.width() * LANES);
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
            kernels.maps()
                    .affine(
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
            double mean = sum(buffers, firstPanel, panels, examples, c, false, 0) / count;
            double variance = sum(buffers, firstPanel, panels, examples, c, true, mean) / count;
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

    private double[] sums(double[][][] of, int firstPanel) {
        double[] made = of[number][firstPanel];
        if (made == null) {
            made = new double[norm.channels()];
            of[number][firstPanel] = made;
        }
        return made;
    }

    /** Lanes of a panel that hold an example of the batch. */
    private static int lanes(int panelOfBatch, int examples) {
        return Math.clamp(examples - (long) panelOfBatch * LANES, 0, LANES);
    }

    /** The sum of a channel's values, or of the squares of their distance from a mean. */
    private double sum(
            GraphBuffers buffers, int firstPanel, int panels, int examples, int c, boolean squares, double mean) {
        Arrays.fill(chains, 0);
        ActivationPanels x = buffers.value(in);
        for (int p = 0; p < panels; p++) {
            int lanes = lanes(p, examples);
            for (int row = 0; row < to.height(); row++) {
                long at = x.row(firstPanel + p, from.place(c, row, 0));
                if (squares) {
                    kernels.maps().squares(x.memory(), at, to.width(), lanes, mean, chains);
                } else {
                    kernels.maps().sum(x.memory(), at, to.width(), lanes, chains);
                }
            }
        }
        return sum(chains);
    }

    /** Leaves the sums of a channel's gradients, and of gradients times normalised values, in chains. */
    private void gradientSums(
            GraphBuffers buffers, int firstPanel, int panels, int examples, int c, double mean, double inverse) {
        Arrays.fill(chains, 0);
        Arrays.fill(products, 0);
        ActivationPanels x = buffers.value(in);
        ActivationPanels d = buffers.gradient(out);
        for (int p = 0; p < panels; p++) {
            for (int row = 0; row < to.height(); row++) {
                kernels.maps()
                        .gradientSums(
                                x.memory(),
                                x.row(firstPanel + p, from.place(c, row, 0)),
                                d.memory(),
                                d.row(firstPanel + p, to.place(c, row, 0)),
                                to.width(),
                                lanes(p, examples),
                                mean,
                                inverse,
                                chains,
                                products);
            }
        }
    }

    private static double sum(double[] chains) {
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
        double[] gradientSums = sums(buffers.gradientSums, firstPanel);
        double[] productSums = sums(buffers.productSums, firstPanel);
        for (int c = 0; c < norm.channels(); c++) {
            gradientSums(buffers, firstPanel, panels, examples, c, means[c], inverses[c]);
            gradientSums[c] = sum(chains);
            productSums[c] = sum(products);
        }
        lastPanel = firstPanel;
        lastExamples = examples;
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        boolean training = buffers.training[panel];
        for (int c = 0; c < norm.channels(); c++) {
            if (training) {
                trainingGradient(buffers, panel, c, target, targetPanel);
                continue;
            }
            double slope = scale(c) * (1 / Math.sqrt(runningVariances[c] + Operation.BatchNorm.EPSILON));
            ActivationPanels d = buffers.gradient(out);
            for (int row = 0; row < to.height(); row++) {
                kernels.maps()
                        .scale(
                                d.memory(),
                                d.row(panel, to.place(c, row, 0)),
                                (float) slope,
                                target.memory(),
                                target.row(targetPanel, from.place(c, row, 0)),
                                to.width() * LANES);
            }
        }
    }

    private void trainingGradient(GraphBuffers buffers, int panel, int c, ActivationPanels target, int targetPanel) {
        ActivationPanels x = buffers.value(in);
        ActivationPanels d = buffers.gradient(out);
        double count = (double) lastExamples * to.height() * to.width();
        double inverse = statistics(buffers.inverses, lastPanel)[c];
        for (int row = 0; row < to.height(); row++) {
            kernels.maps()
                    .centre(
                            x.memory(),
                            x.row(panel, from.place(c, row, 0)),
                            d.memory(),
                            d.row(panel, to.place(c, row, 0)),
                            to.width(),
                            lanes(panel - lastPanel, lastExamples),
                            statistics(buffers.means, lastPanel)[c],
                            inverse,
                            scale(c) * inverse,
                            sums(buffers.gradientSums, lastPanel)[c] / count,
                            sums(buffers.productSums, lastPanel)[c] / count,
                            target.memory(),
                            target.row(targetPanel, from.place(c, row, 0)));
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
            for (int c = 0; c < norm.channels(); c++) {
                if (training) { // the pass back has summed them
                    scales.gradients[c] += (float) sums(buffers.productSums, p)[c];
                    shifts.gradients[c] += (float) sums(buffers.gradientSums, p)[c];
                } else {
                    gradientSums(buffers, p, 1, LANES, c, runningMeans[c], inverse(runningVariances[c]));
                    scales.gradients[c] += (float) sum(products);
                    shifts.gradients[c] += (float) sum(chains);
                }
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
            gradientSums(buffers.radius, 0, panels, panels * LANES, c, 0, inverse);
            scales.gradients[c] += (float) (Math.signum(scale(c)) * sum(products));
            if (linear) {
                linearGradient(buffers, c, inverse);
            }
        }
    }

    /** Adds a channel's share in linear bounds: slope and constant are differentiated through. */
    private void linearGradient(GraphBoundBuffers buffers, int c, double inverse) {
        int first = 2 * buffers.panels();
        int count = buffers.margins * buffers.panels();
        gradientSums(buffers.natural(), first, count, count * LANES, c, 0, inverse);
        ActivationPanels delta = buffers.natural().gradient(out);
        double constant = 0;
        for (int y = 0; y < to.height(); y++) {
            for (int x = 0; x < to.width(); x++) {
                constant += GraphBounds.scaled(buffers, delta, to.place(c, y, x));
            }
        }
        scales.gradients[c] += (float) (sum(products) - runningMeans[c] * inverse * constant);
        shifts.gradients[c] += (float) constant;
    }

    @Override
    float[] constants() {
        float[] made = constants;
        if (made == null) {
            made = new float[to.places()];
            constants = made;
        }
        for (int c = 0; c < norm.channels(); c++) {
            float constant = shift(c, slope(c));
            for (int y = 0; y < to.height(); y++) {
                int row = to.place(c, y, 0);
                Arrays.fill(made, row, row + to.width(), constant);
            }
        }
        return made;
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
