package org.espalier.engine.graph;

import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.GradientScratch;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.layer.ClassPairs;
import org.espalier.engine.layer.CompactLayer;
import org.espalier.engine.layer.DenseOrSparsePolicy;
import org.espalier.engine.layer.LayerMatmul;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/** A fully connected layer, by the kernels of the engine of fully connected networks. */
final class LinearStep extends Step {
    private final Operation.Linear linear;
    private final int layer;
    private final DenseOrSparsePolicy policy;
    private final LayerMatmul products;
    private final Biases biases;
    private final float[] columns = new float[FixedOrderSum.COLUMNS]; // room for a sum
    private CompactLayer weights;
    private @Nullable GradientScratch scratch;
    private @Nullable ClassPairs pairs; // where this is the last layer, when bounds are first wanted

    LinearStep(
            Kernels kernels,
            GraphPlan.Planned plan,
            Operation.Linear linear,
            int layer,
            DenseOrSparsePolicy policy,
            Mask mask) {
        super(kernels, plan);
        this.linear = linear;
        this.layer = layer;
        this.policy = policy;
        products = new LayerMatmul(kernels, linear.inputs(), linear.outputs());
        biases = new Biases(linear.bias() ? linear.outputs() : 0);
        weights = compact(mask, new LivePaths(mask));
    }

    private CompactLayer compact(Mask mask, LivePaths paths) {
        return new CompactLayer(
                linear.inputs(),
                linear.outputs(),
                mask.survivors(layer),
                multiplied(mask, paths, layer),
                policy,
                kernels.groups(),
                in.trained);
    }

    @Override
    void load(Weights values, Mask mask, LivePaths paths) {
        weights = compact(mask, paths);
        weights.load(values.matrix(layer));
        biases.load(values.biases(layer));
        pairs = null;
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        products.forward(
                weights,
                false,
                biases.orNull(),
                buffers.value(in),
                panel,
                buffers.value(out),
                panel,
                out.relu ? Epilogue.RELU : Epilogue.LINEAR);
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        if (weights.liveInputs.length < weights.inputs) {
            LayerMatmul.clear(target, targetPanel);
        }
        products.backward(
                weights,
                false,
                buffers.gradient(out),
                panel,
                target,
                targetPanel,
                in.gatedByReader ? Epilogue.GATE : Epilogue.LINEAR,
                buffers.value(in),
                panel);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels to, int toPanel) {
        products.forward(
                weights,
                part == Part.ABSOLUTE,
                part == Part.WHOLE ? biases.orNull() : null,
                buffers.value(in),
                panel,
                to,
                toPanel,
                Epilogue.LINEAR);
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        if (weights.liveInputs.length < weights.inputs) {
            LayerMatmul.clear(target, targetPanel);
        }
        products.backward(weights, absolute, buffers.gradient(out), panel, target, targetPanel);
    }

    /** The layer as differences of logits, with the present weights. */
    ClassPairs pairs() {
        ClassPairs made = pairs;
        if (made == null) {
            made = new ClassPairs(weights);
            pairs = made;
        }
        return made;
    }

    /** From the gradient of the logits' differences to that of the radii of what enters. */
    void pairsBackward(GraphBoundBuffers buffers, int panel, ActivationPanels target, int targetPanel) {
        if (weights.liveInputs.length < weights.inputs) {
            LayerMatmul.clear(target, targetPanel);
        }
        pairs().backward(kernels, buffers.pairGradient, panel, target, targetPanel);
    }

    @Override
    void boundGradient(GraphBoundBuffers buffers, int first, boolean linear) {
        ActivationPanels delta = buffers.natural().gradient(out);
        int panels = buffers.panels();
        int count = (2 + (linear ? buffers.margins : 0)) * panels - first;
        GradientScratch room = scratch(count);
        products.gradient(weights, delta, buffers.natural().value(in), first, count, weights.gradients, room);
        if (buffers.elides(this)) {
            pairs().addGradients(kernels, buffers.pairGradient, buffers.radius.value(in), panels, room);
        } else {
            float[] radii = weights.radiusGradients();
            products.gradient(weights, buffers.radius.gradient(out), buffers.radius.value(in), 0, panels, radii, room);
            kernels.bounds().addSigned(weights.gradients, radii, weights.values, weights.gradients.length);
        }
        weights.clearOthersGradients();
        biasGradient(delta, first, 2 * panels - first);
        for (int o = 0; linear && o < biases.count; o++) {
            biases.gradients[o] += GraphBounds.scaled(buffers, delta, o);
        }
    }

    @Override
    float @Nullable [] constants() {
        return biases.orNull();
    }

    @Override
    void weightGradient(GraphBuffers buffers, int firstPanel, int panels) {
        ActivationPanels delta = buffers.gradient(out);
        products.gradient(weights, delta, buffers.value(in), firstPanel, panels, weights.gradients, scratch(panels));
        weights.clearOthersGradients();
        biasGradient(delta, firstPanel, panels);
    }

    private void biasGradient(ActivationPanels delta, int firstPanel, int panels) {
        for (int o = 0; o < biases.count; o++) {
            biases.gradients[o] = FixedOrderSum.sum(
                    delta.memory(),
                    delta.row(firstPanel, o),
                    weights.outputs * ActivationPanels.ROW_BYTES,
                    panels,
                    columns);
        }
    }

    private GradientScratch scratch(int panels) {
        GradientScratch made = scratch;
        if (made == null || made.panels() < panels) {
            made = GradientScratch.allocate(linear.inputs(), linear.outputs(), panels);
            scratch = made;
        }
        return made;
    }

    private float[] array(Kind kind) {
        return switch (kind) {
            case VALUE -> weights.values;
            case GRADIENT -> weights.gradients;
            case FIRST_MOMENT -> weights.first;
            case SECOND_MOMENT -> weights.second;
        };
    }

    @Override
    void read(Kind kind, Weights into) {
        weights.spread(array(kind), into.matrix(layer));
        biases.read(kind, into.biases(layer));
    }

    @Override
    void write(Kind kind, Weights from) {
        weights.gather(from.matrix(layer), array(kind));
        if (kind == Kind.VALUE) {
            weights.changed();
        }
        biases.write(kind, from.biases(layer));
    }

    @Override
    void update(Update update, Update unpenalised) {
        step(
                kernels,
                update,
                weights.values,
                weights.gradients,
                weights.first,
                weights.second,
                CompactLayer.padded(weights.count));
        if (update instanceof Update.Adam adam && adam.epsilon() == 0) {
            weights.zeroPruned(); // 0 / 0
        }
        weights.changed();
        biases.update(kernels, unpenalised);
    }
}
