package org.espalier.train.method;

import org.espalier.UserException;
import org.espalier.attack.NoisyInputs;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.espalier.train.ObjectiveKind;

/**
 * Mean cross-entropy of images with Gaussian noise, which is not clipped: the training of randomised smoothing. Cohen, Rosenfeld
 * and Kolter, "Certified adversarial robustness via randomized smoothing" (2019), section 3.3.
 */
@Kind("gaussian")
public record GaussianNoise(
        @Setting(value = "standard deviation of the noise, in pixel values", preset = "0.25", min = 0, above = true)
        double sigma) {
    /** Registers the kind. */
    public static final class Definition implements ObjectiveKind<GaussianNoise> {
        @Override
        public Class<GaussianNoise> settings() {
            return GaussianNoise.class;
        }

        @Override
        public Objective create(GaussianNoise settings, ObjectiveContext context) {
            if (context.attack().isPresent()) {
                throw new UserException("method gaussian has an attack, expected none");
            }
            return new Noisy(settings.sigma);
        }
    }

    /** The objective. */
    record Noisy(double sigma) implements Objective {
        @Override
        public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
            return new GaussianGradient(sigma, engine, examples, labelSmoothing);
        }
    }

    /** Computes the objective: natural training on what noise makes of the images. */
    private static final class GaussianGradient implements BatchObjective {
        private final double sigma;
        private final Engine engine;
        private final BatchObjective natural;

        GaussianGradient(double sigma, Engine engine, int examples, float labelSmoothing) {
            this.sigma = sigma;
            this.engine = engine;
            natural = new Objective.Natural().bind(engine, examples, labelSmoothing);
        }

        @Override
        public ActivationPanels input() {
            return natural.input();
        }

        @Override
        public void gradient(Batch batch) {
            ActivationPanels input = natural.input();
            NoisyInputs.add(
                    input,
                    0,
                    input,
                    0,
                    batch.examples(),
                    engine.liveInputs(),
                    batch.noise(),
                    batch.firstExample(),
                    sigma);
            natural.gradient(batch);
        }
    }
}
