package org.espalier.attack.strong.search;

import java.util.Arrays;
import org.espalier.attack.strong.Losses;

/**
 * One example's way through an attack: a point that moves, and what it asks of the network at each stop. {@link BatchedSearches} runs
 * many side by side.
 *
 * <p>At each stop {@link #onLogits} gets the logits at {@link #x}; it may then ask for gradients there, one after the
 * other, and moves {@link #x} on. Arrays of inputs hold the target's live inputs, in rows' order.
 */
public abstract class PerExampleSearch {
    /** What a walk wants next. */
    public enum Request {
        /** The logits at {@link PerExampleSearch#x}, which has moved. */
        LOGITS,
        /** The gradient of {@link PerExampleSearch#slopes} times the logits, at the point of the last logits. */
        GRADIENT,
        /** Nothing more: {@link PerExampleSearch#result} is the result. */
        NOTHING
    }

    public final float[] clean; // the clean example, (row)
    public final float[] x; // where the walk stands, (row)
    public final float[] result; // the point to return, (row); the clean example until there is a better one
    public final int label; // true class
    protected final float[] slopes; // coefficients of the gradient asked for, (class)
    public double loss = Double.NaN; // the attack's loss at the result, if it has one
    protected long forwards;
    protected long backwards;
    protected boolean zeroGradient;

    public PerExampleSearch(float[] clean, int label, int classes) {
        this.clean = clean;
        this.label = label;
        x = clean.clone();
        result = clean.clone();
        slopes = new float[classes];
    }

    /**
     * Takes the logits at {@link #x}.
     *
     * @param z logits, (class); valid during the call
     */
    protected abstract Request onLogits(float[] z);

    /**
     * Takes the gradient asked for.
     *
     * @param g gradient, (row); valid during the call
     */
    protected Request onGradient(float[] g) {
        throw new IllegalStateException("this walk asks for no gradients");
    }

    /** Asks for the gradient of {@code z_plus - z_minus}. */
    protected final Request askDifference(int plus, int minus) {
        Arrays.fill(slopes, 0f);
        slopes[plus] += 1f;
        slopes[minus] -= 1f;
        return Request.GRADIENT;
    }

    /** Whether these logits mean another class than the true one, or another class has the same logit: ties count as broken. */
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
