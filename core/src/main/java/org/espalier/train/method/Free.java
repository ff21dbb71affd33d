package org.espalier.train.method;

import java.util.Optional;
import org.espalier.engine.Engine;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.BatchObjective;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;
import org.espalier.train.Ramp;

/**
 * Free adversarial training: each batch is used for several updates, and one backward pass gives both the gradient of the weights and a
 * step of the perturbation, which survives from batch to batch. Shafahi et al., "Adversarial training for free!" (2019),
 * algorithm 1. Epsilon is that of the entry's attack; the loss is of attacked images alone.
 */
@Kind("free")
public record Free(
        @Setting(value = "updates on each batch; published: 8 on CIFAR-10", preset = "8", min = 1)
        int replays,

        @Setting(value = "step of the perturbation, in pixel values; epsilon if not given", min = 0, max = 1)
        Optional<Double> step) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<Free> {
        @Override
        public Class<Free> settings() {
            return Free.class;
        }

        @Override
        public boolean ramps() {
            return true;
        }

        @Override
        public Objective create(Free settings, ObjectiveContext context) {
            double epsilon = Methods.epsilon("free", context);
            return new Replayed(settings.replays, epsilon, settings.step.orElse(epsilon), context.epsilonRamp());
        }
    }

    /** The objective. */
    record Replayed(int replays, double epsilon, double step, Ramp ramp) implements Objective {
        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            return new FreeGradient(this, engine, examples, labelSmoothing);
        }
    }
}
