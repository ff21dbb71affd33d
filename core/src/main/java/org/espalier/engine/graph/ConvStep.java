package org.espalier.engine.graph;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Update;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.Phases;
import org.espalier.engine.kernel.ConvKernels;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.kernel.Kernels.Epilogue;
import org.espalier.engine.layer.CompactLayer;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/** A convolution. */
final class ConvStep extends Step {
    private final Operation.Conv2d conv;
    private final int layer;
    private final KernelMode mode;
    private final MapLayout from;
    private final MapLayout to;
    private final List<Phases.Phase> phases;
    private final ConvKernels.Positions positions;
    private final Biases biases;
    private ConvWeights weights;
    private float @Nullable [] constants; // by place, when linear bounds are first wanted

    ConvStep(Kernels kernels, GraphPlan.Planned plan, Operation.Conv2d conv, int layer, KernelMode mode, Mask mask) {
        super(kernels, plan);
        this.conv = conv;
        this.layer = layer;
        this.mode = mode;
        from = in.layout();
        to = out.layout();
        phases = Phases.of(conv, in.shape, out.shape);
        positions = ConvWeights.positions(conv, from, to);
        biases = new Biases(conv.bias() ? conv.outputs() : 0);
        weights = compact(mask, new LivePaths(mask));
    }

    private ConvWeights compact(Mask mask, LivePaths paths) {
        int all = mask.architecture().weights(layer);
        BitSet alive = multiplied(mask, paths, layer);
        boolean dense = switch (mode) {
            case DENSE -> true;
            case SPARSE -> false;
            case AUTO -> ConvCalibration.PROCESS.dense(kernels, conv, in.shape, (double) alive.cardinality() / all);
        };
        return new ConvWeights(conv, kernels.convolutions(), mask.survivors(layer), alive, dense, from, to, phases);
    }

    @Override
    void load(Weights values, Mask mask, LivePaths paths) {
        weights = compact(mask, paths);
        weights.gather(values.matrix(layer), weights.values);
        for (int k = 0; k < weights.count; k++) {
            weights.values[k] += 0f;
        }
        biases.load(values.biases(layer));
    }

    @Override
    void forward(GraphBuffers buffers, int panel) {
        weights.forward(
                false,
                biases.orNull(),
                buffers.value(in),
                panel,
                buffers.value(out),
                panel,
                positions,
                to.offset(0, 0, 0),
                out.relu ? Epilogue.RELU : Epilogue.LINEAR);
    }

    @Override
    void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels target, int toPanel) {
        weights.forward(
                part == Part.ABSOLUTE,
                part == Part.WHOLE ? biases.orNull() : null,
                buffers.value(in),
                panel,
                target,
                toPanel,
                positions,
                to.offset(0, 0, 0),
                Epilogue.LINEAR);
    }

    @Override
    void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels target, int targetPanel) {
        weights.backward(absolute, buffers.gradient(out), panel, to, target, targetPanel, Epilogue.LINEAR, target);
    }

    @Override
    void boundGradient(GraphBoundBuffers buffers, int first, boolean linear) {
        ActivationPanels delta = buffers.natural().gradient(out);
        int panels = buffers.panels();
        int count = (2 + (linear ? buffers.margins : 0)) * panels - first;
        long at = to.offset(0, 0, 0);
        weights.gradient(delta, at, buffers.natural().value(in), first, count, positions, weights.gradients);
        float[] radii = weights.radiusGradients();
        weights.gradient(buffers.radius.gradient(out), at, buffers.radius.value(in), 0, panels, positions, radii);
        kernels.bounds().addSigned(weights.gradients, radii, weights.values, weights.gradients.length);
        biasGradient(delta, first, 2 * panels - first);
        for (int o = 0; linear && o < biases.count; o++) {
            for (int y = 0; y < to.height(); y++) {
                for (int x = 0; x < to.width(); x++) {
                    biases.gradients[o] += GraphBounds.scaled(buffers, delta, to.place(o, y, x));
                }
            }
        }
    }

    @Override
    float @Nullable [] constants() {
        if (biases.count == 0) {
            return null;
        }
        float[] made = constants;
        if (made == null) {
            made = new float[to.places()];
            constants = made;
        }
        for (int o = 0; o < biases.count; o++) {
            for (int y = 0; y < to.height(); y++) {
                int row = to.place(o, y, 0);
                Arrays.fill(made, row, row + to.width(), biases.values[o]);
            }
        }
        return made;
    }

    @Override
    void backward(GraphBuffers buffers, int panel, int input, ActivationPanels target, int targetPanel) {
        weights.backward(
                false,
                buffers.gradient(out),
                panel,
                to,
                target,
                targetPanel,
                in.gatedByReader ? Epilogue.GATE : Epilogue.LINEAR,
                buffers.value(in));
    }

    @Override
    void weightGradient(GraphBuffers buffers, int firstPanel, int panels) {
        ActivationPanels delta = buffers.gradient(out);
        weights.gradient(
                delta, to.offset(0, 0, 0), buffers.value(in), firstPanel, panels, positions, weights.gradients);
        biasGradient(delta, firstPanel, panels);
    }

    private void biasGradient(ActivationPanels delta, int firstPanel, int panels) {
        if (biases.count > 0) {
            kernels.convolutions()
                    .biasGradient(
                            delta.memory(),
                            delta.row(firstPanel, 0) + to.offset(0, 0, 0),
                            delta.features() * ActivationPanels.ROW_BYTES,
                            conv.outputs(),
                            positions,
                            panels,
                            biases.gradients);
        }
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
            weights.zero(weights.values); // 0 / 0
        }
        weights.changed();
        biases.update(kernels, unpenalised);
    }
}
