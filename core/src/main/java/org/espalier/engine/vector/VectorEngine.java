package org.espalier.engine.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
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
import org.espalier.engine.kernel.BlockedCsr;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.GradientNorm;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.layer.CompactLayer;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.layer.LayerMatmul;
import org.espalier.engine.ops.PanelOps;
import org.espalier.engine.simd.dense.InterleavedRows;
import org.espalier.network.Architecture;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/**
 * The float32 engine. Per layer it runs dense kernels or kernels over surviving weights only, whichever is faster at the
 * layer's density, and kernels that leave zeros out where a panel has many ({@link DenseOrSparsePolicy}); all give the same bits as long
 * as all values are finite. A step allocates nothing, but what a layer needs for a kernel when that first runs.
 */
public final class VectorEngine implements BoundEngine {
    /** Rows of the input gradient made at once: 10.5 KiB, in the nearest cache, and whole blocks of 6. */
    private static final int ROWS_AT_ONCE = BlockedCsr.WINDOW;

    private final Architecture architecture;
    private final Kernels kernels;
    private final DenseOrSparsePolicy policy;
    private final LayerMatmul products;
    private final float[][] biases; // (layer, output)
    private final float[][] biasValues; // (layer, output), padded
    private final float[][] biasGradients; // (layer, output), padded
    private final float[][] biasFirst; // (layer, output), padded
    private final float[][] biasSecond; // (layer, output), padded
    private final MemorySegment rows = Arena.ofAuto().allocate(ROWS_AT_ONCE * ActivationPanels.ROW_BYTES, 64);
    private final EngineOps ops;
    private final InputSteps steps;
    private final InputCopies copies = new InputCopies();
    private final float[] columns = new float[FixedOrderSum.COLUMNS]; // room for a sum
    private @Nullable GradientScratch scratch;
    private Mask mask;
    private CompactLayer[] layers;
    private @Nullable VectorEngine unmasked; // for gradients of pruned weights, when they are first wanted
    private @Nullable Weights allGradients; // the gradient held, where it was asked for of pruned weights too
    private @Nullable VectorBoundMargins boundMargins; // of these layers, when it is first wanted

    public VectorEngine(Architecture architecture, Kernels kernels, DenseOrSparsePolicy policy) {
        this.architecture = architecture;
        this.kernels = kernels;
        this.policy = policy;
        int widest = IntStream.range(0, architecture.layers())
                .map(architecture::outputs)
                .max()
                .orElseThrow();
        products = new LayerMatmul(kernels, widest, widest); // of hidden layers: no layer looks at the inputs
        ops = new PanelOps(kernels);
        steps = new InputSteps(kernels);
        int count = architecture.layers();
        biases = new float[count][];
        biasValues = new float[count][];
        biasGradients = new float[count][];
        biasFirst = new float[count][];
        biasSecond = new float[count][];
        for (int layer = 0; layer < count; layer++) {
            biases[layer] = new float[architecture.bias(layer) ? architecture.outputs(layer) : 0];
            int padded = CompactLayer.padded(biases[layer].length);
            biasValues[layer] = new float[padded];
            biasGradients[layer] = new float[padded];
            biasFirst[layer] = new float[padded];
            biasSecond[layer] = new float[padded];
        }
        mask = Mask.dense(architecture);
        layers = compact();
    }

    private CompactLayer[] compact() {
        LivePaths paths = new LivePaths(mask);
        CompactLayer[] compact = new CompactLayer[architecture.layers()];
        for (int layer = 0; layer < compact.length; layer++) {
            compact[layer] = new CompactLayer(
                    architecture.inputs(layer),
                    architecture.outputs(layer),
                    mask.survivors(layer),
                    paths.weights(layer),
                    policy,
                    kernels.groups(),
                    layer > 0); // inputs under attack are not zero
        }
        return compact;
    }

    @Override
    public Architecture architecture() {
        return architecture;
    }

    @Override
    public void load(Weights weights, Mask survivors) {
        Checks.fits(architecture, weights, survivors);
        mask = survivors;
        layers = compact();
        boundMargins = null;
        allGradients = null;
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].load(weights.matrix(layer));
            copy(weights.biases(layer), biasValues[layer]);
            Arrays.fill(biasGradients[layer], 0f);
            Arrays.fill(biasFirst[layer], 0f);
            Arrays.fill(biasSecond[layer], 0f);
        }
        readBiases();
    }

    @Override
    public Weights weights() {
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].spread(layers[layer].values, weights.matrix(layer));
            copy(biasValues[layer], weights.biases(layer));
        }
        return weights;
    }

    @Override
    public Mask mask() {
        return mask;
    }

    @Override
    public int[] liveInputs() {
        return layers[0].liveInputs;
    }

    @Override
    public PanelBuffers newBuffers(int examples) {
        return new PanelBuffers(architecture, examples);
    }

    @Override
    public EngineOps ops() {
        return ops;
    }

    @Override
    public void forward(ActivationBuffers buffers, int firstPanel, int panels, Mode mode) {
        PanelBuffers own = PanelBuffers.of(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        Dropout drops = own.dropouts().passing(firstPanel, panels, mode);
        for (int layer = 0; layer < layers.length; layer++) {
            Epilogue finish = layer + 1 < layers.length ? Epilogue.RELU : Epilogue.LINEAR;
            float[] bias = architecture.bias(layer) ? biases[layer] : null;
            for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
                products.forward(
                        layers[layer], false, bias, own.entering(layer), panel, own.leaving(layer), panel, finish);
                if (drops != null && layer + 1 < layers.length) {
                    drops.drop(own.leaving(layer), panel, layer);
                }
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
        PanelBuffers own = PanelBuffers.of(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        Checks.perturbs(architecture, clean, cleanPanel, x, xPanel, panels);
        hiddenGradients(own, firstPanel, panels);
        steps.bind(rule, clean, cleanPanel - firstPanel, x, xPanel - firstPanel);
        inputGradient(own, firstPanel, panels, steps);
    }

    /** Hands the gradient with respect to the inputs to a sink as it is made; hidden layers' gradients are there. */
    void inputGradient(PanelBuffers buffers, int firstPanel, int panels, InputGradientSink sink) {
        CompactLayer weights = layers[0];
        int[] live = weights.liveInputs;
        ActivationPanels delta = buffers.gradient(0);
        for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
            boolean skip = products.shouldSkipZerosBackward(weights, delta, panel);
            int atOnce = !skip && weights.dense && kernels.groups()
                    ? InterleavedRows.wholeWithin(ROWS_AT_ONCE)
                    : ROWS_AT_ONCE;
            for (int first = 0; first < live.length; first += atOnce) {
                int count = Math.min(atOnce, live.length - first);
                products.backward(weights, false, skip, first, count, delta, panel, rows, 0, Epilogue.LINEAR, rows, 0);
                sink.accept(panel, rows, 0, live, first, count);
            }
        }
    }

    /** Gradients of hidden layers' outputs before ReLU, from the logits' down to the first layer's. */
    private void hiddenGradients(PanelBuffers buffers, int firstPanel, int panels) {
        for (int layer = layers.length - 1; layer > 0; layer--) {
            CompactLayer weights = layers[layer];
            ActivationPanels out = buffers.gradient(layer - 1);
            ActivationPanels gate = buffers.leaving(layer - 1);
            for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
                if (architecture.bias(layer)) {
                    LayerMatmul.clear(
                            out, panel); // units that nothing reads: their biases' gradients are summed from these rows
                }
                products.backwardGated(weights, buffers.gradient(layer), panel, out, gate);
                Dropout drops = buffers.dropouts().passed(panel);
                if (drops != null) {
                    drops.scale(out, panel);
                }
            }
        }
    }

    @Override
    public void backward(ActivationBuffers buffers, int firstPanel, int panels, Gradients wanted) {
        PanelBuffers own = PanelBuffers.of(buffers);
        Checks.covers(architecture, own, firstPanel, panels);
        if (wanted == Gradients.ALL_WEIGHTS) {
            allWeightGradients(own, firstPanel, panels);
            return;
        }
        hiddenGradients(own, firstPanel, panels);
        if (wanted.inputs()) {
            inputGradients(own, firstPanel, panels);
        }
        if (wanted.weights()) {
            weightGradients(own, firstPanel, panels);
        }
    }

    private void inputGradients(PanelBuffers buffers, int firstPanel, int panels) {
        ActivationPanels out = buffers.inputGradient();
        if (layers[0].liveInputs.length < architecture.inputs()) {
            for (int panel = firstPanel; panel < firstPanel + panels; panel++) {
                LayerMatmul.clear(out, panel); // rows of another mask's live inputs
            }
        }
        // Rows are made one after the other and copied to their places: short runs of live inputs would be slow
        // products.
        inputGradient(buffers, firstPanel, panels, copies.into(out));
    }

    /**
     * All weights' gradients, by an engine of the same weights without a mask. Zero terms change no bit, so survivors get the
     * usual bits. Its forward pass is needed: units that no surviving weight reads have an activation that this engine never
     * computes, and the pruned weights that would read them have a gradient.
     */
    private void allWeightGradients(PanelBuffers buffers, int firstPanel, int panels) {
        VectorEngine whole = unmasked;
        if (whole == null) {
            whole = new VectorEngine(architecture, kernels, DenseOrSparsePolicy.DENSE);
            unmasked = whole;
        }
        whole.writeWeights(weights());
        whole.forward(
                buffers,
                firstPanel,
                panels,
                buffers.dropouts().passed(firstPanel) == null ? Mode.EVALUATION : Mode.TRAINING);
        whole.backward(buffers, firstPanel, panels, Gradients.WEIGHTS);
        Weights gradient = whole.gradient();
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].gather(gradient.matrix(layer), layers[layer].gradients);
            layers[layer].clearOthersGradients();
            copy(gradient.biases(layer), biasGradients[layer]);
        }
        allGradients = gradient;
    }

    private void weightGradients(PanelBuffers buffers, int firstPanel, int panels) {
        allGradients = null;
        for (int layer = 0; layer < layers.length; layer++) {
            CompactLayer weights = layers[layer];
            ActivationPanels delta = buffers.gradient(layer);
            products.gradient(
                    weights, delta, buffers.entering(layer), firstPanel, panels, weights.gradients, scratch(panels));
            weights.clearOthersGradients();
            for (int o = 0; o < biases[layer].length; o++) {
                biasGradients[layer][o] = FixedOrderSum.sum(
                        delta.memory(),
                        delta.row(firstPanel, o),
                        weights.outputs * ActivationPanels.ROW_BYTES,
                        panels,
                        columns);
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
        PanelBoundBuffers own = PanelBoundBuffers.of(buffers);
        Checks.fits(architecture, buffers.architecture());
        buffers.bind(linearShare, labels, firstLabel, examples);
        boundMargins().run(own, epsilon);
    }

    @Override
    public void backward(BoundBuffers buffers, boolean natural) {
        PanelBoundBuffers own = PanelBoundBuffers.of(buffers);
        Checks.fits(architecture, buffers.architecture());
        if (natural) {
            hiddenGradients(own.natural(), 0, buffers.panels());
        }
        allGradients = null;
        boundMargins().gradient(own, natural, scratch((2 + buffers.margins) * buffers.panels()), biasGradients);
    }

    private VectorBoundMargins boundMargins() {
        VectorBoundMargins made = boundMargins;
        if (made == null) {
            made = new VectorBoundMargins(kernels, products, layers, architecture.bias(0) ? biases : null);
            boundMargins = made;
        }
        return made;
    }

    private GradientScratch scratch(int panels) {
        GradientScratch made = scratch;
        if (made == null || made.panels() < panels) {
            made = GradientScratch.allocate(architecture, panels);
            scratch = made;
        }
        return made;
    }

    @Override
    public Weights gradient() {
        if (allGradients != null) {
            return allGradients.copy();
        }
        Weights gradient = new Weights(architecture);
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].spread(layers[layer].gradients, gradient.matrix(layer));
            copy(biasGradients[layer], gradient.biases(layer));
        }
        return gradient;
    }

    @Override
    public void readWeights(Weights into) {
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].spread(layers[layer].values, into.matrix(layer));
            copy(biasValues[layer], into.biases(layer));
        }
    }

    @Override
    public void readGradient(Weights into) {
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].spread(layers[layer].gradients, into.matrix(layer));
            copy(biasGradients[layer], into.biases(layer));
        }
    }

    @Override
    public void writeWeights(Weights from) {
        Checks.fits(architecture, from, mask);
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].load(from.matrix(layer));
            copy(from.biases(layer), biasValues[layer]);
        }
        readBiases();
    }

    @Override
    public void writeGradient(Weights from) {
        Checks.fits(architecture, from, mask);
        allGradients = null;
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].gather(from.matrix(layer), layers[layer].gradients);
            copy(from.biases(layer), biasGradients[layer]);
        }
    }

    @Override
    public void clipGradient(float norm) {
        double squares = 0;
        for (int layer = 0; layer < layers.length; layer++) {
            squares = layers[layer].addGradientSquares(squares);
            squares = GradientNorm.addSquares(squares, biasGradients[layer], biases[layer].length);
        }
        float factor = GradientNorm.factor(squares, norm);
        if (factor == 1) {
            return;
        }
        for (int layer = 0; layer < layers.length; layer++) {
            GradientNorm.scale(layers[layer].gradients, layers[layer].count, factor);
            GradientNorm.scale(biasGradients[layer], biases[layer].length, factor);
        }
        if (allGradients != null) {
            for (int layer = 0; layer < layers.length; layer++) {
                GradientNorm.scale(allGradients.matrix(layer), allGradients.matrix(layer).length, factor);
                GradientNorm.scale(allGradients.biases(layer), allGradients.biases(layer).length, factor);
            }
        }
    }

    @Override
    public void update(Update update) {
        Update onBiases = update.onBiases();
        for (int layer = 0; layer < layers.length; layer++) {
            CompactLayer weights = layers[layer];
            step(update, weights.values, weights.gradients, weights.first, weights.second, weights.count);
            if (update instanceof Update.Adam adam && adam.epsilon() == 0) {
                weights.zeroPruned(); // 0 / 0
            }
            weights.changed();
            if (architecture.bias(layer)) {
                step(
                        onBiases,
                        biasValues[layer],
                        biasGradients[layer],
                        biasFirst[layer],
                        biasSecond[layer],
                        biases[layer].length);
            }
        }
        readBiases();
    }

    private void step(Update update, float[] values, float[] gradients, float[] first, float[] second, int count) {
        int padded = CompactLayer.padded(count);
        switch (update) {
            case Update.Adam adam -> kernels.adam(values, gradients, first, second, padded, adam);
            case Update.Momentum momentum -> kernels.momentum(values, gradients, first, padded, momentum);
            case Update.Nesterov nesterov -> kernels.nesterov(values, gradients, first, padded, nesterov);
        }
    }

    @Override
    public Weights moment(int order) {
        Weights moment = new Weights(architecture);
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].spread(order == 0 ? layers[layer].first : layers[layer].second, moment.matrix(layer));
            copy(order == 0 ? biasFirst[layer] : biasSecond[layer], moment.biases(layer));
        }
        return moment;
    }

    @Override
    public void loadMoments(Weights first, Weights second) {
        Checks.fits(architecture, first, mask);
        Checks.fits(architecture, second, mask);
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer].gather(first.matrix(layer), layers[layer].first);
            layers[layer].gather(second.matrix(layer), layers[layer].second);
            copy(first.biases(layer), biasFirst[layer]);
            copy(second.biases(layer), biasSecond[layer]);
        }
    }

    private void readBiases() {
        for (int layer = 0; layer < biases.length; layer++) {
            copy(biasValues[layer], biases[layer]);
        }
    }

    /** Copies biases between an array and a padded one. */
    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, Math.min(from.length, to.length));
    }
}
