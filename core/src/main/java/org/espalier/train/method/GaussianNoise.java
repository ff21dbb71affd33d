package org.espalier.train.method;

import org.espalier.UserException;
import org.espalier.attack.NoisyInputs;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;
import org.espalier.train.DivergedException;
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

    /** Computes the objective. */
    private static final class GaussianGradient implements BatchObjective {
        private final double sigma;
        private final Engine engine;
        private final ActivationBuffers buffers;
        private final BatchLoss losses;
        private final CrossEntropy loss;

        GaussianGradient(double sigma, Engine engine, int examples, float labelSmoothing) {
            this.sigma = sigma;
            this.engine = engine;
            buffers = engine.newBuffers(examples);
            losses = new BatchLoss(engine.ops(), buffers);
            loss = new CrossEntropy(labelSmoothing);
        }

        @Override
        public ActivationPanels input() {
            return buffers.input();
        }

        @Override
        public void gradient(Batch batch) {
            int panels = batch.panels();
            int examples = batch.examples();
            buffers.batch(0, panels, examples);
            ActivationPanels input = buffers.input();
            NoisyInputs.add(
                    input, 0, input, 0, examples, engine.liveInputs(), batch.noise(), batch.firstExample(), sigma);
            engine.forward(buffers, 0, panels, Mode.TRAINING);
            if (!losses.set(loss, 0, 0, panels, batch.labels(), 0, examples, 1.0 / examples, null)) {
                throw new DivergedException(batch.iteration(), "the logits");
            }
            engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
        }
    }
}
