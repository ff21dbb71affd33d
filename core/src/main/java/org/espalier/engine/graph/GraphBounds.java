package org.espalier.engine.graph;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.graph.map.MapOps;
import org.espalier.engine.graph.map.Value;
import org.espalier.engine.kernel.BoundKernels;
import org.espalier.engine.kernel.FixedOrderSum;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.ClassMargins;
import org.espalier.engine.layer.ClassPairs;
import org.espalier.engine.layer.LayerMatmul;
import org.jspecify.annotations.Nullable;

/**
 * {@link BoundEngine#boundMargins} and its gradient for any graph, from the steps' own products, as the engine of fully connected
 * networks does it. A box goes through a step as centre and radius, the radius through absolute factors; a ReLU or max pool makes
 * centre and radius anew from both bounds.
 */
final class GraphBounds {
    private final Kernels kernels;
    private final BoundKernels bounds;
    private final GraphPlan plan;
    private final Step[] steps;
    private final Spares spares;
    private final boolean[] rectified; // (value)
    private final int[] everyInput;
    private final @Nullable LinearStep
            last; // taken together with the differences of its logits, if it makes the logits

    GraphBounds(Kernels kernels, GraphPlan plan, Step[] steps, Spares spares) {
        this.kernels = kernels;
        this.plan = plan;
        this.steps = steps;
        this.spares = spares;
        bounds = kernels.bounds();
        everyInput = IntStream.range(0, plan.input().layout().places()).toArray();
        rectified = new boolean[plan.values().size()];
        LinearStep found = null;
        for (Step step : steps) {
            rectified[step.out.index] = step.rectifies();
            if (step.out == plan.output()
                    && step instanceof LinearStep linear
                    && !step.rectifies()
                    && step.out.readers == 0) {
                found = linear;
            }
        }
        last = found;
    }

    /** Fills {@link BoundBuffers#marginBounds}. */
    void run(GraphBoundBuffers buffers, float epsilon) {
        GraphBuffers main = buffers.natural();
        ActivationPanels input = main.value(plan.input());
        buffers.elide(last);
        if (last != null) {
            last.pairs().refill();
        }
        for (int panel = 0; panel < buffers.panels(); panel++) {
            int centre = buffers.centre(panel);
            main.training[centre] = false;
            bounds.box(input, panel, input, centre, buffers.radius.value(plan.input()), panel, everyInput, epsilon);
            for (int s = 0; s < steps.length; s++) {
                intervals(buffers, steps[s], panel);
            }
            if (last == null) {
                logitRadii(buffers, panel);
            }
            if (buffers.linearShare > 0) {
                prepareLinear(buffers, panel);
                for (int margin = 0; margin < buffers.margins; margin++) {
                    linear(buffers, margin, panel);
                }
            }
            ClassMargins.mix(buffers, main.logits(), panel);
        }
    }

    private void prepareLinear(GraphBoundBuffers buffers, int panel) {
        for (int s = 0; s < steps.length; s++) {
            steps[s].prepareLinear(buffers, panel);
        }
    }

    private void intervals(GraphBoundBuffers buffers, Step step, int panel) {
        int centre = buffers.centre(panel);
        ActivationPanels c = buffers.natural().value(step.out);
        if (last != null && step == last) {
            last.affine(buffers.natural(), centre, Step.Part.WHOLE, c, centre);
            last.pairs().forward(kernels, buffers.radius.value(step.in), buffers.pairRadius, panel);
            return;
        }
        step.bound(buffers, panel);
        if (step.rectifies()) {
            ActivationPanels d = buffers.radius.value(step.out);
            ActivationPanels lower = buffers.lower(step.out);
            bounds.interval(c, centre, d, panel, lower, buffers.upper(step.out), panel, c, centre, d, panel);
        }
    }

    /** Radii of differences of logits that no linear layer makes: the sums of both radii. */
    private void logitRadii(GraphBoundBuffers buffers, int panel) {
        ActivationPanels d = buffers.radius.value(plan.output());
        ActivationPanels to = buffers.pairRadius;
        for (int b = 1; b < d.features(); b++) {
            for (int a = 0; a < b; a++) {
                kernels.maps()
                        .sum(
                                d.memory(),
                                d.row(panel, a),
                                d.memory(),
                                d.row(panel, b),
                                to.memory(),
                                to.row(panel, ClassPairs.pair(a, b)),
                                ActivationPanels.LANES,
                                false);
            }
        }
    }

    private void logitRadiiGradient(GraphBoundBuffers buffers, int panel) {
        ActivationPanels d = buffers.radius.gradient(plan.output());
        ActivationPanels from = buffers.pairGradient;
        LayerMatmul.clear(d, panel);
        for (int b = 1; b < d.features(); b++) {
            for (int a = 0; a < b; a++) {
                long row = from.row(panel, ClassPairs.pair(a, b));
                kernels.maps().add(from.memory(), row, d.memory(), d.row(panel, a), ActivationPanels.LANES);
                kernels.maps().add(from.memory(), row, d.memory(), d.row(panel, b), ActivationPanels.LANES);
            }
        }
    }

    /** Where coefficients of a value are put on their way back: after its ReLU, if it has one. */
    private ActivationPanels coefficients(GraphBuffers buffers, Value value) {
        return rectified[value.index] || value == plan.input() ? buffers.value(value) : buffers.gradient(value);
    }

    /** Carries one margin's coefficients back to the inputs, each example's own. */
    private void linear(GraphBoundBuffers buffers, int margin, int panel) {
        GraphBuffers main = buffers.natural();
        int at = buffers.coefficients(margin, panel);
        ClassMargins.difference(buffers, coefficients(main, plan.output()), at, margin, panel, null);
        for (int s = steps.length - 1; s >= 0; s--) {
            Step step = steps[s];
            float @Nullable [] constants = step.constants();
            if (step.rectifies()) {
                bounds.relax(
                        main.value(step.out),
                        main.gradient(step.out),
                        at,
                        buffers.lower(step.out),
                        buffers.upper(step.out),
                        panel,
                        buffers.places(step.out),
                        constants,
                        buffers.linear,
                        margin);
            } else if (constants != null) {
                addConstants(buffers, step.out, at, constants, margin, panel);
            }
            for (int i = 0; i < step.plan.in().length; i++) {
                Value value = step.plan.in()[i];
                ActivationPanels to = coefficients(main, value);
                if (step.plan.adds()[i]) {
                    ActivationPanels more = spares.of(value);
                    step.linear(buffers, margin, panel, i, more, 0);
                    add(more, to, at);
                } else {
                    step.linear(buffers, margin, panel, i, to, at);
                }
            }
        }
        ActivationPanels input = main.value(plan.input());
        bounds.least(
                input,
                at,
                input,
                buffers.centre(panel),
                buffers.radius.value(plan.input()),
                panel,
                everyInput,
                buffers.linear,
                margin);
    }

    private static void addConstants(
            GraphBoundBuffers buffers, Value value, int at, float[] constants, int margin, int panel) {
        ActivationPanels lambda = buffers.natural().gradient(value);
        MemorySegment sums = buffers.linear.memory();
        long row = buffers.linear.row(panel, margin);
        for (int place = 0; place < lambda.features(); place++) {
            if (constants[place] != 0) {
                MapOps.addScaled(lambda.memory(), lambda.row(at, place), constants[place], sums, row);
            }
        }
    }

    /** Makes the parameters' gradients; the natural examples' are passed back already if they count. */
    void gradient(GraphBoundBuffers buffers, boolean natural) {
        int panels = buffers.panels();
        boolean linear = buffers.linearShare > 0;
        for (int panel = 0; panel < panels; panel++) {
            ClassMargins.spread(buffers, buffers.natural().gradient(plan.output()), panel);
            if (linear) {
                clearBoundGradients(buffers, panel);
                prepareLinear(buffers, panel);
                for (int margin = 0; margin < buffers.margins; margin++) {
                    linearGradient(buffers, margin, panel);
                }
            }
            intervalGradient(buffers, panel, linear);
        }
        for (int s = 0; s < steps.length; s++) {
            steps[s].boundGradient(buffers, natural ? 0 : panels, linear);
        }
    }

    private void clearBoundGradients(GraphBoundBuffers buffers, int panel) {
        for (int s = 0; s < steps.length; s++) {
            if (steps[s].rectifies()) {
                LayerMatmul.clear(buffers.lowerGradient(steps[s].out), panel);
            }
            if (steps[s].rectifies() || steps[s] instanceof MaxPoolStep) {
                LayerMatmul.clear(buffers.upperGradient(steps[s].out), panel);
            }
        }
    }

    /** One margin's linear bound: its coefficients become their gradients, from the inputs up. */
    private void linearGradient(GraphBoundBuffers buffers, int margin, int panel) {
        GraphBuffers main = buffers.natural();
        int at = buffers.coefficients(margin, panel);
        int scale = margin * buffers.panels() + panel;
        ActivationPanels input = main.value(plan.input());
        bounds.leastGradient(
                input,
                at,
                input,
                buffers.centre(panel),
                buffers.radius.value(plan.input()),
                panel,
                everyInput,
                buffers.linearGradient,
                scale);
        for (int s = 0; s < steps.length; s++) {
            Step step = steps[s];
            if (step.out == plan.output() && !step.rectifies()) {
                continue; // the margin's coefficients of the logits are constant
            }
            float @Nullable [] constants = step.constants();
            if (!step.rectifies()) {
                step.linearGradient(buffers, margin, panel);
                addScale(buffers, main.value(step.out), at, constants, scale);
                continue;
            }
            step.affine(main, at, Step.Part.LINEAR, buffers.product(step.out), 0);
            bounds.relaxGradient(
                    buffers.product(step.out),
                    main.value(step.out),
                    main.gradient(step.out),
                    at,
                    buffers.lower(step.out),
                    buffers.upper(step.out),
                    buffers.lowerGradient(step.out),
                    buffers.upperGradient(step.out),
                    panel,
                    buffers.places(step.out),
                    constants,
                    buffers.linearGradient,
                    scale);
        }
    }

    private static void addScale(
            GraphBoundBuffers buffers, ActivationPanels value, int at, float @Nullable [] constants, int scale) {
        ActivationPanels g = buffers.linearGradient;
        for (int place = 0; constants != null && place < value.features(); place++) {
            if (constants[place] != 0) {
                MapOps.addScaled(g.memory(), g.row(scale, 0), constants[place], value.memory(), value.row(at, place));
            }
        }
    }

    /** A place's coefficients times the gradients of their bounds, summed over all margins and examples. */
    static float scaled(GraphBoundBuffers buffers, ActivationPanels delta, int place) {
        return FixedOrderSum.dot(
                delta.memory(),
                delta.row(2 * buffers.panels(), place),
                delta.features() * ActivationPanels.ROW_BYTES,
                buffers.linearGradient.memory(),
                0,
                ActivationPanels.ROW_BYTES,
                buffers.margins * buffers.panels());
    }

    private void intervalGradient(GraphBoundBuffers buffers, int panel, boolean linear) {
        int centre = buffers.centre(panel);
        if (last == null) {
            logitRadiiGradient(buffers, panel);
        }
        for (int s = steps.length - 1; s >= 0; s--) {
            Step step = steps[s];
            if (!step.out.trained) {
                continue;
            }
            if (step.rectifies()) {
                bounds.intervalGradient(
                        buffers.natural().gradient(step.out),
                        centre,
                        buffers.radius.gradient(step.out),
                        buffers.lower(step.out),
                        buffers.upper(step.out),
                        panel,
                        linear ? buffers.lowerGradient(step.out) : null,
                        linear ? buffers.upperGradient(step.out) : null);
            }
            for (int i = 0; i < step.plan.in().length; i++) {
                if (step.plan.in()[i].trained) {
                    back(buffers, step, panel, i, false);
                    back(buffers, step, panel, i, true);
                }
            }
        }
    }

    private void back(GraphBoundBuffers buffers, Step step, int panel, int input, boolean radius) {
        Value value = step.plan.in()[input];
        ActivationPanels gradient =
                radius ? buffers.radius.gradient(value) : buffers.natural().gradient(value);
        int at = radius ? panel : buffers.centre(panel);
        boolean adds = step.plan.adds()[input];
        ActivationPanels to = adds ? spares.of(value) : gradient;
        int toPanel = adds ? 0 : at;
        if (radius && last != null && step == last) {
            last.pairsBackward(buffers, panel, to, toPanel);
        } else {
            step.boundBackward(buffers, panel, input, radius, to, toPanel);
        }
        if (adds) {
            add(to, gradient, at);
        }
    }

    /** Adds the first panel of some rows to a panel of others. */
    private void add(ActivationPanels more, ActivationPanels to, int panel) {
        kernels.maps().add(more.memory(), 0, to.memory(), to.row(panel, 0), to.features() * ActivationPanels.LANES);
    }
}
