package org.espalier.attack;

import java.util.Arrays;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.StepRule;
import org.espalier.random.Stream;

/**
 * Runs {@link Pgd} on many examples and leaves each alone as soon as it is broken: classified wrong at a start or at any
 * iterate of any restart. That is the per-example worst case over all points that the attack visits, whichever of them
 * {@link KeptIterate} would choose.
 *
 * <p>One panel is at work, its 64 examples each at a step of their own. Lanes whose example is broken or at its last step are
 * given to the next examples, several at once; these wait in a second panel, started already. Lanes do not see each other and an
 * example's noise depends on its number, so its points are bit for bit those of {@link Attack#bind}, regardless of the other lanes.
 *
 * <p>The engine's present weights are attacked. Not for use by several threads at once; runs allocate nothing that lasts.
 */
public final class EarlyExitPgd {
    /**
     * Lanes that must be free before they are given away: a copy reads and writes a cache line per feature for one example as
     * for several neighbours. Changes no result.
     */
    private static final int FREE_LANES = 12;

    private static final int NOBODY = -1;

    private final Pgd attack;
    private final StepRule rule;
    private final Engine engine;
    private final ActivationBuffers buffers; // the panel at work
    private final ActivationPanels clean; // its clean inputs
    private final int[] example =
            new int[ActivationPanels.LANES]; // index in the split of each lane's example, or NOBODY
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
     * Makes the attack ready to run. {@link Pgd#label} is of no account: only examples that are classified right are attacked.
     */
    public EarlyExitPgd(Pgd attack, Engine engine) {
        this.attack = attack;
        rule = new StepRule.Sign((float) attack.step(), (float) attack.epsilon());
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
     * @param losses receives, by the same index, its cross-entropy where the attack left it: at the first point classified
     *     wrong, or at the last point of the last restart
     */
    public void run(
            Split split, int[] examples, int count, float smoothing, Stream noise, boolean[] broken, double[] losses) {
        int left = count;
        for (int restart = 0; restart < attack.restarts() && left > 0; restart++) {
            climb(split, examples, left, smoothing, restart == 0 ? noise : noise.child(restart), broken, losses);
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
    private void climb(
            Split split, int[] examples, int count, float smoothing, Stream noise, boolean[] broken, double[] losses) {
        Arrays.fill(example, NOBODY);
        working = 0;
        firstWaiting = 0;
        lastWaiting = 0;
        int next = 0;
        while (true) {
            while (working < ActivationPanels.LANES && (firstWaiting < lastWaiting || next < count)) {
                if (firstWaiting == lastWaiting) {
                    next += load(split, examples, next, Math.min(ActivationPanels.LANES, count - next), noise);
                }
                take(split.labels());
            }
            if (working == 0) {
                return;
            }
            boolean more = firstWaiting < lastWaiting || next < count;
            do {
                engine.forward(buffers, 0, 1);
                look(smoothing, broken, losses);
                if (working > 0) {
                    move();
                }
            } while (working > (more ? ActivationPanels.LANES - FREE_LANES : 0));
        }
    }

    /** Loads the next examples and puts them at their starts; returns how many. */
    private int load(Split split, int[] examples, int first, int count, Stream noise) {
        engine.ops().loadImages(split.images(), examples, first, count, waitingClean, 0);
        System.arraycopy(examples, first, waitingExample, 0, count);
        Arrays.fill(waitingExample, count, ActivationPanels.LANES, 0); // noise in unused lanes
        int[] features = engine.liveInputs();
        if (attack.randomStart()) {
            engine.ops().uniformNoise(noise, waitingExample, 0, waitingClean, 0, waiting, 0, features, (float)
                    attack.epsilon());
        } else {
            waiting.copy(waitingClean, 0, 0, 1);
        }
        firstWaiting = 0;
        lastWaiting = count;
        return count;
    }

    /** Gives free lanes to examples that wait. */
    private void take(int[] labels) {
        int taken = 0;
        for (int lane = 0; lane < ActivationPanels.LANES && firstWaiting < lastWaiting; lane++) {
            if (example[lane] == NOBODY) {
                from[taken] = firstWaiting;
                to[taken++] = lane;
                example[lane] = waitingExample[firstWaiting++];
                label[lane] = labels[example[lane]];
                step[lane] = 0;
            }
        }
        working += taken;
        int[] features = engine.liveInputs();
        clean.copyExamples(waitingClean, from, to, taken, features);
        buffers.input().copyExamples(waiting, from, to, taken, features);
    }

    /** Judges the points that the forward pass was over, and frees the lanes of those broken or at their last step. */
    private void look(float smoothing, boolean[] broken, double[] losses) {
        engine.ops().predictions(buffers.logits(), 0, ActivationPanels.LANES, predicted, 0);
        for (int lane = 0; lane < ActivationPanels.LANES; lane++) {
            boolean wrong = predicted[lane] != label[lane];
            if (example[lane] != NOBODY && (wrong || step[lane] == attack.steps())) {
                broken[example[lane]] = wrong;
                losses[example[lane]] = engine.ops().crossEntropy(buffers.logits(), lane, label[lane], smoothing);
                example[lane] = NOBODY;
                working--;
            }
        }
    }

    /** A step of all lanes; those without an example move along. */
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
