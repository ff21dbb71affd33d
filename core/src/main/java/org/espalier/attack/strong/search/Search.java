package org.espalier.attack.strong.search;

import org.espalier.attack.Norm;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.LogitLoss;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;

/**
 * Maximisation of one loss for the examples of one chunk: the present points, the best so far, and the first that was
 * classified wrong. The gradient attacks share it.
 */
public final class Search {
    public final Target target;
    final LogitLoss loss;
    public final Examples examples;
    final int[] targets; // (example)
    public final Norm norm;
    public final Attempts.Ledger ledger;

    public final Tile clean;
    public final Tile x;
    public final Tile gradient;
    public final Tile best;
    public final double[] losses; // at x, (lane)
    public final double[] bestLosses; // of {@link #best}, (lane)
    /** 1 for lanes whose best point changed in the last {@link #onLogits}, else 0. */
    public final float[] improved;

    private final boolean[] bestWrong; // whether best is classified wrong, (lane)
    private final Tile first; // the first point classified wrong
    private final double[] firstLosses;
    private final boolean[] found; // (lane)
    private boolean gradientSeen;

    public Search(Target target, LogitLoss loss, Examples examples, int[] targets, Norm norm) {
        this.target = target;
        this.loss = loss;
        this.examples = examples;
        this.targets = targets;
        this.norm = norm;
        ledger = new Attempts.Ledger(examples.size());
        clean = target.pack(examples.clean(), 0, examples.size());
        x = target.newTile(examples.size());
        x.set(clean);
        gradient = target.newTile(examples.size());
        best = target.newTile(examples.size());
        first = target.newTile(examples.size());
        losses = new double[x.lanes()];
        bestLosses = new double[x.lanes()];
        firstLosses = new double[x.lanes()];
        improved = new float[x.lanes()];
        bestWrong = new boolean[x.lanes()];
        found = new boolean[x.lanes()];
    }

    /** Discards the best points and the curves. */
    public void reset() {
        java.util.Arrays.fill(bestLosses, Double.NEGATIVE_INFINITY);
        java.util.Arrays.fill(bestWrong, false);
        java.util.Arrays.fill(found, false);
        ledger.curves.clear();
    }

    /**
     * Computes losses and, if requested, gradients at x. Keeps the best point and the first one classified wrong.
     *
     * @param withGradient whether to compute {@link #gradient}
     */
    public void onLogits(boolean withGradient) {
        target.forward(x);
        if (withGradient) {
            target.direction(loss, examples.labels(), targets, losses, gradient);
            if (!gradientSeen) {
                Steps.zero(gradient, ledger.zeroGradient);
                gradientSeen = true;
            }
        } else {
            target.losses(loss, examples.labels(), targets, losses);
        }
        float[] curve = new float[examples.size()];
        for (int e = 0; e < examples.size(); e++) {
            ledger.forwards[e]++;
            ledger.backwards[e] += withGradient ? 1 : 0;
            boolean wrong = target.fooled(e, examples.labels()[e]);
            // Comparisons with NaN are false, so only the predicted class shows that an overflowing network is wrong.
            boolean better = losses[e] > bestLosses[e];
            improved[e] = better ? 1f : 0f;
            if (better) {
                bestLosses[e] = losses[e];
                bestWrong[e] = wrong;
            }
            if (wrong && !found[e]) {
                found[e] = true;
                firstLosses[e] = losses[e];
                first.set(x, e);
            }
            curve[e] = (float) bestLosses[e];
        }
        Steps.copyMarked(improved, x, best);
        ledger.curves.add(curve);
    }

    /** Copies each example's best point into x, or the first one classified wrong if the best is classified right. */
    public void selectBest() {
        x.set(best);
        for (int e = 0; e < examples.size(); e++) {
            ledger.loss[e] = bestLosses[e];
            if (found[e] && !bestWrong[e]) {
                x.set(first, e);
                ledger.loss[e] = firstLosses[e];
            }
        }
    }

    /** Uses each example's present point as its result. */
    public void selectLast() {
        System.arraycopy(losses, 0, ledger.loss, 0, examples.size());
    }
}
