package org.espalier.attack.strong.distance;

import org.espalier.attack.Norm;
import org.espalier.attack.strong.search.NearestSearch;
import org.espalier.attack.strong.search.RowMath;

/** One example's {@link DeepFool}. */
final class DeepFoolSearch extends NearestSearch {
    /** Added to each step's length, so that a step that ends on the boundary crosses it. */
    private static final double MORE = 1e-4;

    private final DeepFool settings;
    private final float[] logits; // at x, (class)
    private final float[] normal; // of the nearest boundary so far, (row)
    private final float[] total; // sum of all steps, (row)
    private int[] candidates = new int[0];
    private int candidate;
    private double shortest; // distance to the nearest boundary so far
    private double dual; // the normal's dual norm
    private int iteration;

    DeepFoolSearch(DeepFool settings, Norm norm, float[] clean, int label, int classes) {
        super(norm, clean, label, classes);
        this.settings = settings;
        logits = new float[classes];
        normal = new float[clean.length];
        total = new float[clean.length];
    }

    @Override
    protected Request onLogits(float[] z) {
        if (fooled(z)) {
            offer();
            return Request.NOTHING;
        } else if (iteration == settings.iterations()) {
            return Request.NOTHING;
        }
        if (iteration == 0) {
            candidates = wrongClasses(z);
        }
        System.arraycopy(z, 0, logits, 0, z.length);
        shortest = Double.POSITIVE_INFINITY;
        candidate = 0;
        return askDifference(candidates[0], label);
    }

    @Override
    protected Request onGradient(float[] g) {
        double size = RowMath.dualNorm(norm, g);
        double distance = Math.abs((double) logits[candidates[candidate]] - logits[label]) / size;
        if (size > 0 && distance < shortest) {
            shortest = distance;
            dual = size;
            System.arraycopy(g, 0, normal, 0, g.length);
        }
        candidate++;
        if (candidate < Math.min(settings.candidates(), candidates.length)) {
            return askDifference(candidates[candidate], label);
        }
        return step();
    }

    private Request step() {
        if (Double.isInfinite(shortest)) {
            return Request.NOTHING; // every gradient is zero
        }
        float length = (float) (shortest + MORE);
        float over = (float) (1 + settings.overshoot());
        for (int i = 0; i < x.length; i++) {
            total[i] += length * (norm == Norm.L2 ? (float) (normal[i] / dual) : Math.signum(normal[i]));
            x[i] = RowMath.clip(clean[i] + over * total[i]);
        }
        iteration++;
        return Request.LOGITS;
    }
}
