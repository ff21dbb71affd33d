package org.espalier.engine.kernel;

import org.espalier.engine.ActivationPanels;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic between the products of {@code VectorBoundMargins}, each written twice as the {@link Kernels} are, with the
 * same bits. Everything works on one panel, lane by lane; l and u are a unit's bounds before its ReLU.
 */
public interface BoundKernels {
    /** The box: {@code [x - epsilon, x + epsilon]} cut at 0 and 1, as centre and radius, for the listed features. */
    void box(
            ActivationPanels x,
            int panel,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int radiusPanel,
            int[] features,
            float epsilon);

    /**
     * Through ReLUs: {@code l = c - d, u = c + d}, and the centre and radius of {@code [relu(l), relu(u)]}.
     *
     * @param c centres before the ReLU; all features are taken
     * @param d radii before the ReLU
     */
    void interval(
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
            int radiusPanel);

    /**
     * The reverse of {@link #interval}, in place: gradients of centre and radius after the ReLU become those of c and d. A
     * ReLU's gradient is 1 where the bound is above 0, else 0.
     *
     * @param lowerGradient added to the gradient of l; null for none
     * @param upperGradient added to the gradient of u; null for none
     */
    void intervalGradient(
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            @Nullable ActivationPanels lowerGradient,
            @Nullable ActivationPanels upperGradient);

    /**
     * Coefficients through ReLUs, for a lower bound: {@code v relu(z) >= lambda z + constant} for z in [l, u]. Lambda is v
     * where {@code l >= 0} and 0 where {@code u <= 0}; else {@code v u / (u - l)} with the constant {@code -lambda l} where
     * {@code v < 0}, and v or 0, as {@code u > -l} or not, where {@code v >= 0}. Constants, and the biases' share, are added to
     * the row of sums.
     *
     * @param units rows to work on
     * @param biases of the units, or null
     * @param sums row to add to, at {@code (sumsPanel, margin)}
     */
    void relax(
            ActivationPanels v,
            ActivationPanels lambda,
            int coefficients,
            ActivationPanels lower,
            ActivationPanels upper,
            int panel,
            int[] units,
            float @Nullable [] biases,
            ActivationPanels sums,
            int margin);

    /**
     * The reverse of {@link #relax}: v becomes its gradient, the bounds' gradients are added to.
     *
     * @param product gradient of lambda without the constants' part, in its panel 0
     * @param scale gradient of the sums, in its panel {@code scalePanel}
     */
    void relaxGradient(
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
            int scalePanel);

    /** The least of {@code sum_i a_i x_i} over the box, added to the row of sums. */
    void least(
            ActivationPanels a,
            int coefficients,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int panel,
            int[] features,
            ActivationPanels sums,
            int margin);

    /** The reverse of {@link #least}: a becomes its gradient, the corner where the least is taken times the scale. */
    void leastGradient(
            ActivationPanels a,
            int coefficients,
            ActivationPanels centre,
            int centrePanel,
            ActivationPanels radius,
            int panel,
            int[] features,
            ActivationPanels scale,
            int scalePanel);

    /** {@code gradients[k] += sign(values[k]) radii[k]}, sign(0) = 0, for the first {@code count}, a multiple of 16. */
    void addSigned(float[] gradients, float[] radii, float[] values, int count);
}
