package org.espalier.evaluate.measure;

import java.util.Map;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;

/**
 * How far the logits of a network move near an image: the largest {@code |f(x) - f(x')|_1 / |x - x'|_inf} that PGD meets, with x' in
 * the L-infinity ball and in [0, 1]. Its steps raise the numerator. Yang et al., "A closer look at accuracy vs. robustness" (2020), section 4, who
 * take its mean over images as an empirical local Lipschitz constant. It is a lower bound of the true one.
 *
 * <p>Their published function steps along the gradient of minus the ratio, and so down; this one steps up. Works with every network. In
 * float64 and plain loops.
 */
public final class EmpiricalLipschitz {
    private static final double START = 0.001; // standard deviation of the first x' about x

    private final Graph graph;
    private final Map<String, double[]> parameters;
    private final double epsilon;
    private final int steps;

    /**
     * Of a network and a ball.
     *
     * @param epsilon radius of the ball, above 0
     * @param steps of PGD, each of epsilon / 4, at least 1
     */
    public EmpiricalLipschitz(Weights weights, Mask mask, double epsilon, int steps) {
        if (!(epsilon > 0) || steps < 1) {
            throw new IllegalArgumentException(
                    "a ratio needs a radius above 0 and at least 1 step, got " + epsilon + " and " + steps);
        }
        Weights kept = weights.copy();
        kept.apply(mask);
        graph = kept.graph();
        parameters = DoublePass.values(kept);
        this.epsilon = epsilon;
        this.steps = steps;
    }

    /**
     * The largest ratio at an image, of all points of the search. The result does not depend on threads or kernels.
     *
     * @param image pixels in [0, 1]
     * @param draws stream of the first point
     * @return at least 0; 0 where no point but the image itself was met
     */
    public double of(double[] image, Stream draws) {
        double[] logits = new DoublePass(graph, parameters, new double[][] {image}).logits()[0].clone();
        double[] point = image.clone();
        for (int i = 0; i < point.length; i++) {
            double noise = START * Gaussian.at(draws, 0, i);
            // Turned about at the edges of the range, where half of all points would be the image itself.
            boolean outside = image[i] + noise < 0 || image[i] + noise > 1;
            point[i] = inside(image[i], image[i] + (outside ? -noise : noise));
        }
        double largest = 0;
        for (int step = 0; step <= steps; step++) {
            double distance = 0;
            for (int i = 0; i < point.length; i++) {
                distance = Math.max(distance, Math.abs(point[i] - image[i]));
            }
            if (distance == 0) {
                return largest;
            }
            DoublePass pass = new DoublePass(graph, parameters, new double[][] {point});
            double moved = 0;
            double[][] slopes = new double[1][logits.length];
            for (int c = 0; c < logits.length; c++) {
                double change = pass.logits()[0][c] - logits[c];
                moved += Math.abs(change);
                slopes[0][c] = Math.signum(change);
            }
            largest = Math.max(largest, moved / distance);
            if (step < steps) {
                // The distance changes with the farthest pixels alone; a slope of it would hold all pixels back in
                // turns.
                pass.backward(slopes);
                double[] gradient = pass.gradientOf(Graph.INPUT)[0];
                for (int i = 0; i < point.length; i++) {
                    point[i] = inside(image[i], point[i] + epsilon / 4 * Math.signum(gradient[i]));
                }
            }
        }
        return largest;
    }

    private double inside(double pixel, double value) {
        return Math.clamp(value, Math.max(0, pixel - epsilon), Math.min(1, pixel + epsilon));
    }
}
