package org.espalier.train;

import java.util.Optional;
import org.espalier.attack.Attack;
import org.espalier.engine.Engine;
import org.espalier.engine.Mode;

/**
 * What training minimises, beside the penalties of {@link TrainingSettings}: immutable and comparable. {@link ObjectiveKind}
 * makes one of an experiment's settings.
 */
public interface Objective {
    /**
     * Makes the objective ready for training on an engine. Done once for many batches: all buffers are made here.
     *
     * @param engine holds the network at each call of {@link BatchObjective#gradient}
     * @param examples of the largest batch, at least 1
     * @param labelSmoothing in [0, 1), for cross-entropies
     */
    BatchObjective bind(Engine engine, int examples, float labelSmoothing);

    /**
     * The same for an objective that needs more than batches. {@link Trainer} calls this form.
     *
     * @param data what the level trains on
     */
    default BatchObjective bind(Engine engine, int examples, float labelSmoothing, TrainingData data) {
        return bind(engine, examples, labelSmoothing);
    }

    /** Updates that follow each other on one batch, at least 1. An epoch has so many times its batches' updates. */
    default int replays() {
        return 1;
    }

    /** Mean cross-entropy on the clean examples. */
    record Natural() implements Objective {
        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            return new NaturalGradient(engine, examples, labelSmoothing);
        }
    }

    /**
     * {@code naturalShare} x mean cross-entropy on the clean examples + (1 - {@code naturalShare}) x mean cross-entropy
     * on adversarial examples of the same batch, made against the present weights and then treated as constants.
     * Goodfellow, Shlens and Szegedy (2015), section 6, with the paper's share of 0.5; a share of 0 is the adversarial
     * training of Madry et al. (2018).
     *
     * @param naturalShare in [0, 1)
     * @param ramp the share of the attack's epsilon and of its steps' lengths that an update attacks with
     * @param attackMode mode of the forward passes that make attacks; empty: evaluation, but an attack that reads the clean pass of
     *     the update reads it in {@link Mode#TRAINING}
     */
    record Adversarial(double naturalShare, Attack attack, Ramp ramp, Optional<Mode> attackMode) implements Objective {
        /** With the usual mode of attacks. */
        public Adversarial(double naturalShare, Attack attack, Ramp ramp) {
            this(naturalShare, attack, ramp, Optional.empty());
        }

        /** The whole attack from the first update on. */
        public Adversarial(double naturalShare, Attack attack) {
            this(naturalShare, attack, Ramp.NONE);
        }

        public Adversarial {
            if (!(naturalShare >= 0 && naturalShare < 1)) {
                throw new IllegalArgumentException("the natural share of an adversarial objective must be at least 0"
                        + " and below 1, got " + naturalShare);
            }
            if (!ramp.equals(Ramp.NONE) && !attack.scalable()) {
                throw new IllegalArgumentException(
                        "attack " + attack.name() + " cannot be made smaller, expected no ramp of its epsilon");
            }
        }

        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            return new AdversarialGradient(this, engine, examples, labelSmoothing);
        }
    }

    /**
     * {@code k} x mean cross-entropy on the clean examples + (1 - {@code k}) x mean cross-entropy of each example's worst
     * case, bounded from above over all inputs within the present epsilon: Gowal et al., "On the effectiveness of interval
     * bound propagation for training verifiably robust models" (2018), equation 12; and with linear bounds Zhang et al.,
     * "Towards stable and efficient training of verifiably robust neural networks" (2020), equation 3.
     *
     * <p>Epsilon, {@code k} and the share of linear bounds go with the ramp from their first to their last value, k and the
     * share in proportion to epsilon as in Zhang et al.'s code. Label smoothing applies to both cross-entropies; with it the second is
     * no upper bound any more.
     *
     * @param epsilon radius of the L-infinity ball, cut at 0 and 1
     * @param naturalShare k
     * @param linearShare share of CROWN-IBP's bound in the margins, the rest being interval bounds'; from 0 to 0 for interval
     *     bound propagation alone, from 1 to 0 for CROWN-IBP as published
     */
    record Certified(Ramp ramp, FromTo epsilon, FromTo naturalShare, FromTo linearShare) implements Objective {
        public Certified {
            within("epsilon", epsilon);
            within("natural share", naturalShare);
            within("share of linear bounds", linearShare);
            if (naturalShare.last() == 1) {
                throw new IllegalArgumentException("the last natural share of a certified objective must be below 1");
            }
        }

        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            return new CertifiedGradient(this, engine, examples, labelSmoothing);
        }

        /** Interval bound propagation with k from 1 to 0.5: Gowal et al.'s setting. */
        public static Certified ibp(double epsilon, Ramp ramp) {
            return new Certified(ramp, new FromTo(0, epsilon), new FromTo(1, 0.5), new FromTo(0, 0));
        }

        /** The same with linear bounds handing over to intervals: Zhang et al.'s setting. */
        public static Certified crownIbp(double epsilon, Ramp ramp) {
            return new Certified(ramp, new FromTo(0, epsilon), new FromTo(1, 0.5), new FromTo(1, 0));
        }

        /** Whether linear bounds ever count. */
        boolean linear() {
            return linearShare.first() > 0 || linearShare.last() > 0;
        }

        private static void within(String name, FromTo range) {
            for (double value : new double[] {range.first(), range.last()}) {
                if (!(value >= 0 && value <= 1)) {
                    throw new IllegalArgumentException(
                            "the " + name + " of a certified objective must lie in [0, 1], got " + value);
                }
            }
        }
    }

    /**
     * What a value goes from and to.
     *
     * @param first before the ramp
     * @param last after it
     */
    record FromTo(double first, double last) {
        /** The value where a ramp has come so far, exactly the ends at the ends. */
        public double at(double progress) {
            return progress == 1 ? last : first + progress * (last - first);
        }
    }
}
