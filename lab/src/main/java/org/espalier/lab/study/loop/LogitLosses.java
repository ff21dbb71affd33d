package org.espalier.lab.study.loop;

import java.util.Arrays;

/**
 * Losses of one example on a range of its logits, which is a head of the network. Each adds its gradient to that of all logits. In
 * double with {@link StrictMath}, so that the bits are the same on every machine.
 */
public final class LogitLosses {
    private LogitLosses() {}

    /**
     * Softmax probabilities at a temperature.
     *
     * @param logits (class)
     * @param from first logit of the head
     * @param to last one + 1
     * @param temperature T above 0: softmax(z / T)
     * @return (class of the head)
     */
    public static double[] probabilities(float[] logits, int from, int to, double temperature) {
        double most = Double.NEGATIVE_INFINITY;
        for (int c = from; c < to; c++) {
            most = Math.max(most, logits[c] / temperature);
        }
        double[] p = new double[to - from];
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = StrictMath.exp(logits[from + c] / temperature - most);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return p;
    }

    /**
     * {@code scale} times the cross-entropy of a head.
     *
     * @param label within the head, from 0
     * @param gradient (logit) receives the gradient added
     * @return the loss, natural logarithm
     */
    public static double crossEntropy(float[] logits, int from, int to, int label, double scale, double[] gradient) {
        double[] p = probabilities(logits, from, to, 1);
        for (int c = 0; c < p.length; c++) {
            gradient[from + c] += scale * (p[c] - (c == label ? 1 : 0));
        }
        return -scale * StrictMath.log(p[label]);
    }

    /**
     * {@code scale} times T^2 KL(softmax(reference / T) || softmax(logits / T)) of a head, the reference a constant. Hinton, Vinyals
     * and Dean, "Distilling the knowledge in a neural network" (2015), section 2; T = 1 gives the divergence itself.
     *
     * @param reference (logit) of the network to follow
     * @param temperature T above 0
     * @param gradient (logit) receives the gradient added
     */
    public static double divergence(
            float[] logits, float[] reference, int from, int to, double temperature, double scale, double[] gradient) {
        double[] p = probabilities(reference, from, to, temperature);
        double[] q = probabilities(logits, from, to, temperature);
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            sum += p[c] == 0 ? 0 : p[c] * (StrictMath.log(p[c]) - StrictMath.log(q[c]));
            gradient[from + c] += scale * temperature * (q[c] - p[c]);
        }
        return scale * temperature * temperature * sum;
    }

    /** The head's class of the largest logit, the lowest on ties. */
    public static int predicted(float[] logits, int from, int to) {
        int best = from;
        for (int c = from + 1; c < to; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        return best - from;
    }

    /** No gradient yet. */
    static void clear(double[] gradient) {
        Arrays.fill(gradient, 0);
    }
}
