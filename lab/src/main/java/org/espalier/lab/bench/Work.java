package org.espalier.lab.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.network.Mask;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/** What is timed: the paper's training steps, and its evaluation under PGD. */
public enum Work {
    /** A step of natural training. */
    NATURAL,
    /** A step of training on natural and FGSM examples, half and half. */
    FGSM,
    /** The same with PGD-10. */
    PGD,
    /** One image's natural and PGD-10 measurement. */
    EVALUATION;

    /** Examples to a training step. */
    public static final int BATCH = 60;
    /** Images to one run of the evaluation. */
    static final int IMAGES = 512;

    private static final int ATTACK_STEPS = 10;

    /** The name in files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is a training step. */
    boolean trains() {
        return this != EVALUATION;
    }

    /** Steps or images of one run of what {@link #on} gives. */
    public int units() {
        return trains() ? 1 : IMAGES;
    }

    /**
     * Something that does this work once whenever it is run.
     *
     * @param engine holds a network
     * @param images to train on, or whose first ones are measured
     * @param stream of batches and noise
     */
    public Runnable on(Engine engine, Split images, Stream stream) {
        if (trains()) {
            return new Trainer(engine, images, TrainingSettings.paper(objective()), stream)::step;
        }
        Split few = first(images, IMAGES);
        Evaluator evaluator = new Evaluator(
                engine, new EvaluationSettings(new LinkedHashMap<>(Map.of("pgd", Pgd.paper(LabelChoice.TRUE)))));
        return () -> evaluator.measure(0, few, 0, stream);
    }

    /** What training with this work's steps minimises. */
    Objective objective() {
        return switch (this) {
            case NATURAL -> new Objective.Natural();
            case FGSM -> new Objective.Adversarial(0.5, new Fgsm(0.3f, LabelChoice.TRUE));
            case PGD, EVALUATION -> new Objective.Adversarial(0.5, Pgd.paper(LabelChoice.TRUE));
        };
    }

    /**
     * Useful floating-point operations of one step or image: two for each remaining weight and example in each pass
     * (forward, input gradients, weight gradients). Pruned weights, padding and elementwise work do not count. Operations
     * of remaining weights on zero inputs count, so kernels of {@code AUTO}, which skip many of them, may exceed the peak.
     */
    public double operations(Mask mask) {
        double all = 0;
        for (int layer = 0; layer < mask.architecture().layers(); layer++) {
            all += mask.survivors(layer).cardinality();
        }
        double behind = all - mask.survivors(0).cardinality(); // the pass back to the first layer's outputs
        return switch (this) {
            case NATURAL -> 2 * BATCH * (all + behind + all);
            case FGSM -> 2 * BATCH * (all + 2 * (all + behind + all)); // the attack reads the clean pass
            case PGD -> 2 * BATCH * (ATTACK_STEPS * 2 * all + 2 * (all + behind + all));
            case EVALUATION -> 2 * (ATTACK_STEPS * 2 * all + 2 * all);
        };
    }

    private static Split first(Split split, int images) {
        return split.part(split.name(), 0, images);
    }
}
