package org.espalier.attack.strong.distance;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.search.NearestSearch;
import org.espalier.attack.strong.search.RowMath;
import org.espalier.math.PortableMath;
import org.jspecify.annotations.Nullable;

/** One example's {@link CarliniWagner}. */
final class CarliniWagnerSearch extends NearestSearch {
    private static final float BETA1 = 0.9f;
    private static final float BETA2 = 0.999f;
    private static final float EPSILON = 1e-8f;
    /** Keeps w finite where the clean example is 0 or 1, as in the authors' code. */
    private static final double INSIDE = 0.999999;

    private final CarliniWagner settings;
    private final float[] w; // (row)
    private final float[] first; // Adam's first moment, (row)
    private final float[] second; // and second, (row)
    private final float[] start; // w of the clean example, (row)
    private boolean begun;
    private int search;
    private int iteration;
    private double trade;
    private double low; // trade-offs that fooled nothing
    private double high = Double.POSITIVE_INFINITY; // the least that fooled
    private boolean fooledNow; // whether the present trade-off fooled
    private double checked = Double.POSITIVE_INFINITY; // objective a tenth of a run ago
    private double decay1 = 1; // beta1 ^ t
    private double decay2 = 1;

    CarliniWagnerSearch(CarliniWagner settings, float[] clean, int label, int classes) {
        super(Norm.L2, clean, label, classes);
        this.settings = settings;
        trade = settings.firstTrade();
        w = new float[clean.length];
        first = new float[clean.length];
        second = new float[clean.length];
        start = new float[clean.length];
        for (int i = 0; i < clean.length; i++) {
            double t = (2.0 * clean[i] - 1) * INSIDE;
            start[i] = (float) (0.5 * StrictMath.log((1 + t) / (1 - t)));
        }
    }

    @Override
    protected Request onLogits(float[] z) {
        boolean fooled = fooled(z);
        if (!begun) {
            begun = true;
            if (fooled) {
                offer();
                return Request.NOTHING;
            }
            return beginSearch();
        }
        double lead = lead(z);
        double missing = settings.confidence() - lead; // of the required margin
        if (fooled && lead >= settings.confidence()) {
            offer();
            fooledNow = true;
        }
        double distance = RowMath.distance(Norm.L2, clean, x);
        double objective = distance * distance + trade * Math.max(missing, 0);
        if (iteration == settings.iterations() || stalled(objective)) {
            return nextSearch();
        }
        if (missing > 0) {
            return askDifference(label, wrongClasses(z)[0]);
        }
        step(null);
        return Request.LOGITS;
    }

    private boolean stalled(double objective) {
        if (!settings.abortEarly() || iteration == 0 || iteration % Math.max(settings.iterations() / 10, 1) != 0) {
            return false;
        }
        boolean stalled = !(objective <= 0.9999 * checked);
        checked = objective;
        return stalled;
    }

    @Override
    protected Request onGradient(float[] g) {
        step(g);
        return Request.LOGITS;
    }

    private Request beginSearch() {
        System.arraycopy(start, 0, w, 0, w.length);
        Arrays.fill(first, 0f);
        Arrays.fill(second, 0f);
        iteration = 0;
        decay1 = 1;
        decay2 = 1;
        fooledNow = false;
        checked = Double.POSITIVE_INFINITY;
        for (int i = 0; i < x.length; i++) {
            x[i] = sigmoid(2 * w[i]);
        }
        return Request.LOGITS;
    }

    private Request nextSearch() {
        if (fooledNow) {
            high = Math.min(high, trade);
        } else {
            low = Math.max(low, trade);
        }
        trade = Double.isInfinite(high) ? trade * 10 : (low + high) / 2;
        search++;
        return search < settings.searches() ? beginSearch() : Request.NOTHING;
    }

    /** One step of Adam; {@code g} is the gradient of z_label - z_other, or null where the hinge is 0. */
    private void step(float @Nullable [] g) {
        iteration++;
        decay1 *= BETA1;
        decay2 *= BETA2;
        float rate = (float) (settings.rate() * Math.sqrt(1 - decay2) / (1 - decay1));
        float c = (float) trade;
        for (int i = 0; i < x.length; i++) {
            float e = PortableMath.exp(-2 * Math.abs(w[i]));
            float slope = 2 * e / ((1 + e) * (1 + e)); // dx/dw = 2 x (1 - x)
            float dx = 2 * (x[i] - clean[i]) + (g == null ? 0f : c * g[i]);
            float dw = dx * slope;
            first[i] = BETA1 * first[i] + (1 - BETA1) * dw;
            second[i] = BETA2 * second[i] + (1 - BETA2) * dw * dw;
            w[i] -= rate * first[i] / ((float) Math.sqrt(second[i]) + EPSILON);
            x[i] = sigmoid(2 * w[i]);
        }
    }

    /** (tanh(a / 2) + 1) / 2. */
    private static float sigmoid(float a) {
        float e = PortableMath.exp(-Math.abs(a));
        return a < 0 ? e / (1 + e) : 1 / (1 + e);
    }
}
