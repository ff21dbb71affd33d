package org.espalier.attack.strong.radius;

import java.util.Arrays;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.Tile;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.attack.strong.search.Search;
import org.espalier.attack.strong.search.Steps;

/**
 * One run of auto-PGD on one chunk; {@link Apgd} names the sources.
 */
final class ApgdRun {
    private static final double RHO = 0.75;
    private static final float MOMENTUM = 0.75f;
    private static final double SPARSITY_KEPT = 1.5; // a step moves the inputs that moved so far, divided by this
    private static final float LARGEST_CUT = 10; // the L1 step is at least the first step divided by this

    private final Search search;
    private final int inputs;
    private final Tile old;
    private final Tile moved;
    private final Tile bestGradient;
    private final float[] steps; // (lane)
    private final float[] restarted; // 1 for lanes that continue from their best point, else 0
    private final double[] lastLosses; // of the iteration before, (lane)
    private final int[] rises; // iterations since the last checkpoint in which the loss rose, (lane)
    private final double[] bestAtCheckpoint; // (lane)
    private final boolean[] cutAtCheckpoint; // (lane)
    private final int[] ranks; // L1: rank of the smallest gradient that a step follows, (lane)
    private final double[] moving; // L1: inputs that differ from the clean ones, at the last checkpoint, (lane)

    ApgdRun(Search search) {
        this.search = search;
        inputs = search.target.inputs();
        old = search.target.newTile(search.examples.size());
        moved = search.target.newTile(search.examples.size());
        bestGradient = search.target.newTile(search.examples.size());
        int lanes = search.x.lanes();
        steps = new float[lanes];
        restarted = new float[lanes];
        lastLosses = new double[lanes];
        rises = new int[lanes];
        bestAtCheckpoint = new double[lanes];
        cutAtCheckpoint = new boolean[lanes];
        ranks = new int[lanes];
        moving = new double[lanes];
    }

    /**
     * Maximises the loss from the present points, which must be in the ball. The best points are in the search
     * afterwards.
     */
    void run(int iterations, float epsilon) {
        float firstStep = search.norm == Norm.L1 ? epsilon : 2 * epsilon;
        Arrays.fill(steps, firstStep);
        search.reset();
        search.onLogits(true);
        bestGradient.set(search.gradient);
        old.set(search.x);
        System.arraycopy(search.losses, 0, lastLosses, 0, lastLosses.length);
        System.arraycopy(search.bestLosses, 0, bestAtCheckpoint, 0, bestAtCheckpoint.length);
        Arrays.fill(cutAtCheckpoint, true);
        Arrays.fill(rises, 0);
        if (search.norm == Norm.L1) {
            countMoving(search.x, moving);
            rank(moving);
        }
        int period = Math.max((int) ((search.norm == Norm.L1 ? 0.04 : 0.22) * iterations), 1);
        int shortest = Math.max((int) (0.06 * iterations), 1);
        int shorter = Math.max((int) (0.03 * iterations), 1);
        int sinceCheckpoint = 0;
        for (int iteration = 0; iteration < iterations; iteration++) {
            step(epsilon, iteration == 0 ? 1f : MOMENTUM);
            boolean last = iteration == iterations - 1;
            search.onLogits(!last);
            if (last) {
                break;
            }
            Steps.copyMarked(search.improved, search.gradient, bestGradient);
            for (int e = 0; e < search.examples.size(); e++) {
                rises[e] += search.losses[e] > lastLosses[e] ? 1 : 0;
                lastLosses[e] = search.losses[e];
            }
            if (++sinceCheckpoint == period) {
                if (search.norm == Norm.L1) {
                    sparsityCheckpoint(firstStep);
                } else {
                    stepCheckpoint(period);
                    period = Math.max(period - shorter, shortest);
                }
                Steps.copyMarked(restarted, search.best, search.x);
                Steps.copyMarked(restarted, bestGradient, search.gradient);
                Arrays.fill(rises, 0);
                sinceCheckpoint = 0;
            }
        }
    }

    private void step(float epsilon, float a) {
        Tile clean = search.clean;
        Tile x = search.x;
        switch (search.norm) {
            case LINF -> Steps.signWithMomentum(clean, search.gradient, x, old, steps, epsilon, a);
            case L2 -> {
                double[] radii = radii(epsilon);
                Steps.normalised(search.gradient, x, steps, moved);
                Geometry.project(Norm.L2, clean, radii, moved);
                Steps.momentum(moved, x, old, a);
                Geometry.project(Norm.L2, clean, radii, x);
            }
            case L1 -> {
                Steps.sparse(search.gradient, x, steps, ranks, inputs, moved);
                Geometry.project(Norm.L1, clean, radii(epsilon), moved);
                x.set(moved);
            }
        }
    }

    private double[] radii(float epsilon) {
        double[] radii = new double[search.x.lanes()];
        Arrays.fill(radii, epsilon);
        return radii;
    }

    /** Conditions 1 and 2 of Croce and Hein (2020), section 3: halve the step, and continue from the best point. */
    private void stepCheckpoint(int period) {
        for (int e = 0; e < search.examples.size(); e++) {
            boolean tooFewRises = rises[e] <= RHO * period;
            boolean stalled = !cutAtCheckpoint[e] && bestAtCheckpoint[e] >= search.bestLosses[e];
            boolean cut = tooFewRises || stalled;
            if (cut) {
                steps[e] /= 2;
            }
            restarted[e] = cut ? 1f : 0f;
            cutAtCheckpoint[e] = cut;
            bestAtCheckpoint[e] = search.bestLosses[e];
        }
    }

    /** Croce and Hein (2021), section 3.2: adapt how sparse steps are to how sparse the best point is. */
    private void sparsityCheckpoint(float firstStep) {
        double[] now = new double[moving.length];
        countMoving(search.best, now);
        for (int e = 0; e < search.examples.size(); e++) {
            boolean sparser = now[e] / moving[e] < 0.95;
            float step = sparser ? firstStep : (float) (steps[e] / SPARSITY_KEPT);
            steps[e] = Math.clamp(step, firstStep / LARGEST_CUT, firstStep);
            restarted[e] = sparser ? 1f : 0f;
        }
        System.arraycopy(now, 0, moving, 0, now.length);
        rank(moving);
    }

    private void rank(double[] counts) {
        for (int e = 0; e < search.examples.size(); e++) {
            double share = counts[e] / inputs / SPARSITY_KEPT;
            ranks[e] = (int) Math.clamp((1 - share) * inputs, 0, inputs - 1);
        }
    }

    private void countMoving(Tile points, double[] counts) {
        Arrays.fill(counts, 0);
        float[] c = search.clean.values();
        for (int e = 0; e < search.examples.size(); e++) {
            int i = points.at(e / Tile.LANES, 0) + e % Tile.LANES;
            for (int row = 0; row < points.rows(); row++, i += Tile.LANES) {
                counts[e] += points.values()[i] != c[i] ? 1 : 0;
            }
        }
    }
}
