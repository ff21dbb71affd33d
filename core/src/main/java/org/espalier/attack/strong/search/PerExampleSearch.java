package org.espalier.attack.strong.search;

import java.util.Arrays;
import org.espalier.attack.strong.Losses;

/**
 * An attack on one example: a point, and the logits or gradients that it requests at each point.
 * {@link BatchedSearches} runs many of them in a batch.
 *
 * <p>{@link #onLogits} receives the logits at {@link #x}. It may then request gradients at this point, one after the
 * other, before it moves {@link #x}. Arrays of inputs hold the target's live inputs, in the order of rows.
 */
public abstract class PerExampleSearch {
    /** What a search requests next. */
    public enum Request {
        /** The logits at {@link PerExampleSearch#x}, which has moved. */
        LOGITS,
        /** The gradient of {@link PerExampleSearch#coefficients} times the logits, at the point of the last logits. */
        GRADIENT,
        /** Nothing: {@link PerExampleSearch#result} is final. */
        NOTHING
    }

    public final float[] clean; // the clean example, (row)
    public final float[] x; // the present point, (row)
    public final float[] result; // the point to return, (row); the clean example until there is a better one
    public final int label; // true class
    protected final float[] coefficients; // coefficients of the gradient requested, (class)
    public double loss = Double.NaN; // the attack's loss at the result, if it has one
    protected long forwards;
    protected long backwards;
    protected boolean zeroGradient;

    public PerExampleSearch(float[] clean, int label, int classes) {
        this.clean = clean;
        this.label = label;
        x = clean.clone();
        result = clean.clone();
        coefficients = new float[classes];
    }

    /**
     * Receives the logits at {@link #x}.
     *
     * @param z logits, (class); valid during the call
     */
    protected abstract Request onLogits(float[] z);

    /**
     * Receives the gradient requested.
     *
     * @param g gradient, (row); valid during the call
     */
    protected Request onGradient(float[] g) {
        throw new IllegalStateException("this search requests no gradients");
    }

    /** Requests the gradient of {@code z_plus - z_minus}. */
    protected final Request askDifference(int plus, int minus) {
        Arrays.fill(coefficients, 0f);
        coefficients[plus] += 1f;
        coefficients[minus] -= 1f;
        return Request.GRADIENT;
    }

    /** Whether another class than the true one has the largest logit or the same logit. Ties count as broken. */
    protected final boolean fooled(float[] z) {
        if (prediction(z) != label) {
            return true;
        }
        for (int c = 0; c < z.length; c++) {
            if (c != label && z[c] == z[label]) {
                return true;
            }
        }
        return false;
    }

    protected static int prediction(float[] z) {
        int best = 0;
        for (int c = 1; c < z.length; c++) {
            if (z[c] > z[best]) {
                best = c;
            }
        }
        return best;
    }

    /** Wrong classes by falling logit, the lower class first on ties. */
    protected final int[] wrongClasses(float[] z) {
        int[] top = Losses.top(z, z.length);
        int[] wrong = new int[z.length - 1];
        int found = 0;
        for (int c : top) {
            if (c != label) {
                wrong[found++] = c;
            }
        }
        return wrong;
    }

    /** The largest logit of a wrong class, less that of the true one: above 0 the network is fooled. */
    protected final double lead(float[] z) {
        float best = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < z.length; c++) {
            if (c != label) {
                best = Math.max(best, z[c]);
            }
        }
        return (double) best - z[label];
    }
}
