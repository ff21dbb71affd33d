package org.espalier.attack;

import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.Loss;
import org.espalier.random.Stream;

/**
 * An attack bound to an engine and its buffers; it owns the attack's buffers, so that attacking allocates nothing.
 *
 * <p>A batch of n examples takes p = ceil(n / 64) panels. Clean examples stand in panels 0 .. p-1 of the buffers and the
 * adversarial ones are made in panels p .. 2p-1, so that one forward and one backward pass serve both halves. The
 * engine's present weights are attacked. Not for use by several threads at once.
 */
public abstract class Attacker {
    protected final Engine engine;
    protected final ActivationBuffers buffers;
    private final Loss loss;
    private final BatchLoss batchLoss;
    private final LabelChoice choice;
    private final int[] predicted; // (example) of the present batch
    private Mode mode = Mode.EVALUATION;

    /**
     * Binds an attack.
     *
     * @param loss to increase; its reference is the clean example
     * @param buffers at least twice the panels of the largest batch
     */
    protected Attacker(LabelChoice choice, Loss loss, Engine engine, ActivationBuffers buffers) {
        this.loss = loss;
        batchLoss = new BatchLoss(engine.ops(), buffers);
        this.choice = choice;
        this.engine = engine;
        this.buffers = buffers;
        predicted = new int[choice == LabelChoice.PREDICTED ? buffers.panels() / 2 * ActivationPanels.LANES : 0];
    }

    /** The attack's settings. */
    public abstract Attack attack();

    /**
     * Whether {@link #perturb} reads what {@link Engine#forward} made of the clean panels with the present weights;
     * if so the caller must have run it.
     */
    public boolean readsCleanPass() {
        return choice == LabelChoice.PREDICTED || loss.readsReference();
    }

    /**
     * Makes adversarial examples of the clean ones, in {@link ActivationBuffers#input} only: their logits are not computed.
     * {@link ActivationBuffers#logitGradient} is overwritten. Inputs that no weight reads (not in
     * {@link Engine#liveInputs}) are not changed, because they do not affect the logits. See {@link #fillUnreadInputs}.
     *
     * <p>The noise of an example depends on {@code noise}, its number and the input feature only.
     *
     * @param labels true classes; that of lane 0 of panel 0 is {@code labels[firstLabel]}
     * @param examples examples in the batch, at most 32 per panel of the buffers
     * @param noise stream of the random starts
     * @param firstExample number of the first example in that stream
     */
    public final void perturb(int[] labels, int firstLabel, int examples, Stream noise, int firstExample) {
        int panels = ActivationPanels.panelsFor(examples);
        if (2 * panels > buffers.panels()) {
            throw new IllegalArgumentException("attacking " + examples + " examples needs buffers of " + 2 * panels
                    + " panels, these have " + buffers.panels());
        }
        if (choice == LabelChoice.PREDICTED) {
            engine.ops().predictions(buffers.logits(), 0, examples, predicted, 0);
            run(panels, predicted, 0, examples, noise, firstExample);
        } else {
            run(panels, labels, firstLabel, examples, noise, firstExample);
        }
    }

    /**
     * As {@link #perturb}, for clean examples that no pass has read yet: makes the pass first, in the attack's {@link #mode}, if it
     * {@link #readsCleanPass reads} one.
     */
    public final void perturbLoaded(int[] labels, int firstLabel, int examples, Stream noise, int firstExample) {
        if (readsCleanPass()) {
            forward(0, ActivationPanels.panelsFor(examples));
        }
        perturb(labels, firstLabel, examples, noise, firstExample);
    }

    /**
     * Makes the attacks that follow smaller: epsilon and the lengths of steps are the settings' times {@code share}, rounded to
     * float. 1 gives the settings' again.
     *
     * @param share in [0, 1]
     * @throws UnsupportedOperationException if the attack is not {@link Attack#scalable}
     */
    public void scale(double share) {
        throw new UnsupportedOperationException("attack " + attack().name() + " cannot be scaled");
    }

    /**
     * Sets the inputs that no weight reads to the value that the attack's definition gives them (their gradient is
     * zero). The examples can then be shown or kept. Call after {@link #perturb} with the same arguments.
     */
    public abstract void fillUnreadInputs(int examples, Stream noise, int firstExample);

    /**
     * Makes the examples of {@link #perturb}, in panels {@code panels} to {@code 2 * panels - 1}.
     *
     * @param labels classes to drive away from; that of lane 0 of panel 0 is {@code labels[firstLabel]}
     */
    protected abstract void run(int panels, int[] labels, int firstLabel, int examples, Stream noise, int firstExample);

    /**
     * Says in which mode the attack's own forward passes run; {@link Mode#EVALUATION} without a call. A pass that {@link
     * #readsCleanPass} reads is the caller's.
     *
     * @param mode with {@link Mode#BATCH_STATISTICS}, the caller has said which panels hold a batch
     */
    public final void mode(Mode mode) {
        this.mode = mode;
    }

    /** A forward pass of the attack in its {@link #mode}. */
    protected final void forward(int firstPanel, int panels) {
        engine.forward(buffers, firstPanel, panels, mode);
    }

    /** Inputs that no surviving weight reads, ascending. */
    protected final int[] deadInputs() {
        int[] live = engine.liveInputs();
        int[] dead = new int[buffers.input().features() - live.length];
        int next = 0;
        int found = 0;
        for (int feature = 0; feature < buffers.input().features(); feature++) {
            if (next < live.length && live[next] == feature) {
                next++;
            } else {
                dead[found++] = feature;
            }
        }
        return dead;
    }

    /**
     * The loss of each example at the present logits.
     *
     * @param losses receives the losses from index 0
     */
    protected final void losses(int firstPanel, int[] labels, int firstLabel, int examples, double[] losses) {
        batchLoss.values(
                loss, firstPanel, loss.readsReference() ? 0 : firstPanel, labels, firstLabel, examples, losses);
    }

    /** Copies some features of whole panels within the buffers' input. */
    protected final void copyInputs(int from, int to, int panels, int[] features) {
        for (int p = 0; p < panels; p++) {
            buffers.input().copyFeatures(buffers.input(), from + p, to + p, features);
        }
    }

    /**
     * A step along the gradient of the loss at the logits of {@code panels} panels from {@code firstPanel} on. Clean inputs stand
     * in panels from 0 on; the points to move stand after them.
     */
    protected final void perturb(
            int firstPanel, int panels, int[] labels, int firstLabel, int examples, StepRule rule) {
        // The scale is 1, not 1/n: only signs are used, and smaller gradients would round to zero sooner.
        int reference = loss.readsReference() ? 0 : firstPanel;
        batchLoss.set(loss, firstPanel, reference, panels, labels, firstLabel, examples, 1, null);
        engine.perturb(buffers, firstPanel, panels, rule, buffers.input(), 0, buffers.input(), panels);
    }
}
