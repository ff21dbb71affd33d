package org.espalier.engine.scalar;

import java.lang.foreign.ValueLayout;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.kernel.BoundKernels;
import org.jspecify.annotations.Nullable;

/** The kernels of bounds in plain Java: what {@code VectorBounds} must equal bit for bit. */
public final class ScalarBounds implements BoundKernels {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final long ROW = ActivationPanels.ROW_BYTES;

    @Override
    public void box(
            ActivationPanels x,
            int panel,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int radiusPanel,
            int[] features,
            float epsilon) {
        for (int feature : features) {
            for (long at = 0; at < ROW; at += Float.BYTES) {
                float value = get(x, panel, feature, at);
                float low = value - epsilon;
                low = low < 0f ? 0f : low;
                float high = value + epsilon;
                high = high > 1f ? 1f : high;
                set(centre, centrePanel, feature, at, (high + low) * 0.5f);
                set(radius, radiusPanel, feature, at, (high - low) * 0.5f);
            }
        }
    }

    @Override
    public void interval(
            ActivationPanels c,
            int cPanel,
            ActivationPanels d,
            int dPanel,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int radiusPanel) {
        for (int unit = 0; unit < c.features(); unit++) {
            for (long at = 0; at < ROW; at += Float.BYTES) {
                float middle = get(c, cPanel, unit, at);
                float half = get(d, dPanel, unit, at);
                float l = middle - half;
                float u = middle + half;
                set(lower, panel, unit, at, l);
                set(upper, panel, unit, at, u);
                l = l < 0f ? 0f : l; // a NaN stays one: divergence is detected at the margins
                u = u < 0f ? 0f : u;
                set(centre, centrePanel, unit, at, (u + l) * 0.5f);
                set(radius, radiusPanel, unit, at, (u - l) * 0.5f);
            }
        }
    }

    @Override
    public void intervalGradient(
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            @Nullable ActivationPanels lowerGradient,
            @Nullable ActivationPanels upperGradient) {
        for (int unit = 0; unit < centre.features(); unit++) {
            for (long at = 0; at < ROW; at += Float.BYTES) {
                float middle = get(centre, centrePanel, unit, at);
                float half = get(radius, panel, unit, at);
                float gu = get(upper, panel, unit, at) > 0f ? (middle + half) * 0.5f : 0f;
                float gl = get(lower, panel, unit, at) > 0f ? (middle - half) * 0.5f : 0f;
                if (lowerGradient != null && upperGradient != null) {
                    gu += get(upperGradient, panel, unit, at);
                    gl += get(lowerGradient, panel, unit, at);
                }
                set(centre, centrePanel, unit, at, gu + gl);
                set(radius, panel, unit, at, gu - gl);
            }
        }
    }

    @Override
    public void relax(
            ActivationPanels v,
            ActivationPanels lambda,
            int coefficients,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            int[] units,
            float @Nullable [] biases,
            ActivationPanels sums,
            int margin) {
        for (int unit : units) {
            for (long at = 0; at < ROW; at += Float.BYTES) {
                float l = get(lower, panel, unit, at);
                float u = get(upper, panel, unit, at);
                float value = get(v, coefficients, unit, at);
                float sum = get(sums, panel, margin, at);
                boolean through = l >= 0f || u > -l;
                float slope = through ? value : 0f;
                if (value < 0f && l < 0f) {
                    slope = value * (u / (u - l));
                }
                slope = u > 0f || l >= 0f ? slope : 0f;
                if (l < 0f && u > 0f && value < 0f) {
                    sum = Math.fma(-slope, l, sum);
                }
                if (biases != null) {
                    sum = Math.fma(slope, biases[unit], sum);
                }
                set(lambda, coefficients, unit, at, slope);
                set(sums, panel, margin, at, sum);
            }
        }
    }

    @Override
    public void relaxGradient(
            ActivationPanels product,
            ActivationPanels v,
            ActivationPanels lambda,
            int coefficients,
            ActivationPanels lower,
            ActivationPanels upper,
            ActivationPanels lowerGradient,
            ActivationPanels upperGradient,
            int panel,
            int[] units,
            float @Nullable [] biases,
            ActivationPanels scale,
            int scalePanel) {
        for (int unit : units) {
            for (long at = 0; at < ROW; at += Float.BYTES) {
                float l = get(lower, panel, unit, at);
                float u = get(upper, panel, unit, at);
                float value = get(v, coefficients, unit, at);
                float g = get(scale, scalePanel, 0, at);
                float slope = get(product, 0, unit, at);
                if (biases != null) {
                    slope = Math.fma(g, biases[unit], slope);
                }
                float through = l >= 0f || u > -l ? slope : 0f;
                through = u > 0f || l >= 0f ? through : 0f;
                if (l < 0f && u > 0f && value < 0f) {
                    float width = u - l;
                    float share = u / width;
                    slope = Math.fma(g, -l, slope);
                    through = slope * share;
                    float turn = slope * (value / width);
                    float gl = Math.fma(turn, share, get(lowerGradient, panel, unit, at));
                    gl = Math.fma(-g, get(lambda, coefficients, unit, at), gl);
                    set(lowerGradient, panel, unit, at, gl);
                    float gu = Math.fma(turn, 1f - share, get(upperGradient, panel, unit, at));
                    set(upperGradient, panel, unit, at, gu);
                }
                set(v, coefficients, unit, at, through);
            }
        }
    }

    @Override
    public void least(
            ActivationPanels a,
            int coefficients,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int panel,
            int[] features,
            ActivationPanels sums,
            int margin) {
        for (int feature : features) {
            for (long at = 0; at < ROW; at += Float.BYTES) {
                float value = get(a, coefficients, feature, at);
                float sum = get(sums, panel, margin, at);
                sum = Math.fma(value, get(centre, centrePanel, feature, at), sum);
                sum = Math.fma(-Math.abs(value), get(radius, panel, feature, at), sum);
                set(sums, panel, margin, at, sum);
            }
        }
    }

    @Override
    public void leastGradient(
            ActivationPanels a,
            int coefficients,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int panel,
            int[] features,
            ActivationPanels scale,
            int scalePanel) {
        for (int feature : features) {
            for (long at = 0; at < ROW; at += Float.BYTES) {
                float value = get(a, coefficients, feature, at);
                float half = get(radius, panel, feature, at);
                float corner = get(centre, centrePanel, feature, at);
                corner = value > 0f ? corner - half : value < 0f ? corner + half : corner;
                set(a, coefficients, feature, at, get(scale, scalePanel, 0, at) * corner);
            }
        }
    }

    @Override
    public void addSigned(float[] gradients, float[] radii, float[] values, int count) {
        for (int k = 0; k < count; k++) {
            gradients[k] += values[k] > 0f ? radii[k] : values[k] < 0f ? -radii[k] : 0f;
        }
    }

    private static float get(ActivationPanels panels, int panel, int feature, long at) {
        return panels.memory().get(FLOAT, panels.row(panel, feature) + at);
    }

    private static void set(ActivationPanels panels, int panel, int feature, long at, float value) {
        panels.memory().set(FLOAT, panels.row(panel, feature) + at, value);
    }
}
