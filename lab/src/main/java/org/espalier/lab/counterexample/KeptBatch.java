package org.espalier.lab.counterexample;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.espalier.UserException;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Attempt;
import org.espalier.attack.strong.Examples;
import org.espalier.attack.strong.Target;
import org.espalier.attack.strong.Tile;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.data.ImageShape;
import org.espalier.evaluate.rules.Batch;
import org.espalier.evaluate.rules.BrokenInputs;
import org.espalier.evaluate.rules.Step;
import org.espalier.random.Stream;

/**
 * The adversarial examples to keep of one batch of an evaluation: all that the suite's attacks found, and of the rules' attacks in the
 * same ball or a smaller one those of images that withstand the suite.
 */
public final class KeptBatch implements BrokenInputs {
    private final Target target;
    private final Examples examples;
    private final List<Step> steps;
    private final ThreatModel threat;
    private final ImageShape shape;
    private final Map<String, Map<Integer, float[]>> found = new HashMap<>(); // (step, example of the batch)

    /**
     * An empty batch.
     *
     * @param target the network, for this thread alone
     * @param steps of the evaluation, in order
     * @param threat the evaluation's ball
     */
    public KeptBatch(Target target, Examples examples, List<Step> steps, ThreatModel threat, ImageShape shape) {
        this.target = target;
        this.examples = examples;
        this.steps = steps;
        this.threat = threat;
        this.shape = shape;
    }

    @Override
    public void found(Step step, int input, float[] adversarial) {
        if (inBall(step)) {
            found.computeIfAbsent(step.name(), _ -> new HashMap<>()).put(input, adversarial);
        }
    }

    private boolean inBall(Step step) {
        return step.purpose() == Step.Purpose.SUITE || threat.holds(step.threat());
    }

    /** What to keep of a batch that was attacked with this object listening. */
    public KeptExamples of(Batch batch) {
        return rows(batch.labels(), batch.predictions(), withstanding(batch));
    }

    private BitSet withstanding(Batch batch) {
        BitSet withstands = batch.clean().right();
        steps.stream()
                .filter(step -> step.purpose() == Step.Purpose.SUITE)
                .forEach(step -> withstands.andNot(batch.step(step.name()).broken()));
        return withstands;
    }

    /**
     * The same for a batch that was attacked before: the attacks run again on the images that they broke, with the same random
     * numbers and so the same results.
     *
     * @param stream the evaluation's stream
     * @param broken examples of the batch that a step of a name broke
     * @param withstands examples of the batch that withstand the suite
     * @param source the evaluation, for messages
     * @throws UserException if an attack does not break an image again
     */
    public KeptExamples again(Stream stream, Function<String, BitSet> broken, BitSet withstands, String source) {
        for (Step step : steps) {
            BitSet wanted = (BitSet) broken.apply(step.name()).clone();
            if (step.purpose() != Step.Purpose.SUITE) {
                wanted.and(withstands);
            }
            if (inBall(step) && !wanted.isEmpty()) {
                again(step, wanted, stream.child(step.name()), source);
            }
        }
        int[] predictions = predictions(examples.clean(), examples.labels(), new BitSet());
        return rows(examples.labels(), predictions, withstands);
    }

    private void again(Step step, BitSet wanted, Stream stream, String source) {
        int[] all = wanted.stream().toArray();
        BitSet tied = new BitSet();
        Examples picked = examples.pick(all);
        predictions(picked.clean(), picked.labels(), tied);
        tied.stream().forEach(i -> found(step, all[i], examples.clean()[all[i]]));
        int[] attacked = java.util.stream.IntStream.range(0, all.length)
                .filter(i -> !tied.get(i))
                .map(i -> all[i])
                .toArray();
        if (attacked.length == 0) {
            return;
        }
        List<Attempt> attempts = step.attack().run(target, examples.pick(attacked), step.threat(), stream);
        for (int i = 0; i < attacked.length; i++) {
            Attempt attempt = attempts.get(i);
            boolean near = !step.attack().minimumNorm()
                    || Geometry.within(step.threat(), attempt.distance(), attempt.input().length);
            if (!attempt.success() || !near) {
                throw new UserException(source + " says that " + step.name() + " broke image "
                        + examples.numbers()[attacked[i]]
                        + ", but the same attack does not break it now: the evaluation"
                        + " is damaged or of another version; remove it to have it made again");
            }
            found(step, attacked[i], attempt.input());
        }
    }

    /** Rows by example, then step. */
    private KeptExamples rows(int[] labels, int[] predictions, BitSet withstands) {
        record Found(int example, Step step, float[] point) {}

        Map<Integer, List<Found>> byExample = new TreeMap<>();
        for (Step step : steps) {
            found.getOrDefault(step.name(), Map.of()).forEach((example, point) -> {
                if (step.purpose() == Step.Purpose.SUITE || withstands.get(example)) {
                    byExample.computeIfAbsent(example, _ -> new ArrayList<>()).add(new Found(example, step, point));
                }
            });
        }
        List<Found> all = byExample.values().stream().flatMap(List::stream).toList();
        int[] attacked = predictions(
                all.stream().map(Found::point).toList().toArray(float[][]::new),
                all.stream().mapToInt(each -> labels[each.example()]).toArray(),
                new BitSet());
        List<KeptExamples.Row> rows = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Found each = all.get(i);
            rows.add(new KeptExamples.Row(
                    (int) examples.numbers()[each.example()],
                    labels[each.example()],
                    predictions[each.example()],
                    attacked[i],
                    each.step().name(),
                    examples.clean()[each.example()],
                    each.point()));
        }
        return new KeptExamples(shape, threat, rows);
    }

    private int[] predictions(float[][] inputs, int[] labels, BitSet tied) {
        int[] predictions = new int[inputs.length];
        for (int first = 0; first < inputs.length; first += Target.CAPACITY) {
            int count = Math.min(Target.CAPACITY, inputs.length - first);
            Tile tile = target.pack(inputs, first, count);
            target.forward(tile);
            for (int e = 0; e < count; e++) {
                predictions[first + e] = target.prediction(e);
                tied.set(first + e, target.tied(e, labels[first + e]));
            }
        }
        return predictions;
    }
}
