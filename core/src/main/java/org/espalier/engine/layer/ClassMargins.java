package org.espalier.engine.layer;

import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.jspecify.annotations.Nullable;

/** The ends of bounds, alike for all float32 engines: from the logits' intervals and linear bounds to margins, and back. */
public final class ClassMargins {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private ClassMargins() {}

    /**
     * Begins a margin's linear bound: its coefficients of the logits, 1 for the label and -1 for the other class, and its
     * constant.
     *
     * @param logits receives the coefficients, in panel {@code at}
     * @param bias of the logits, or null
     */
    public static void difference(
            BoundBuffers buffers, ActivationPanels logits, int at, int margin, int panel, float @Nullable [] bias) {
        LayerMatmul.clear(logits, at);
        for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
            float start = 0f;
            int example = panel * ActivationPanels.LANES + lane;
            if (example < buffers.examples) {
                int label = buffers.labels[example];
                int other = BoundBuffers.other(margin, label);
                set(logits, at, label, lane, 1f);
                set(logits, at, other, lane, -1f);
                start = bias == null ? 0f : bias[label] - bias[other];
            }
            set(buffers.linear, panel, margin, lane, start);
        }
    }

    /**
     * Both kinds of bounds, mixed, as worst cases by class.
     *
     * @param logits of the boxes' centres, in the panel that {@link BoundBuffers#centre} says
     */
    public static void mix(BoundBuffers buffers, ActivationPanels logits, int panel) {
        ActivationPanels worst = buffers.marginBounds();
        int centre = buffers.centre(panel);
        float share = buffers.linearShare;
        for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
            int example = panel * ActivationPanels.LANES + lane;
            if (example >= buffers.examples) {
                for (int c = 0; c < worst.features(); c++) {
                    set(worst, panel, c, lane, 0f);
                }
                continue;
            }
            int label = buffers.labels[example];
            float own = get(logits, centre, label, lane);
            set(worst, panel, label, lane, 0f);
            for (int margin = 0; margin < worst.features() - 1; margin++) {
                int other = BoundBuffers.other(margin, label);
                float value = get(logits, centre, other, lane) - own;
                value += get(buffers.pairRadius, panel, ClassPairs.pair(label, other), lane);
                if (share > 0) {
                    value = Math.fma(1f - share, value, -share * get(buffers.linear, panel, margin, lane));
                }
                set(worst, panel, other, lane, value);
            }
        }
    }

    /**
     * From the worst cases' gradient to those of the centres' logits, the pairs' radii and the linear bounds.
     *
     * @param logits receives that of the centres' logits
     */
    public static void spread(BoundBuffers buffers, ActivationPanels logits, int panel) {
        ActivationPanels worst = buffers.marginBoundGradients();
        int centre = buffers.centre(panel);
        float share = buffers.linearShare;
        LayerMatmul.clear(buffers.pairGradient, panel);
        for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
            int example = panel * ActivationPanels.LANES + lane;
            for (int c = 0; c < worst.features(); c++) {
                float gradient = get(worst, panel, c, lane);
                set(logits, centre, c, lane, (1f - share) * gradient);
                if (example < buffers.examples && c != buffers.labels[example]) {
                    int pair = ClassPairs.pair(buffers.labels[example], c);
                    set(buffers.pairGradient, panel, pair, lane, (1f - share) * gradient);
                }
            }
            for (int margin = 0; margin < buffers.margins; margin++) {
                float gradient = example < buffers.examples
                        ? -share * get(worst, panel, BoundBuffers.other(margin, buffers.labels[example]), lane)
                        : 0f;
                set(buffers.linearGradient, margin * buffers.panels() + panel, 0, lane, gradient);
            }
        }
    }

    private static float get(ActivationPanels panels, int panel, int feature, int lane) {
        return panels.memory().get(FLOAT, panels.row(panel, feature) + lane * 4L);
    }

    private static void set(ActivationPanels panels, int panel, int feature, int lane, float value) {
        panels.memory().set(FLOAT, panels.row(panel, feature) + lane * 4L, value);
    }
}
