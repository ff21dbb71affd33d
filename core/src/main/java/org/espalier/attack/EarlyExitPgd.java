package org.espalier.attack;

import java.util.Arrays;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.StepRule;
import org.espalier.random.Stream;

/**
 * Runs {@link Pgd} or {@link CornerPgd} on many examples and stops for each as soon as it is broken: classified wrong at
 * a start or at any iterate of any restart. The result is the per-example worst case over all points that the attack
 * visits. {@link KeptIterate} does not affect it.
 *
 * <p>One panel is attacked at a time; its 64 examples can be at different steps. Lanes whose example is broken or at
 * its last step receive the next examples, several at once. The next examples wait in a second panel at their starting
 * points. Lanes are independent, and an example's noise depends on its number. So its points are bit for bit those of
 * {@link Attack#bind}, regardless of the other lanes.
 *
 * <p>The engine's present weights are attacked. Not for use by several threads at once; runs allocate nothing that lasts.
 */
public final class EarlyExitPgd {
    /**
     * Lanes that must be free before they are filled. A copy of one example reads and writes a cache line per feature,
     * and so does a copy of several neighbours. Changes no result.
     */
    private static final int FREE_LANES = 12;

    private static final int NO_EXAMPLE = -1;

    private enum Start {
        CLEAN,
        INSIDE,
        CORNER
    }

    private final Start start;
    private final int steps;
    private final int restarts;
    private final StepRule.Sign rule;
    private final Engine engine;
    private final ActivationBuffers buffers; // the panel at work
    private final ActivationPanels clean; // its clean inputs
    private final int[] example =
            new int[ActivationPanels.LANES]; // index in the split of each lane's example, or NO_EXAMPLE
    private final int[] step = new int[ActivationPanels.LANES]; // steps taken, (lane)
    private final int[] label = new int[ActivationPanels.LANES]; // true class, (lane)
    private final int[] predicted = new int[ActivationPanels.LANES];
    private int working; // lanes with an example

    private final ActivationPanels waiting; // the next examples at their starts
    private final ActivationPanels waitingClean;
    private final int[] waitingExample = new int[ActivationPanels.LANES];
    private int firstWaiting;
    private int lastWaiting; // exclusive

    private final int[] from = new int[ActivationPanels.LANES];
    private final int[] to = new int[ActivationPanels.LANES];

    /**
     * Allocates the attack's buffers. {@link Pgd#label} is ignored, because only examples that are classified right are
     * attacked.
     */
    public EarlyExitPgd(Pgd attack, Engine engine) {
        this(
                attack.randomStart() ? Start.INSIDE : Start.CLEAN,
                attack.steps(),
                attack.restarts(),
                new StepRule.Sign((float) attack.step(), (float) attack.epsilon()),
                engine);
    }

    /** Allocates the attack's buffers. */
    public EarlyExitPgd(CornerPgd attack, Engine engine) {
        this(
                Start.CORNER,
                attack.steps(),
                1,
                new StepRule.Sign((float) attack.step(), (float) attack.epsilon()),
                engine);
    }

    private EarlyExitPgd(Start start, int steps, int restarts, StepRule.Sign rule, Engine engine) {
        this.start = start;
        this.steps = steps;
        this.restarts = restarts;
        this.rule = rule;
        this.engine = engine;
        buffers = engine.newBuffers(ActivationPanels.LANES);
        int inputs = engine.architecture().inputs();
        clean = new ActivationPanels(inputs, ActivationPanels.LANES);
        waiting = new ActivationPanels(inputs, ActivationPanels.LANES);
        waitingClean = new ActivationPanels(inputs, ActivationPanels.LANES);
    }

    /**
     * Attacks examples that are classified right unattacked. An example's noise depends on the stream and its index in the
     * split.
     *
     * @param examples indices in the split; reordered and overwritten
     * @param count how many of them
     * @param smoothing of the labels that losses are measured against
     * @param noise stream of the random starts
     * @param broken receives whether each example, by its index in the split, was broken
     * @param losses receives, by the same index, the cross-entropy at the attack's end: at the first point classified
     *     wrong, or at the last point of the last restart
     */
    public void run(
            Split split, int[] examples, int count, float smoothing, Stream noise, boolean[] broken, double[] losses) {
        int left = count;
        for (int restart = 0; restart < restarts && left > 0; restart++) {
            runRestart(split, examples, left, smoothing, restart == 0 ? noise : noise.child(restart), broken, losses);
            int survivors = 0;
            for (int i = 0; i < left; i++) {
                if (!broken[examples[i]]) {
                    examples[survivors++] = examples[i];
                }
            }
            left = survivors;
        }
    }

    /** One restart. */
    private void runRestart(
            Split split, int[] examples, int count, float smoothing, Stream noise, boolean[] broken, double[] losses) {
        Arrays.fill(example, NO_EXAMPLE);
        working = 0;
        firstWaiting = 0;
        lastWaiting = 0;
        int next = 0;
        while (true) {
            while (working < ActivationPanels.LANES && (firstWaiting < lastWaiting || next < count)) {
                if (firstWaiting == lastWaiting) {
                    next += load(split, examples, next, Math.min(ActivationPanels.LANES, count - next), noise);
                }
                fillFreeLanes(split.labels());
            }
            if (working == 0) {
                return;
            }
            boolean more = firstWaiting < lastWaiting || next < count;
            do {
                engine.forward(buffers, 0, 1);
                judge(smoothing, broken, losses);
                if (working > 0) {
                    move();
                }
            } while (working > (more ? ActivationPanels.LANES - FREE_LANES : 0));
        }
    }

    /** Loads the next examples and moves them to their starting points; returns how many. */
    private int load(Split split, int[] examples, int first, int count, Stream noise) {
        engine.ops().loadImages(split, examples, first, count, waitingClean, 0);
        System.arraycopy(examples, first, waitingExample, 0, count);
        Arrays.fill(waitingExample, count, ActivationPanels.LANES, 0); // noise in unused lanes
        int[] features = engine.liveInputs();
        if (start == Start.INSIDE) {
            engine.ops().uniformNoise(noise, waitingExample, 0, waitingClean, 0, waiting, 0, features, rule.epsilon());
        } else {
            waiting.copy(waitingClean, 0, 0, 1);
        }
        if (start == Start.CORNER) {
            for (int lane = 0; lane < count; lane++) {
                CornerPgd.start(
                        waitingClean, lane, waiting, lane, rule.epsilon(), noise, waitingExample[lane], features);
            }
        }
        firstWaiting = 0;
        lastWaiting = count;
        return count;
    }

    /** Moves waiting examples to free lanes. */
    private void fillFreeLanes(int[] labels) {
        int filled = 0;
        for (int lane = 0; lane < ActivationPanels.LANES && firstWaiting < lastWaiting; lane++) {
            if (example[lane] == NO_EXAMPLE) {
                from[filled] = firstWaiting;
                to[filled++] = lane;
                example[lane] = waitingExample[firstWaiting++];
                label[lane] = labels[example[lane]];
                step[lane] = 0;
            }
        }
        working += filled;
        int[] features = engine.liveInputs();
        clean.copyExamples(waitingClean, from, to, filled, features);
        buffers.input().copyExamples(waiting, from, to, filled, features);
    }

    /** Checks the points of the last forward pass. Frees the lanes whose example is broken or at its last step. */
    private void judge(float smoothing, boolean[] broken, double[] losses) {
        engine.ops().predictions(buffers.logits(), 0, ActivationPanels.LANES, predicted, 0);
        for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
            boolean wrong = predicted[lane] != label[lane];
            if (example[lane] != NO_EXAMPLE && (wrong || step[lane] == steps)) {
                broken[example[lane]] = wrong;
                losses[example[lane]] = engine.ops().crossEntropy(buffers.logits(), lane, label[lane], smoothing);
                example[lane] = NO_EXAMPLE;
                working--;
            }
        }
    }

    /** A step of all lanes, lanes without an example included. */
    private void move() {
        engine.ops()
                .crossEntropyGradient(
                        buffers.logits(), buffers.logitGradient(), 0, 1, label, 0, ActivationPanels.LANES, 0f, 1f);
        engine.perturb(buffers, 0, 1, rule, clean, 0, buffers.input(), 0);
        for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
            step[lane]++;
        }
    }
}
