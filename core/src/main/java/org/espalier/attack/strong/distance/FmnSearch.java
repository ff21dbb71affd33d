package org.espalier.attack.strong.distance;

import org.espalier.attack.Norm;
import org.espalier.attack.strong.search.NearestSearch;
import org.espalier.attack.strong.search.RowMath;

/** One example's {@link Fmn}. */
final class FmnSearch extends NearestSearch {
    private static final double TINY = 1e-12;

    private final Fmn fmn;
    private final double furthest; // distance of the box's farthest corner
    private int iteration;
    private double radius = Double.POSITIVE_INFINITY;
    private boolean fooled;
    private double lead; // of the best wrong class at x

    FmnSearch(Fmn fmn, Norm norm, float[] clean, int label, int classes) {
        super(norm, clean, label, classes);
        this.fmn = fmn;
        float[] rooms = new float[clean.length];
        for (int i = 0; i < clean.length; i++) {
            rooms[i] = Math.max(clean[i], 1 - clean[i]);
        }
        furthest = RowMath.norm(norm, rooms);
    }

    @Override
    protected Request onLogits(float[] z) {
        fooled = fooled(z);
        if (fooled) {
            offer();
        }
        if (nearest == 0 || iteration == fmn.iterations()) {
            return Request.NOTHING;
        }
        lead = lead(z);
        return askDifference(wrongClasses(z)[0], label);
    }

    @Override
    protected Request onGradient(float[] g) {
        double cosine = (1 + StrictMath.cos(Math.PI * iteration / fmn.iterations())) / 2;
        double first = norm == Norm.LINF ? fmn.stepLinf() : fmn.stepL2();
        double step = fmn.lastStep() + (first - fmn.lastStep()) * cosine;
        double change = fmn.lastChange() + (fmn.change() - fmn.lastChange()) * cosine;
        if (fooled) {
            radius = Math.min(radius * (1 - change), nearest);
        } else if (Double.isFinite(nearest)) {
            radius *= 1 + change;
        } else {
            // Lengthened, because steps would touch a straight boundary without ever crossing it.
            radius = RowMath.distance(norm, clean, x) + Math.abs(lead) / Math.max(RowMath.dualNorm(norm, g), TINY);
            radius *= 1 + change;
        }
        radius = Math.min(radius, furthest);

        float scale = (float) (step / Math.max(RowMath.norm(Norm.L2, g), TINY));
        for (int i = 0; i < x.length; i++) {
            x[i] += scale * g[i];
        }
        RowMath.intoBall(norm, clean, radius, x);
        for (int i = 0; i < x.length; i++) {
            x[i] = RowMath.clip(x[i]);
        }
        iteration++;
        return Request.LOGITS;
    }
}
