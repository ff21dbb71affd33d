package org.espalier.attack.strong.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.attack.strong.search.PerExampleSearch.Request;
import org.jspecify.annotations.Nullable;

/**
 * Runs one {@link PerExampleSearch} per example on full tiles: when a walk ends, the next example takes its lane at once, so that a few
 * long walks never hold up a tile. Walks do not see each other; their order changes nothing.
 */
public final class BatchedSearches {
    /** Rows turned together from examples to lanes and back: 64 lanes of 16 floats are 4 KiB. */
    private static final int BLOCK = 16;

    private final Target target;
    private final int rows;
    private final Tile points;
    private final Tile gradients;
    private final @Nullable PerExampleSearch[] walks =
            new PerExampleSearch[Target.CAPACITY]; // (lane), null where none is left
    private final int[] example = new int[Target.CAPACITY]; // index of each lane's example
    private final Request[] asks = new Request[Target.CAPACITY];
    private final double[][] slopes; // (lane, class)
    private final float[] z; // (class)
    private final float[][] turned; // gradients as rows, (lane, row)

    private BatchedSearches(Target target, int count) {
        this.target = target;
        rows = target.live().length;
        points = target.newTile(Math.min(count, Target.CAPACITY));
        gradients = target.newTile(Math.min(count, Target.CAPACITY));
        slopes = new double[points.examples()][target.classes()];
        z = new float[target.classes()];
        turned = new float[points.examples()][rows];
    }

    /** Makes the walk of one example: {@code clean} holds its live inputs and is the walk's own. */
    @FunctionalInterface
    public interface Start {
        PerExampleSearch walk(int example, float[] clean);
    }

    /**
     * Walks every example to its end.
     *
     * @param anyDistance whether the attack minimises distance; see {@link Attempts#judge}
     * @return one attempt per example, in order, judged by a forward pass at the very point returned
     */
    public static List<Attempt> run(
            Target target, Examples examples, ThreatModel threat, boolean anyDistance, Start start) {
        if (examples.size() == 0) {
            return List.of();
        }
        @Nullable PerExampleSearch[] ended = new PerExampleSearch[examples.size()];
        new BatchedSearches(target, examples.size()).walk(examples, start, ended);
        List<Attempt> attempts = new ArrayList<>();
        for (int first = 0; first < examples.size(); first += Target.CAPACITY) {
            Examples part = examples.part(first, Math.min(Target.CAPACITY, examples.size() - first));
            attempts.addAll(
                    judge(target, part, threat, anyDistance, Arrays.copyOfRange(ended, first, first + part.size())));
        }
        return attempts;
    }

    private static List<Attempt> judge(
            Target target, Examples part, ThreatModel threat, boolean anyDistance, @Nullable PerExampleSearch[] ended) {
        Tile points = target.newTile(part.size());
        Attempts.Ledger ledger = new Attempts.Ledger(part.size());
        for (int e = 0; e < part.size(); e++) {
            PerExampleSearch walk = Objects.requireNonNull(ended[e]);
            points.write(e, walk.result, 0);
            ledger.loss[e] = walk.loss;
            ledger.forwards[e] = walk.forwards;
            ledger.backwards[e] = walk.backwards;
            ledger.zeroGradient[e] = walk.zeroGradient;
        }
        return Attempts.judge(target, part, threat, points, anyDistance, ledger);
    }

    private void walk(Examples examples, Start start, @Nullable PerExampleSearch[] ended) {
        int next = 0;
        int walking = 0;
        for (int lane = 0; lane < points.examples(); lane++) {
            if (begin(lane, next, examples, start)) {
                next++;
                walking++;
            }
        }
        while (walking > 0) {
            load();
            target.forward(points);
            boolean sloping = false;
            for (int lane = 0; lane < points.examples(); lane++) {
                PerExampleSearch walk = walks[lane];
                if (walk != null) {
                    target.logits(lane, z);
                    walk.forwards++;
                    asks[lane] = walk.onLogits(z);
                    sloping |= asks[lane] == Request.GRADIENT;
                }
            }
            while (sloping) {
                sloping = slope();
            }
            for (int lane = 0; lane < points.examples(); lane++) {
                PerExampleSearch walk = walks[lane];
                if (walk != null && asks[lane] == Request.NOTHING) {
                    ended[example[lane]] = walk;
                    walks[lane] = null;
                    if (begin(lane, next, examples, start)) {
                        next++;
                    } else {
                        walking--;
                    }
                }
            }
        }
    }

    private boolean begin(int lane, int next, Examples examples, Start start) {
        if (next == examples.size()) {
            return false;
        }
        float[] image = examples.clean()[next];
        if (image.length != target.inputs()) {
            throw new IllegalArgumentException(
                    "the network has " + target.inputs() + " inputs, an example has " + image.length);
        }
        float[] clean = new float[rows];
        for (int row = 0; row < rows; row++) {
            clean[row] = image[target.live()[row]];
        }
        walks[lane] = start.walk(next, clean);
        example[lane] = next;
        return true;
    }

    /** One backward pass for the walks that ask for one; whether any asks for another. */
    private boolean slope() {
        for (int lane = 0; lane < points.examples(); lane++) {
            PerExampleSearch walk = walks[lane];
            if (walk != null && asks[lane] == Request.GRADIENT) {
                for (int c = 0; c < z.length; c++) {
                    slopes[lane][c] = walk.slopes[c];
                }
            } else {
                Arrays.fill(slopes[lane], 0);
            }
        }
        target.gradient(slopes, gradients);
        turn();
        boolean more = false;
        for (int lane = 0; lane < points.examples(); lane++) {
            PerExampleSearch walk = walks[lane];
            if (walk != null && asks[lane] == Request.GRADIENT) {
                if (walk.backwards == 0) {
                    walk.zeroGradient = zero(turned[lane]);
                }
                walk.backwards++;
                asks[lane] = walk.onGradient(turned[lane]);
                more |= asks[lane] == Request.GRADIENT;
            }
        }
        return more;
    }

    private static boolean zero(float[] values) {
        for (float value : values) {
            if (value != 0f) {
                return false;
            }
        }
        return true;
    }

    /** Points to lanes, a block at a time: whole cache lines on both sides. */
    private void load() {
        float[] out = points.values();
        for (int panel = 0; panel < points.panels(); panel++) {
            int first = panel * Tile.LANES;
            int lanes = Math.min(Tile.LANES, points.examples() - first);
            for (int row = 0; row < rows; row += BLOCK) {
                int many = Math.min(BLOCK, rows - row);
                int at = points.at(panel, row);
                for (int lane = 0; lane < lanes; lane++) {
                    PerExampleSearch walk = walks[first + lane];
                    if (walk != null) {
                        float[] x = walk.x;
                        for (int r = 0; r < many; r++) {
                            out[at + r * Tile.LANES + lane] = x[row + r];
                        }
                    }
                }
            }
        }
    }

    /** Gradients to rows. */
    private void turn() {
        float[] in = gradients.values();
        for (int panel = 0; panel < gradients.panels(); panel++) {
            int first = panel * Tile.LANES;
            int lanes = Math.min(Tile.LANES, gradients.examples() - first);
            for (int row = 0; row < rows; row += BLOCK) {
                int many = Math.min(BLOCK, rows - row);
                int at = gradients.at(panel, row);
                for (int lane = 0; lane < lanes; lane++) {
                    float[] out = turned[first + lane];
                    for (int r = 0; r < many; r++) {
                        out[row + r] = in[at + r * Tile.LANES + lane];
                    }
                }
            }
        }
    }
}
