package org.espalier.train;

import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.data.Augmentation;
import org.espalier.train.rate.LearningRate;

/**
 * All that determines training, beside data, start and random stream.
 *
 * @param batch examples to an update, at least 1
 * @param labelSmoothing in [0, 1): the share of the target spread evenly over all classes; Szegedy et al., "Rethinking
 *     the Inception architecture" (2016), section 7
 * @param l1 weight of the penalty sum |w| over surviving weights, at least 0
 * @param l2 weight of the penalty sum w^2 / 2 over surviving weights, at least 0: weight decay coupled with the gradient
 * @param augmentation random changes of the training images before anything else sees them
 * @param learningRate the course of the optimizer's rate
 * @param weightDecay decoupled weight decay, at least 0: each update first takes the share rate x {@code weightDecay} from each
 *     surviving weight, with the rate of that update; biases do not decay. With Adam this is AdamW, with momentum SGDW: Loshchilov
 *     and Hutter, "Decoupled weight decay regularization" (2019), in PyTorch's scaling
 * @param clip largest global L2 norm of the objective's gradient, above 0; larger ones are scaled to it before penalties are
 *     added. Empty for no limit
 */
public record TrainingSettings(
        Objective objective,
        OptimizerSettings optimizer,
        int batch,
        double labelSmoothing,
        double l1,
        double l2,
        Optional<Augmentation> augmentation,
        LearningRate learningRate,
        double weightDecay,
        OptionalDouble clip) {
    public TrainingSettings {
        if (batch < 1) {
            throw new IllegalArgumentException("a batch must hold at least 1 example, got " + batch);
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be at least 0 and below 1, got " + labelSmoothing);
        }
        if (!(l1 >= 0 && l2 >= 0) || Double.isInfinite(l1 + l2)) {
            throw new IllegalArgumentException("the weights of penalties must be at least 0, got " + l1 + " and " + l2);
        }
        if (!(weightDecay >= 0 && weightDecay * optimizer.rate() < 1)) {
            throw new IllegalArgumentException("weight decay times the learning rate of " + optimizer.rate()
                    + " must be at least 0 and below 1, got a weight decay of " + weightDecay);
        }
        if (clip.isPresent() && !((float) clip.getAsDouble() > 0 && Float.isFinite((float) clip.getAsDouble()))) {
            throw new IllegalArgumentException(
                    "the largest norm of a gradient must be above 0, got " + clip.getAsDouble());
        }
    }

    /** Training images as they are. */
    public TrainingSettings(
            Objective objective,
            OptimizerSettings optimizer,
            int batch,
            double labelSmoothing,
            double l1,
            double l2,
            LearningRate learningRate,
            double weightDecay,
            OptionalDouble clip) {
        this(objective, optimizer, batch, labelSmoothing, l1, l2, Optional.empty(), learningRate, weightDecay, clip);
    }

    /** With a constant learning rate, without weight decay and clipping. */
    public TrainingSettings(
            Objective objective,
            OptimizerSettings optimizer,
            int batch,
            double labelSmoothing,
            double l1,
            double l2,
            Optional<Augmentation> augmentation) {
        this(
                objective,
                optimizer,
                batch,
                labelSmoothing,
                l1,
                l2,
                augmentation,
                LearningRate.CONSTANT,
                0,
                OptionalDouble.empty());
    }

    /** Training images as they are, with a constant learning rate, without weight decay and clipping. */
    public TrainingSettings(
            Objective objective, OptimizerSettings optimizer, int batch, double labelSmoothing, double l1, double l2) {
        this(objective, optimizer, batch, labelSmoothing, l1, l2, Optional.empty());
    }

    /** The paper's: Adam at 1.2e-3, batches of 60, hard labels, no penalty. */
    public static TrainingSettings paper(Objective objective) {
        return new TrainingSettings(objective, new OptimizerSettings.Adam(1.2e-3), 60, 0, 0, 0);
    }
}
