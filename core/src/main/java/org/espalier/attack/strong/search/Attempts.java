package org.espalier.attack.strong.search;

import java.util.ArrayList;
import java.util.List;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;

/** Turns points that attacks found into attempts. Each point is checked by one more forward pass. */
public final class Attempts {
    private Attempts() {}

    /**
     * One attempt per example of a chunk, checked by a forward pass over the points returned. A success is classified
     * wrong, or tied, and lies in ball and box without slack. The pass is counted.
     *
     * @param examples at most {@link Target#CAPACITY} examples
     * @param points the attack's points, one lane per example; moved inside where rounding moved them out of the ball
     * @param anyDistance whether the attack minimises distance; then any distance is a success, and a point classified
     *     right is replaced by the clean input at an infinite distance
     * @param ledger the attack's counts and losses
     */
    public static List<Attempt> judge(
            Target target, Examples examples, ThreatModel threat, Tile points, boolean anyDistance, Ledger ledger) {
        if (!anyDistance) {
            Geometry.undoRounding(threat, target.pack(examples.clean(), 0, examples.size()), points);
        }
        target.forward(points);
        List<Attempt> attempts = new ArrayList<>();
        for (int e = 0; e < examples.size(); e++) {
            float[] clean = examples.clean()[e];
            float[] input = target.complete(points, e, clean);
            boolean wrong = target.fooled(e, examples.labels()[e]);
            Norm norm = threat.norm();
            ThreatModel kept = anyDistance ? new ThreatModel(norm, Float.MAX_VALUE) : threat;
            boolean success = wrong && Geometry.holds(kept, clean, input);
            boolean given = anyDistance && !success;
            attempts.add(new Attempt(
                    given ? clean.clone() : input,
                    success,
                    given ? Double.POSITIVE_INFINITY : Geometry.distance(norm, clean, input),
                    ledger.loss[e],
                    ledger.forwards[e] + 1,
                    ledger.backwards[e],
                    ledger.zeroGradient[e],
                    ledger.curve(e)));
        }
        return attempts;
    }

    /** Runs an attack over chunks of at most {@link Target#CAPACITY} examples, in order. */
    public static List<Attempt> inChunks(Examples examples, ChunkAttack attack) {
        List<Attempt> attempts = new ArrayList<>();
        for (int first = 0; first < examples.size(); first += Target.CAPACITY) {
            int count = Math.min(Target.CAPACITY, examples.size() - first);
            attempts.addAll(attack.run(examples.part(first, count)));
        }
        return attempts;
    }

    /** An attack on one chunk. */
    @FunctionalInterface
    public interface ChunkAttack {
        List<Attempt> run(Examples chunk);
    }

    /** Passes and losses of an attack for each example of a chunk. */
    public static final class Ledger {
        /** Loss at the point returned, (example); NaN if there is none. */
        public final double[] loss;
        /** Forward passes, (example). */
        public final long[] forwards;
        /** Backward passes, (example). */
        public final long[] backwards;
        /** Whether the first gradient was zero, (example). */
        public final boolean[] zeroGradient;
        /** Highest loss so far, at the start and after each iteration, [iteration][example]. */
        public final List<float[]> curves = new ArrayList<>();

        public Ledger(int examples) {
            loss = new double[examples];
            java.util.Arrays.fill(loss, Double.NaN);
            forwards = new long[examples];
            backwards = new long[examples];
            zeroGradient = new boolean[examples];
        }

        float[] curve(int example) {
            float[] curve = new float[curves.size()];
            for (int i = 0; i < curve.length; i++) {
                curve[i] = curves.get(i)[example];
            }
            return curve;
        }
    }
}
