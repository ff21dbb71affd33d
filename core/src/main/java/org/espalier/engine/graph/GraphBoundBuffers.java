package org.espalier.engine.graph;

import java.util.Objects;
import java.util.stream.IntStream;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.graph.map.MapLayout;
import org.espalier.engine.graph.map.Value;
import org.jspecify.annotations.Nullable;

/**
 * Bound buffers of {@link GraphEngine}. Images, centres and coefficients stand in the panels of one {@link GraphBuffers}, so that one
 * sum over its panels is a weight's gradient. A value holds what is after its ReLU; of coefficients, those of the value after the
 * ReLU until they become gradients, and the gradient's panels hold those before it.
 */
final class GraphBoundBuffers extends BoundBuffers {
    private final GraphBuffers natural;
    /** Half the width of each value, and its gradients; P panels. */
    final GraphBuffers radius;

    private final @Nullable ActivationPanels[] lower; // (value): bounds before the ReLU, or of a max pool
    private final @Nullable ActivationPanels[] upper;
    private final @Nullable ActivationPanels[]
            lowerGradient; // (value): what linear bounds add to the bounds' gradients
    private final @Nullable ActivationPanels[] upperGradient;
    private final @Nullable ActivationPanels[]
            product; // (value): a panel of what a step makes of coefficients' gradients
    private final int[][]
            places; // (value): places inside the border, of those before a ReLU if there are linear bounds
    private @Nullable Step elided;

    GraphBoundBuffers(GraphPlan plan, Step[] steps, int examples, boolean linear) {
        super(plan.architecture(), examples, linear);
        int lanes = ActivationPanels.panelsFor(examples) * ActivationPanels.LANES;
        natural = new GraphBuffers(plan, (2 + margins) * lanes);
        radius = new GraphBuffers(plan, lanes);
        int values = plan.values().size();
        lower = new ActivationPanels[values];
        upper = new ActivationPanels[values];
        lowerGradient = new ActivationPanels[values];
        upperGradient = new ActivationPanels[values];
        product = new ActivationPanels[values];
        places = new int[values][0];
        for (Step step : steps) {
            int value = step.out.index;
            int size = step.out.layout().places();
            if (step.rectifies() || step instanceof MaxPoolStep) {
                lower[value] = new ActivationPanels(size, lanes);
                upper[value] = new ActivationPanels(size, lanes);
            }
            if (linear && (step.rectifies() || step instanceof MaxPoolStep)) {
                upperGradient[value] = new ActivationPanels(size, lanes);
            }
            if (linear && step.rectifies()) {
                lowerGradient[value] = new ActivationPanels(size, lanes);
                product[value] = new ActivationPanels(size, 1);
                places[value] = inside(step.out.layout());
            }
        }
    }

    private static int[] inside(MapLayout layout) {
        return IntStream.range(0, layout.values())
                .map(i -> layout.place(
                        i / (layout.height() * layout.width()),
                        i / layout.width() % layout.height(),
                        i % layout.width()))
                .toArray();
    }

    static GraphBoundBuffers of(BoundBuffers buffers) {
        if (buffers instanceof GraphBoundBuffers own) {
            return own;
        }
        throw new IllegalArgumentException("the engine works on buffers that it made itself, got "
                + buffers.getClass().getSimpleName());
    }

    @Override
    public GraphBuffers natural() {
        return natural;
    }

    /** Says which step is taken together with the differences of its outputs, if one is. */
    void elide(@Nullable Step step) {
        elided = step;
    }

    boolean elides(Step step) {
        return step == elided;
    }

    ActivationPanels lower(Value value) {
        return Objects.requireNonNull(lower[value.index]);
    }

    ActivationPanels upper(Value value) {
        return Objects.requireNonNull(upper[value.index]);
    }

    ActivationPanels lowerGradient(Value value) {
        return Objects.requireNonNull(lowerGradient[value.index]);
    }

    ActivationPanels upperGradient(Value value) {
        return Objects.requireNonNull(upperGradient[value.index]);
    }

    ActivationPanels product(Value value) {
        return Objects.requireNonNull(product[value.index]);
    }

    int[] places(Value value) {
        return places[value.index];
    }
}
