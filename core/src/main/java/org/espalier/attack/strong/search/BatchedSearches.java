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
 * Runs one {@link PerExampleSearch} per example on full tiles: when a search ends, the next example takes its lane at
 * once, so that tiles stay full. Searches are independent of each other; their order changes no result.
 */
public final class BatchedSearches {
    /** Rows transposed together between examples and lanes: 64 lanes of 16 floats are 4 KiB. */
    private static final int BLOCK = 16;

    private final Target target;
    private final int rows;
    private final Tile points;
    private final Tile gradients;
    private final @Nullable PerExampleSearch[] searches =
            new PerExampleSearch[Target.CAPACITY]; // (lane), null in a free lane
    private final int[] example = new int[Target.CAPACITY]; // index of each lane's example
    private final Request[] requests = new Request[Target.CAPACITY];
    private final double[][] coefficients; // (lane, class)
    private final float[] z; // (class)
    private final float[][] transposed; // gradients as rows, (lane, row)

    private BatchedSearches(Target target, int count) {
        this.target = target;
        rows = target.live().length;
        points = target.newTile(Math.min(count, Target.CAPACITY));
        gradients = target.newTile(Math.min(count, Target.CAPACITY));
        coefficients = new double[points.examples()][target.classes()];
        z = new float[target.classes()];
        transposed = new float[points.examples()][rows];
    }

    /** Makes the search of one example. {@code clean} holds its live inputs and belongs to the search. */
    @FunctionalInterface
    public interface Start {
        PerExampleSearch create(int example, float[] clean);
    }

    /**
     * Runs the search of every example.
     *
     * @param anyDistance whether the attack minimises distance; see {@link Attempts#judge}
     * @return one attempt per example, in order, checked by a forward pass at the point returned
     */
    public static List<Attempt> run(
            Target target, Examples examples, ThreatModel threat, boolean anyDistance, Start start) {
        if (examples.size() == 0) {
            return List.of();
        }
        @Nullable PerExampleSearch[] ended = new PerExampleSearch[examples.size()];
        new BatchedSearches(target, examples.size()).runAll(examples, start, ended);
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
            PerExampleSearch search = Objects.requireNonNull(ended[e]);
            points.write(e, search.result, 0);
            ledger.loss[e] = search.loss;
            ledger.forwards[e] = search.forwards;
            ledger.backwards[e] = search.backwards;
            ledger.zeroGradient[e] = search.zeroGradient;
        }
        return Attempts.judge(target, part, threat, points, anyDistance, ledger);
    }

    private void runAll(Examples examples, Start start, @Nullable PerExampleSearch[] ended) {
        int next = 0;
        int active = 0;
        for (int lane = 0; lane < points.examples(); lane++) {
            if (begin(lane, next, examples, start)) {
                next++;
                active++;
            }
        }
        while (active > 0) {
            load();
            target.forward(points);
            boolean gradientsRequested = false;
            for (int lane = 0; lane < points.examples(); lane++) {
                PerExampleSearch search = searches[lane];
                if (search != null) {
                    target.logits(lane, z);
                    search.forwards++;
                    requests[lane] = search.onLogits(z);
                    gradientsRequested |= requests[lane] == Request.GRADIENT;
                }
            }
            while (gradientsRequested) {
                gradientsRequested = computeGradients();
            }
            for (int lane = 0; lane < points.examples(); lane++) {
                PerExampleSearch search = searches[lane];
                if (search != null && requests[lane] == Request.NOTHING) {
                    ended[example[lane]] = search;
                    searches[lane] = null;
                    if (begin(lane, next, examples, start)) {
                        next++;
                    } else {
                        active--;
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
        searches[lane] = start.create(next, clean);
        example[lane] = next;
        return true;
    }

    /** One backward pass for the searches that request a gradient; returns whether any requests another. */
    private boolean computeGradients() {
        for (int lane = 0; lane < points.examples(); lane++) {
            PerExampleSearch search = searches[lane];
            if (search != null && requests[lane] == Request.GRADIENT) {
                for (int c = 0; c < z.length; c++) {
                    coefficients[lane][c] = search.coefficients[c];
                }
            } else {
                Arrays.fill(coefficients[lane], 0);
            }
        }
        target.gradient(coefficients, gradients);
        transpose();
        boolean more = false;
        for (int lane = 0; lane < points.examples(); lane++) {
            PerExampleSearch search = searches[lane];
            if (search != null && requests[lane] == Request.GRADIENT) {
                if (search.backwards == 0) {
                    search.zeroGradient = zero(transposed[lane]);
                }
                search.backwards++;
                requests[lane] = search.onGradient(transposed[lane]);
                more |= requests[lane] == Request.GRADIENT;
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

    /** Transposes points to lanes in blocks, so that reads and writes use whole cache lines. */
    private void load() {
        float[] out = points.values();
        for (int panel = 0; panel < points.panels(); panel++) {
            int first = panel * Tile.LANES;
            int lanes = Math.min(Tile.LANES, points.examples() - first);
            for (int row = 0; row < rows; row += BLOCK) {
                int many = Math.min(BLOCK, rows - row);
                int at = points.at(panel, row);
                for (int lane = 0; lane < lanes; lane++) {
                    PerExampleSearch search = searches[first + lane];
                    if (search != null) {
                        float[] x = search.x;
                        for (int r = 0; r < many; r++) {
                            out[at + r * Tile.LANES + lane] = x[row + r];
                        }
                    }
                }
            }
        }
    }

    /** Transposes gradients to rows. */
    private void transpose() {
        float[] in = gradients.values();
        for (int panel = 0; panel < gradients.panels(); panel++) {
            int first = panel * Tile.LANES;
            int lanes = Math.min(Tile.LANES, gradients.examples() - first);
            for (int row = 0; row < rows; row += BLOCK) {
                int many = Math.min(BLOCK, rows - row);
                int at = gradients.at(panel, row);
                for (int lane = 0; lane < lanes; lane++) {
                    float[] out = transposed[first + lane];
                    for (int r = 0; r < many; r++) {
                        out[row + r] = in[at + r * Tile.LANES + lane];
                    }
                }
            }
        }
    }
}
