package org.espalier.attack.strong.distance;

import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.search.Draws;
import org.espalier.attack.strong.search.Hyperplane;
import org.espalier.attack.strong.search.NearestSearch;
import org.espalier.attack.strong.search.RowMath;
import org.espalier.random.Stream;

/** One example's {@link Fab}. */
final class FabSearch extends NearestSearch {
    private enum Stage {
        /** Expects the clean example's logits, which show whether it is classified right and which classes are near. */
        CLEAN,
        /** Expects the logits of a run's first point or of a point moved back, then requests the gradient there. */
        RESUMED,
        /** Expects the logits at the end of a step, which show whether the network is fooled. */
        STEPPED,
        /** Expects the logits of a bisection point. */
        SEARCH
    }

    /** Steps shorter than this count as this long, so that two of length 0 give a mean, as in the published code. */
    private static final double TINY = 1e-8;

    private final Fab fab;
    private final double radius;
    private final Hyperplane plane;
    private final int[] live;
    private final Stream stream;
    private final float[] own; // the step of x to the plane, (row)
    private final float[] base; // the step of the clean example to it, (row)
    private int[] targets = new int[0];
    private Stage stage = Stage.CLEAN;
    private int run; // targets x restarts
    private int iteration;
    private double lead; // of the target's logit at x

    FabSearch(
            Fab fab,
            ThreatModel threat,
            Hyperplane plane,
            int[] live,
            float[] clean,
            int label,
            int classes,
            Stream stream) {
        super(threat.norm(), clean, label, classes);
        this.fab = fab;
        this.plane = plane;
        this.live = live;
        this.stream = stream;
        radius = threat.epsilon();
        own = new float[clean.length];
        base = new float[clean.length];
    }

    @Override
    protected Request onLogits(float[] z) {
        return switch (stage) {
            case CLEAN -> {
                if (fooled(z)) {
                    offer();
                    yield Request.NOTHING;
                }
                targets = wrongClasses(z);
                yield askSlope(z);
            }
            case RESUMED -> askSlope(z);
            case STEPPED -> {
                iteration++;
                if (fooled(z)) {
                    offer();
                    RowMath.between(clean, x, fab.beta(), x);
                    yield iteration < fab.iterations() ? resume() : nextRun();
                }
                yield iteration < fab.iterations() ? askSlope(z) : nextRun();
            }
            case SEARCH -> onBisectionLogits(z);
        };
    }

    private Request resume() {
        stage = Stage.RESUMED;
        return Request.LOGITS;
    }

    private Request askSlope(float[] z) {
        int aim = targets[run / fab.restarts()];
        lead = (double) z[aim] - z[label];
        return askDifference(aim, label);
    }

    @Override
    protected Request onGradient(float[] g) {
        double moved = 0; // g . (x - clean)
        boolean flat = true;
        for (int i = 0; i < x.length; i++) {
            moved += (double) g[i] * ((double) x[i] - clean[i]);
            flat &= g[i] == 0f;
        }
        if (flat) {
            return nextRun(); // without a gradient the next step would end at this point again
        }
        plane.step(norm, x, 0, g, 0, x.length, -lead, own, 0);
        plane.step(norm, clean, 0, g, 0, x.length, moved - lead, base, 0);
        double ownLength = Math.max(RowMath.norm(norm, own), TINY);
        double baseLength = Math.max(RowMath.norm(norm, base), TINY);
        float alpha = (float) Math.min(ownLength / (ownLength + baseLength), fab.alphaMax());
        float eta = (float) fab.eta();
        for (int i = 0; i < x.length; i++) {
            x[i] = RowMath.clip((x[i] + eta * own[i]) * (1 - alpha) + (clean[i] + eta * base[i]) * alpha);
        }
        stage = Stage.STEPPED;
        return Request.LOGITS;
    }

    private Request nextRun() {
        run++;
        iteration = 0;
        int runs = Math.min(fab.targets(), targets.length) * fab.restarts();
        if (run >= runs || fab.stopAtRadius() && nearest <= radius) {
            stage = Stage.SEARCH;
            return bisect(fab.finalSearch());
        }
        System.arraycopy(clean, 0, x, 0, x.length);
        if (run % fab.restarts() > 0) {
            startAtRandom();
        }
        return resume();
    }

    /** Half as far away as the nearest point, but no further than half of the radius; directions as in the published code. */
    private void startAtRandom() {
        Stream draws = stream.child(run);
        for (int i = 0; i < x.length; i++) {
            own[i] = norm == Norm.LINF ? 2 * draws.uniform(live[i]) - 1 : Draws.gaussian(draws, live[i]);
        }
        double length = RowMath.norm(norm, own);
        float scale = length > 0 ? (float) (0.5 * Math.min(nearest, radius) / length) : 0f;
        for (int i = 0; i < x.length; i++) {
            x[i] = RowMath.clip(clean[i] + scale * own[i]);
        }
    }
}
