package org.espalier.lab.study.loop;

/** Adam on weights in double, in Keras's formulation: Kingma and Ba, "Adam" (2015), end of section 2. Gradients of zero for ever leave a weight as it is. */
public final class DoubleAdam {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final double rate;
    private final double[] first;
    private final double[] second;
    private int updates;

    /**
     * With both moments zero.
     *
     * @param weights number of weights
     * @param rate learning rate, above 0
     */
    public DoubleAdam(int weights, double rate) {
        this.rate = rate;
        first = new double[weights];
        second = new double[weights];
    }

    /**
     * One update.
     *
     * @param gradient (weight) zero where pruned
     */
    public void update(double[] weights, double[] gradient) {
        updates++;
        double step = rate * Math.sqrt(1 - StrictMath.pow(BETA2, updates)) / (1 - StrictMath.pow(BETA1, updates));
        for (int i = 0; i < weights.length; i++) {
            double g = gradient[i];
            first[i] = BETA1 * first[i] + (1 - BETA1) * g;
            second[i] = BETA2 * second[i] + (1 - BETA2) * g * g;
            weights[i] -= step * first[i] / (Math.sqrt(second[i]) + EPSILON);
        }
    }
}
