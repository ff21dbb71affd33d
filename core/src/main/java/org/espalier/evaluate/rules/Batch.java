package org.espalier.evaluate.rules;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.random.Stream;

/**
 * Results of an evaluation for adjacent inputs.
 *
 * @param labels (input) true classes
 * @param predictions (input) classes predicted without attack
 * @param steps results of the evaluation's steps, in order
 */
public record Batch(int[] labels, int[] predictions, List<StepResult> steps) {
    public Batch {
        steps = List.copyOf(steps);
    }

    /** Number of inputs. */
    public int inputs() {
        return labels.length;
    }

    /** What is classified right without attack. */
    public Outcomes clean() {
        BitSet right = new BitSet(inputs());
        for (int e = 0; e < inputs(); e++) {
            right.set(e, predictions[e] == labels[e]);
        }
        return new Outcomes(inputs(), right);
    }

    /** The step of a name. */
    public StepResult step(String name) {
        return steps.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no step " + name));
    }

    /**
     * Runs the steps, in order. An input whose true class is tied with another without attack is right, but every step
     * counts it as broken at distance 0 without attacking it. The result of an input depends only on the network, the
     * input, its number and the stream.
     *
     * @param target the network, for this thread alone
     * @param stream the evaluation's stream; each step draws from a child of its name
     */
    public static Batch run(Target target, Examples examples, List<Step> steps, Stream stream) {
        return run(target, examples, steps, stream, BrokenInputs.NONE);
    }

    /**
     * The same, with the adversarial inputs that were found.
     *
     * @param found receives each input that a step breaks, within the step's ball
     */
    public static Batch run(Target target, Examples examples, List<Step> steps, Stream stream, BrokenInputs found) {
        BitSet tied = new BitSet();
        int[] predictions = predictions(target, examples, tied);
        Map<String, StepResult> results = new HashMap<>();
        List<StepResult> inOrder = new ArrayList<>();
        for (Step step : steps) {
            BitSet sees = new BitSet();
            for (int e = 0; e < examples.size(); e++) {
                int input = e;
                sees.set(
                        e,
                        predictions[e] == examples.labels()[e]
                                && step.after().stream()
                                        .noneMatch(before ->
                                                result(results, before).broken().get(input)));
            }
            StepResult result = run(target, examples, step, sees, tied, stream.child(step.name()), found);
            results.put(step.name(), result);
            inOrder.add(result);
        }
        return new Batch(examples.labels(), predictions, inOrder);
    }

    private static StepResult result(Map<String, StepResult> results, String name) {
        StepResult result = results.get(name);
        if (result == null) {
            throw new IllegalArgumentException("step " + name + " comes after a step that sees its survivors");
        }
        return result;
    }

    private static int[] predictions(Target target, Examples examples, BitSet tied) {
        int[] predictions = new int[examples.size()];
        for (int first = 0; first < examples.size(); first += Target.CAPACITY) {
            int count = Math.min(Target.CAPACITY, examples.size() - first);
            Tile tile = target.pack(examples.clean(), first, count);
            target.forward(tile);
            for (int e = 0; e < count; e++) {
                predictions[first + e] = target.prediction(e);
                tied.set(first + e, target.tied(e, examples.labels()[first + e]));
            }
        }
        return predictions;
    }

    private static StepResult run(
            Target target, Examples examples, Step step, BitSet sees, BitSet tied, Stream stream, BrokenInputs found) {
        BitSet attacked = (BitSet) sees.clone();
        attacked.andNot(tied);
        int[] seen = attacked.stream().toArray();
        List<Attempt> attempts =
                seen.length == 0 ? List.of() : step.attack().run(target, examples.pick(seen), step.threat(), stream);
        BitSet broken = new BitSet();
        double[] distances = new double[examples.size()];
        java.util.Arrays.fill(distances, Double.NaN);
        sees.stream().filter(tied::get).forEach(e -> {
            broken.set(e);
            distances[e] = 0;
            found.found(step, e, examples.clean()[e]);
        });
        long forwards = 0;
        long backwards = 0;
        int zero = 0;
        Rules.Excess excess = new Rules.Excess(step.name(), 0, 0);
        double[] losses = {};
        for (int i = 0; i < seen.length; i++) {
            Attempt attempt = attempts.get(i);
            boolean near = !step.attack().minimumNorm()
                    || Geometry.within(step.threat(), attempt.distance(), attempt.input().length);
            broken.set(seen[i], attempt.success() && near);
            if (attempt.success() && near) {
                found.found(step, seen[i], attempt.input());
            }
            distances[seen[i]] = attempt.distance();
            forwards += attempt.forwards();
            backwards += attempt.backwards();
            zero += attempt.zeroGradient() ? 1 : 0;
            excess = worse(excess, step.attack().minimumNorm(), step.threat(), examples.clean()[seen[i]], attempt);
            double[] curve = new double[attempt.losses().length];
            for (int k = 0; k < curve.length; k++) {
                curve[k] = attempt.losses()[k];
            }
            losses = StepResult.sum(losses, i, curve, 1);
        }
        return new StepResult(step.name(), sees, broken, distances, forwards, backwards, zero, excess, losses);
    }

    /**
     * How far a point lies outside ball and box. Minimum-norm attacks may move any distance, so only the box is checked
     * for them. A point that counts as a success must lie in the ball without slack. Other points may lie outside by
     * rounding.
     */
    private static Rules.Excess worse(
            Rules.Excess before, boolean anyDistance, ThreatModel threat, float[] clean, Attempt attempt) {
        double box = 0;
        boolean finite = true;
        for (float value : attempt.input()) {
            finite &= Float.isFinite(value);
            box = Math.max(box, Math.max(-value, value - 1.0));
        }
        double distance = Geometry.distance(threat.norm(), clean, attempt.input());
        boolean inside = anyDistance
                || Geometry.within(threat, distance, clean.length)
                || !attempt.success() && distance <= threat.epsilon() + Geometry.rounding(threat.norm(), clean.length);
        double ball = inside ? 0 : distance - threat.epsilon();
        return finite
                ? new Rules.Excess(
                        before.attack(), Math.max(before.outsideBall(), ball), Math.max(before.outsideBox(), box))
                : new Rules.Excess(before.attack(), Double.NaN, Double.NaN);
    }

    /** The results of this batch and the next one together. */
    public Batch then(Batch next) {
        int[] allLabels = java.util.Arrays.copyOf(labels, inputs() + next.inputs());
        int[] allPredictions = java.util.Arrays.copyOf(predictions, inputs() + next.inputs());
        System.arraycopy(next.labels, 0, allLabels, inputs(), next.inputs());
        System.arraycopy(next.predictions, 0, allPredictions, inputs(), next.inputs());
        List<StepResult> both = new ArrayList<>();
        for (int s = 0; s < steps.size(); s++) {
            both.add(steps.get(s).then(next.steps.get(s), inputs()));
        }
        return new Batch(allLabels, allPredictions, both);
    }
}
