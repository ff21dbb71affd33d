package org.espalier.engine.vector;

import java.lang.foreign.MemorySegment;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.StepRule;
import org.espalier.engine.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** Makes an attack's step on each group of gradient rows while it is in the nearest cache. */
final class InputSteps implements InputGradientSink {
    private final Kernels kernels;
    private @Nullable StepRule rule;
    private @Nullable ActivationPanels clean;
    private @Nullable ActivationPanels x;
    private int toClean; // from a gradient's panel to that of its clean inputs
    private int toX; // from a gradient's panel to that of the points to move

    InputSteps(Kernels kernels) {
        this.kernels = kernels;
    }

    void bind(StepRule rule, ActivationPanels clean, int toClean, ActivationPanels x, int toX) {
        this.rule = rule;
        this.clean = clean;
        this.toClean = toClean;
        this.x = x;
        this.toX = toX;
    }

    @Override
    public void accept(int panel, MemorySegment gradient, long offset, int[] features, int first, int count) {
        ActivationPanels centre = clean;
        ActivationPanels points = x;
        if (centre == null || points == null) {
            throw new IllegalStateException("a step needs clean inputs and points");
        }
        switch (rule) {
            case StepRule.Sign sign ->
                kernels.signStep(
                        gradient,
                        offset,
                        features,
                        first,
                        count,
                        centre.memory(),
                        centre.row(panel + toClean, 0),
                        points.memory(),
                        points.row(panel + toX, 0),
                        sign.step(),
                        sign.epsilon());
            case null -> throw new IllegalStateException("a step needs a rule");
        }
    }
}
