package org.espalier.engine.graph;

import java.util.BitSet;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Update;
import org.espalier.engine.graph.map.Value;
import org.espalier.engine.kernel.Kernels;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Weights;
import org.jspecify.annotations.Nullable;

/** One node at work: makes a value of others, passes gradients back, and holds the node's parameters if it has any. */
abstract class Step {
    final Kernels kernels;
    final GraphPlan.Planned plan;
    final Value out;
    /** The value that the step reads first. */
    final Value in;

    Step(Kernels kernels, GraphPlan.Planned plan) {
        this.kernels = kernels;
        this.plan = plan;
        out = plan.out();
        in = plan.in()[0];
    }

    /** Computes the value of one panel; in training not called of steps that need {@link #wholeBatches}. */
    abstract void forward(GraphBuffers buffers, int panel);

    /**
     * Passes the gradient of one panel back to what the step reads.
     *
     * @param input which of the values that the step reads
     * @param to receives the gradient, in the layout of that value: written whole, but for borders
     * @param panel panel of the values
     * @param toPanel panel of {@code to}
     */
    abstract void backward(GraphBuffers buffers, int panel, int input, ActivationPanels to, int toPanel);

    /** How {@link #affine} takes the step's linear map. */
    enum Part {
        /** With its constants. */
        WHOLE,
        /** Without them. */
        LINEAR,
        /** Without them, all factors absolute: for radii. */
        ABSOLUTE
    }

    /**
     * Computes the step without the ReLU after it. Not of steps that are no affine map.
     *
     * @param panel panel of the values that are read
     * @param to receives the step's value, in panel {@code toPanel}
     */
    abstract void affine(GraphBuffers buffers, int panel, Part part, ActivationPanels to, int toPanel);

    /**
     * Passes coefficients or gradients of one panel back through the transpose of {@link #affine}, with no regard to ReLUs.
     *
     * @param input which of the values that the step reads
     * @param absolute whether to take all factors absolute
     * @param to receives them, in the layout of that value: written whole, but for borders
     */
    abstract void transposed(
            GraphBuffers buffers, int panel, int input, boolean absolute, ActivationPanels to, int toPanel);

    /** Whether the step's value has gone through a ReLU, in this step or as this step. */
    boolean rectifies() {
        return out.relu;
    }

    /** Computes centres and radii of one panel, before the ReLU. */
    void bound(GraphBoundBuffers buffers, int panel) {
        int centre = buffers.centre(panel);
        affine(buffers.natural(), centre, Part.WHOLE, buffers.natural().value(out), centre);
        affine(buffers.radius, panel, Part.ABSOLUTE, buffers.radius.value(out), panel);
    }

    /**
     * Passes gradients of one panel's centres and radii back.
     *
     * @param radius whether to what is read as radius, or else as centre
     */
    void boundBackward(
            GraphBoundBuffers buffers, int panel, int input, boolean radius, ActivationPanels to, int toPanel) {
        if (radius) {
            transposed(buffers.radius, panel, input, true, to, toPanel);
        } else {
            transposed(buffers.natural(), buffers.centre(panel), input, false, to, toPanel);
        }
    }

    /** Makes ready for the linear bounds of one panel, whose intervals are there. */
    void prepareLinear(GraphBoundBuffers buffers, int panel) {}

    /**
     * Passes one margin's coefficients of one panel back through a linear bound of the step, without its ReLU and constants.
     *
     * @param to receives them as in {@link #transposed}
     */
    void linear(GraphBoundBuffers buffers, int margin, int panel, int input, ActivationPanels to, int toPanel) {
        transposed(buffers.natural(), buffers.coefficients(margin, panel), input, false, to, toPanel);
    }

    /** The reverse of {@link #linear}: gradients of coefficients of what is read become those of the step's value. */
    void linearGradient(GraphBoundBuffers buffers, int margin, int panel) {
        GraphBuffers main = buffers.natural();
        int at = buffers.coefficients(margin, panel);
        affine(main, at, Part.LINEAR, main.value(out), at);
    }

    /**
     * Replaces the gradients of the step's parameters by those of bounds, and of natural examples where they count.
     *
     * @param first first panel that counts
     * @param linear whether linear bounds count
     */
    void boundGradient(GraphBoundBuffers buffers, int first, boolean linear) {}

    /** The constants of the step's value by place, 0 in borders, for linear bounds; null where there are none. */
    float @Nullable [] constants() {
        return null;
    }

    /** Whether training needs all panels of a batch at once. */
    boolean wholeBatches() {
        return false;
    }

    /**
     * Computes the values of a batch in training.
     *
     * @param moves whether running statistics move towards the batch's
     */
    void trainingForward(GraphBuffers buffers, int firstPanel, int panels, int examples, boolean moves) {
        throw new IllegalStateException(getClass().getSimpleName() + " works panel by panel");
    }

    /** Makes ready for {@link #backward} over a batch's panels after {@link #trainingForward}. */
    void trainingBackward(GraphBuffers buffers, int firstPanel, int panels, int examples) {}

    /** Replaces the gradients of the step's parameters, summed over some panels; their values' gradients are there. */
    void weightGradient(GraphBuffers buffers, int firstPanel, int panels) {}

    /** Takes weights, clears gradients and moments. */
    void load(Weights weights, Mask mask, LivePaths paths) {}

    /** Which of a parameter's arrays is meant. */
    enum Kind {
        VALUE,
        GRADIENT,
        FIRST_MOMENT,
        SECOND_MOMENT
    }

    /** Copies the step's parameters, their gradients or a moment. */
    void read(Kind kind, Weights into) {}

    /** Takes values, gradients or a moment; what is pruned is ignored, and running statistics stay. */
    void write(Kind kind, Weights from) {}

    /**
     * One optimizer update.
     *
     * @param unpenalised the same for parameters that no penalty is on
     */
    void update(Update update, Update unpenalised) {}

    /**
     * The weights of a layer that kernels multiply: live ones, or all survivors where the network has batch norms, whose running
     * statistics follow channels that no logit depends on, too.
     */
    static BitSet multiplied(Mask mask, LivePaths paths, int layer) {
        boolean statistics =
                mask.graph().nodes().stream().anyMatch(node -> node.operation() instanceof Operation.BatchNorm);
        return statistics ? mask.survivors(layer) : paths.weights(layer);
    }

    static void step(
            Kernels kernels,
            Update update,
            float[] values,
            float[] gradients,
            float[] first,
            float[] second,
            int count) {
        switch (update) {
            case Update.Adam adam -> kernels.adam(values, gradients, first, second, count, adam);
            case Update.Momentum momentum -> kernels.momentum(values, gradients, first, count, momentum);
            case Update.Nesterov nesterov -> kernels.nesterov(values, gradients, first, count, nesterov);
        }
    }
}
