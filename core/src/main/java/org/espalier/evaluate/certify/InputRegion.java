package org.espalier.evaluate.certify;

import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;

/**
 * The inputs that a threat model allows around one image, of the pixels that matter: a box, and for L2 and L1 a ball
 * too.
 *
 * <p>The box is {@code [x - epsilon, x + epsilon]} cut at 0 and 1, rounded outward so far that it also holds every
 * float32 input that an attack makes by adding in float32 and clipping.
 */
final class InputRegion {
    final Norm norm;
    final double epsilon;
    final double[] lower; // (input)
    final double[] upper; // (input)
    final double[] centre; // (input)

    /** A part of a box. */
    InputRegion(Norm norm, double epsilon, double[] lower, double[] upper, double[] centre) {
        this.norm = norm;
        this.epsilon = epsilon;
        this.lower = lower;
        this.upper = upper;
        this.centre = centre;
    }

    /**
     * The region around an image.
     *
     * @param image all pixels, in [0, 1]
     */
    static InputRegion around(SparseNetwork network, float[] image, ThreatModel threat) {
        if (image.length != network.architecture().inputs()) {
            throw new IllegalArgumentException("a network " + network.architecture() + " takes "
                    + network.architecture().inputs() + " inputs, got " + image.length);
        }
        for (float pixel : image) {
            if (!(pixel >= 0 && pixel <= 1)) {
                throw new IllegalArgumentException("inputs to be certified lie in [0, 1], got " + pixel);
            }
        }
        int[] pixels = network.pixels();
        double[] lower = new double[pixels.length];
        double[] upper = new double[pixels.length];
        double[] centre = new double[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            centre[i] = image[pixels[i]];
            lower[i] = Math.max(0, down(centre[i] - threat.epsilon()));
            upper[i] = Math.min(1, up(centre[i] + threat.epsilon()));
        }
        return new InputRegion(threat.norm(), threat.epsilon(), lower, upper, centre);
    }

    private static double down(double value) {
        return Math.nextDown(Math.min(value, (float) value));
    }

    private static double up(double value) {
        return Math.nextUp(Math.max(value, (float) value));
    }

    int size() {
        return lower.length;
    }

    /**
     * The lower bound of {@code sum_i v_i x_i} over the ball alone; -infinity for L-infinity, whose ball is the box.
     *
     * @param coefficients (input, lane)
     */
    double ballBound(double[][] coefficients, int lane) {
        if (norm == Norm.LINF) {
            return Double.NEGATIVE_INFINITY;
        }
        double middle = 0;
        double size = 0;
        double dual = 0; // L2: sum of squares; L1: largest
        for (int i = 0; i < centre.length; i++) {
            double v = coefficients[i][lane];
            middle = Math.fma(v, centre[i], middle);
            size = Math.fma(Math.abs(v), centre[i], size);
            dual = norm == Norm.L2 ? Math.fma(v, v, dual) : Math.max(dual, Math.abs(v));
        }
        double unit = (centre.length + 8) * 0x1p-51;
        double radius = epsilon * (norm == Norm.L2 ? Math.sqrt(dual) : dual);
        return middle - radius * (1 + unit) - size * unit - Double.MIN_NORMAL;
    }
}
