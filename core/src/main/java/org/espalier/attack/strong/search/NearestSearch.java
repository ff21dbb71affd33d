package org.espalier.attack.strong.search;

import org.espalier.attack.Norm;

/** A search for the nearest point that fools the network. */
public abstract class NearestSearch extends PerExampleSearch {
    public final Norm norm;
    /** Distance of the nearest point found, which {@link #result} holds; infinite as long as there is none. */
    public double nearest = Double.POSITIVE_INFINITY;

    // The bisection's bracket of the boundary, as shares of the segment from the clean example to the result.
    private double right;
    private double wrong;
    private int halvings;
    private float[] far = new float[0];

    public NearestSearch(Norm norm, float[] clean, int label, int classes) {
        super(clean, label, classes);
        this.norm = norm;
    }

    /** Keeps {@link #x}, at which the network is fooled, if it is the nearest so far; returns its distance. */
    protected final double offer() {
        double distance = RowMath.distance(norm, clean, x);
        if (distance < nearest) {
            nearest = distance;
            System.arraycopy(x, 0, result, 0, x.length);
        }
        return distance;
    }

    /**
     * Ends a search with a bisection of the segment from the clean example to the result. The box is convex, so every
     * point of the segment lies in it, and each is nearer in every norm. Call {@link #onBisectionLogits} with the
     * logits that follow.
     */
    protected final Request bisect(int times) {
        if (nearest == 0 || Double.isInfinite(nearest) || times == 0) {
            return Request.NOTHING;
        }
        right = 0;
        wrong = 1;
        halvings = times;
        far = result.clone();
        RowMath.between(clean, far, 0.5, x);
        return Request.LOGITS;
    }

    protected final Request onBisectionLogits(float[] z) {
        double middle = (right + wrong) / 2;
        if (fooled(z)) {
            wrong = middle;
            offer();
        } else {
            right = middle;
        }
        halvings--;
        if (halvings == 0) {
            return Request.NOTHING;
        }
        RowMath.between(clean, far, (right + wrong) / 2, x);
        return Request.LOGITS;
    }
}
