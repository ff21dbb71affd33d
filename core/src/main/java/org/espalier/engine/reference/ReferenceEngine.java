package org.espalier.engine.reference;

import java.util.ArrayList;
import java.util.List;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Checks;
import org.espalier.engine.Dropout;
import org.espalier.engine.EngineOps;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.engine.PanelBoundBuffers;
import org.espalier.engine.PanelBuffers;
import org.espalier.engine.StepRule;
import org.espalier.engine.Update;
import org.espalier.engine.ops.PanelOps;
import org.espalier.network.Architecture;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * The textbook in float64, one multiplication at a time: slow, obvious, and what every other engine is tested
 * against. Weights are kept in double and rounded to float only when read out.
 */
public final class ReferenceEngine implements BoundEngine {
    private final Architecture architecture;
    private Mask mask;
    private final double[][] weights; // (layer, output * input)
    private final double[][] biases; // (layer, output)
    private final double[][] gradients; // as weights
    private final double[][] biasGradients;
    private final double[][][] moments = new double[2][][]; // (order, layer, output * input)
    private final double[][][] biasMoments = new double[2][][];
    private int[] liveInputs = new int[0];
    private final List<ReferenceBoundMargins> boundMargins = new ArrayList<>(); // (example) of the last worstCase

    public ReferenceEngine(Architecture architecture) {
        this.architecture = architecture;
        mask = Mask.dense(architecture);
        weights = matrices();
        gradients = matrices();
        biases = vectors();
        biasGradients = vectors();
        for (int order = 0; order < 2; order++) {
            moments[order] = matrices();
            biasMoments[order] = vectors();
        }
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public void load(Weights values, Mask survivors) {
        Checks.fits(architecture, values, survivors);
        mask = survivors;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int i = 0; i < weights[layer].length; i++) {
                weights[layer][i] = mask.keeps(layer, i) ? values.matrix(layer)[i] : 0;
            }
            widen(values.biases(layer), biases[layer]);
            java.util.Arrays.fill(gradients[layer], 0);
            java.util.Arrays.fill(biasGradients[layer], 0);
            for (int order = 0; order < 2; order++) {
                java.util.Arrays.fill(moments[order][layer], 0);
                java.util.Arrays.fill(biasMoments[order][layer], 0);
            }
        }
        liveInputs = new LivePaths(mask).inputs(0);
    }

    @Override
    public Weights weights() {
        return narrow(weights, biases);
    }

    @Override
    public Mask mask() {
        return mask;
    }

    @Override
    public int[] liveInputs() {
        return liveInputs;
    }

    @Override
    public ActivationBuffers newBuffers(int examples) {
        return new PanelBuffers(architecture, examples);
    }

    @Override
    public EngineOps ops() {
        return PanelOps.CHOSEN;
    }

    @Override
    public void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode) {
        Checks.covers(architecture, buffers, firstPanel, panels);
        PanelBuffers.of(buffers).dropouts().passing(firstPanel, panels, mode);
        for (int example = firstPanel * ActivationPanels.LANES;
                example < (firstPanel + panels) * ActivationPanels.LANES;
                example++) {
            double[][] outputs = outputs(buffers, example);
            double[] logits = outputs[architecture.layers()];
            for (int c = 0; c < logits.length; c++) {
                buffers.logits().set(c, example, (float) logits[c]);
            }
        }
    }

    @Override
    public void perturb(
            ActivationBuffers buffers,
            int firstPanel,
            int panels,
            StepRule rule,
            ActivationPanels clean,
            int cleanPanel,
            ActivationPanels x,
            int xPanel) {
        Checks.covers(architecture, buffers, firstPanel, panels);
        Checks.perturbs(architecture, clean, cleanPanel, x, xPanel, panels);
        for (int lane = 0; lane < panels * ActivationPanels.LANES; lane++) {
            int example = firstPanel * ActivationPanels.LANES + lane;
            double[] gradient = back(0, deltas(buffers, example, outputs(buffers, example))[0]);
            int centre = cleanPanel * ActivationPanels.LANES + lane;
            int point = xPanel * ActivationPanels.LANES + lane;
            for (int input : liveInputs) {
                float moved = step(rule, (float) gradient[input], clean.get(input, centre), x.get(input, point));
                x.set(input, point, moved);
            }
        }
    }

    /** In float32, as every engine: inputs are float32, and points at the ball's edge must be the same. */
    static float step(StepRule rule, float g, float clean, float x) {
        return switch (rule) {
            case StepRule.Sign(float step, float epsilon) -> {
                float moved = g > 0 ? x + step : g < 0 ? x - step : x;
                moved = Math.min(Math.max(moved, clean - epsilon), clean + epsilon);
                yield Math.min(Math.max(moved, 0f), 1f);
            }
        };
    }

    @Override
    public void setMask(Mask survivors) {
        Checks.fits(architecture, survivors.architecture());
        // Weights and moments that were pruned are zero already.
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int i = 0; i < weights[layer].length; i++) {
                if (!survivors.keeps(layer, i)) {
                    weights[layer][i] = 0;
                    moments[0][layer][i] = 0;
                    moments[1][layer][i] = 0;
                }
            }
        }
        mask = survivors;
        liveInputs = new LivePaths(mask).inputs(0);
        clearGradients();
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        Checks.covers(architecture, buffers, firstPanel, panels);
        if (wanted.inputs()) {
            for (int example = firstPanel * ActivationPanels.LANES;
                    example < (firstPanel + panels) * ActivationPanels.LANES;
                    example++) {
                double[] gradient = back(0, deltas(buffers, example, outputs(buffers, example))[0]);
                for (int i = 0; i < gradient.length; i++) {
                    buffers.inputGradient().set(i, example, (float) gradient[i]);
                }
            }
        }
        if (wanted.weights()) {
            clearGradients();
            addGradient(buffers, firstPanel, panels, wanted == Gradients.ALL_WEIGHTS);
        }
    }

    private void clearGradients() {
        for (int layer = 0; layer < architecture.layers(); layer++) {
            java.util.Arrays.fill(gradients[layer], 0);
            java.util.Arrays.fill(biasGradients[layer], 0);
        }
    }

    private void addGradient(ActivationBuffers buffers, int firstPanel, int panels, boolean pruned) {
        for (int example = firstPanel * ActivationPanels.LANES;
                example < (firstPanel + panels) * ActivationPanels.LANES;
                example++) {
            double[][] outputs = outputs(buffers, example);
            double[][] deltas = deltas(buffers, example, outputs);
            for (int layer = 0; layer < architecture.layers(); layer++) {
                int inputs = architecture.inputs(layer);
                for (int o = 0; o < architecture.outputs(layer); o++) {
                    for (int i = 0; i < inputs; i++) {
                        if (pruned || mask.keeps(layer, o * inputs + i)) {
                            gradients[layer][o * inputs + i] += deltas[layer][o] * outputs[layer][i];
                        }
                    }
                    if (architecture.bias(layer)) {
                        biasGradients[layer][o] += deltas[layer][o];
                    }
                }
            }
        }
    }

    @Override
    public BoundBuffers newBoundBuffers(int examples, boolean linear) {
        return new PanelBoundBuffers(architecture, examples, linear);
    }

    @Override
    public void boundMargins(
            BoundBuffers buffers, float epsilon, float linearShare, int[] labels, int firstLabel, int examples) {
        Checks.fits(architecture, buffers.architecture());
        buffers.bind(linearShare, labels, firstLabel, examples);
        boundMargins.clear();
        for (int example = 0; example < buffers.panels() * ActivationPanels.LANES; example++) {
            double[] worst = new double[architecture.classes()];
            if (example < examples) {
                ReferenceBoundMargins of = new ReferenceBoundMargins(
                        architecture,
                        weights,
                        biases,
                        outputs(buffers.natural(), example)[0],
                        epsilon,
                        linearShare,
                        buffers.labels[example]);
                boundMargins.add(of);
                worst = of.worst();
            }
            for (int c = 0; c < worst.length; c++) {
                buffers.marginBounds().set(c, example, (float) worst[c]);
            }
        }
    }

    @Override
    public void backward(BoundBuffers buffers, boolean natural) {
        clearGradients();
        if (natural) {
            addGradient(buffers.natural(), 0, buffers.panels(), false);
        }
        for (int example = 0; example < boundMargins.size(); example++) {
            double[] gradient = new double[architecture.classes()];
            for (int c = 0; c < gradient.length; c++) {
                gradient[c] = buffers.marginBoundGradients().get(c, example);
            }
            boundMargins.get(example).addGradient(gradient, gradients, biasGradients);
        }
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int i = 0; i < gradients[layer].length; i++) {
                gradients[layer][i] = mask.keeps(layer, i) ? gradients[layer][i] : 0;
            }
        }
    }

    @Override
    public Weights gradient() {
        return narrow(gradients, biasGradients);
    }

    @Override
    public void clipGradient(float norm) {
        double squares = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int i = 0; i < gradients[layer].length; i++) {
                // Gradients of pruned weights may be held too.
                squares += mask.keeps(layer, i) ? gradients[layer][i] * gradients[layer][i] : 0;
            }
            for (double gradient : biasGradients[layer]) {
                squares += gradient * gradient;
            }
        }
        double found = Math.sqrt(squares);
        if (found > norm) {
            for (int layer = 0; layer < architecture.layers(); layer++) {
                scale(gradients[layer], norm / found);
                scale(biasGradients[layer], norm / found);
            }
        }
    }

    private static void scale(double[] values, double factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    @Override
    public void update(Update update) {
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int i = 0; i < weights[layer].length; i++) {
                if (mask.keeps(layer, i)) {
                    double w = weights[layer][i];
                    double g = gradients[layer][i] + update.l1() * Math.signum(w) + update.l2() * w;
                    weights[layer][i] =
                            step(update, w * (1 - (double) update.decay()), g, moments[0][layer], moments[1][layer], i);
                }
            }
            for (int o = 0; o < biases[layer].length; o++) {
                biases[layer][o] = step(
                        update,
                        biases[layer][o],
                        biasGradients[layer][o],
                        biasMoments[0][layer],
                        biasMoments[1][layer],
                        o);
            }
        }
    }

    static double step(Update update, double w, double g, double[] first, double[] second, int i) {
        return switch (update) {
            case Update.Adam adam -> {
                first[i] = adam.beta1() * first[i] + (1 - (double) adam.beta1()) * g;
                second[i] = adam.beta2() * second[i] + (1 - (double) adam.beta2()) * g * g;
                yield w - adam.stepSize() * first[i] / (Math.sqrt(second[i]) + adam.epsilon());
            }
            case Update.Momentum momentum -> {
                first[i] = momentum.momentum() * first[i] - momentum.rate() * g;
                yield w + first[i];
            }
            case Update.Nesterov nesterov -> {
                first[i] = nesterov.momentum() * first[i] + g;
                yield w - nesterov.rate() * (g + nesterov.momentum() * first[i]);
            }
        };
    }

    @Override
    public Weights moment(int order) {
        return narrow(moments[order], biasMoments[order]);
    }

    @Override
    public void loadMoments(Weights first, Weights second) {
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int order = 0; order < 2; order++) {
                Weights values = order == 0 ? first : second;
                for (int i = 0; i < weights[layer].length; i++) {
                    moments[order][layer][i] = mask.keeps(layer, i) ? values.matrix(layer)[i] : 0;
                }
                widen(values.biases(layer), biasMoments[order][layer]);
            }
        }
    }

    /** Inputs, then each layer's outputs (after ReLU but for the logits) of one example. */
    private double[][] outputs(ActivationBuffers buffers, int example) {
        double[][] outputs = new double[architecture.layers() + 1][];
        outputs[0] = new double[architecture.inputs()];
        for (int i = 0; i < outputs[0].length; i++) {
            outputs[0][i] = buffers.input().get(i, example);
        }
        for (int layer = 0; layer < architecture.layers(); layer++) {
            int inputs = architecture.inputs(layer);
            outputs[layer + 1] = new double[architecture.outputs(layer)];
            for (int o = 0; o < outputs[layer + 1].length; o++) {
                double sum = architecture.bias(layer) ? biases[layer][o] : 0;
                for (int i = 0; i < inputs; i++) {
                    sum += weights[layer][o * inputs + i] * outputs[layer][i];
                }
                outputs[layer + 1][o] = layer + 1 < architecture.layers()
                        ? Math.max(sum, 0) * dropping(buffers, example, layer, o)
                        : sum;
            }
        }
        return outputs;
    }

    /** What a hidden unit of a layer is multiplied by after its ReLU. */
    private static double dropping(ActivationBuffers buffers, int example, int layer, int unit) {
        Dropout drops = PanelBuffers.of(buffers).dropouts().passed(example / ActivationPanels.LANES);
        return drops == null ? 1 : drops.factor(layer, example, unit);
    }

    /** Gradient with respect to each layer's outputs before ReLU, of one example. */
    private double[][] deltas(ActivationBuffers buffers, int example, double[][] outputs) {
        double[][] deltas = new double[architecture.layers()][];
        int last = architecture.layers() - 1;
        deltas[last] = new double[architecture.classes()];
        for (int c = 0; c < deltas[last].length; c++) {
            deltas[last][c] = buffers.logitGradient().get(c, example);
        }
        for (int layer = last; layer > 0; layer--) {
            deltas[layer - 1] = back(layer, deltas[layer]);
            for (int i = 0; i < deltas[layer - 1].length; i++) {
                deltas[layer - 1][i] =
                        outputs[layer][i] > 0 ? deltas[layer - 1][i] * dropping(buffers, example, layer - 1, i) : 0;
            }
        }
        return deltas;
    }

    private double[] back(int layer, double[] delta) {
        int inputs = architecture.inputs(layer);
        double[] gradient = new double[inputs];
        for (int o = 0; o < delta.length; o++) {
            for (int i = 0; i < inputs; i++) {
                gradient[i] += weights[layer][o * inputs + i] * delta[o];
            }
        }
        return gradient;
    }

    private double[][] matrices() {
        double[][] matrices = new double[architecture.layers()][];
        for (int layer = 0; layer < matrices.length; layer++) {
            matrices[layer] = new double[architecture.weights(layer)];
        }
        return matrices;
    }

    private double[][] vectors() {
        double[][] vectors = new double[architecture.layers()][];
        for (int layer = 0; layer < vectors.length; layer++) {
            vectors[layer] = new double[architecture.bias(layer) ? architecture.outputs(layer) : 0];
        }
        return vectors;
    }

    private Weights narrow(double[][] matrices, double[][] vectors) {
        Weights narrow = new Weights(architecture);
        for (int layer = 0; layer < matrices.length; layer++) {
            for (int i = 0; i < matrices[layer].length; i++) {
                narrow.matrix(layer)[i] = (float) matrices[layer][i];
            }
            for (int o = 0; o < vectors[layer].length; o++) {
                narrow.biases(layer)[o] = (float) vectors[layer][o];
            }
        }
        return narrow;
    }

    private static void widen(float[] from, double[] to) {
        for (int i = 0; i < from.length; i++) {
            to[i] = from[i];
        }
    }

    @Override
    public void writeWeights(Weights from) {
        Checks.fits(architecture, from, mask);
        write(from, weights, biases);
    }

    @Override
    public void writeGradient(Weights from) {
        Checks.fits(architecture, from, mask);
        write(from, gradients, biasGradients);
    }

    private void write(Weights from, double[][] matrices, double[][] vectors) {
        for (int layer = 0; layer < architecture.layers(); layer++) {
            for (int i = 0; i < matrices[layer].length; i++) {
                matrices[layer][i] = mask.keeps(layer, i) ? from.matrix(layer)[i] : 0;
            }
            widen(from.biases(layer), vectors[layer]);
        }
    }
}
