package org.espalier.train.dropout;

import org.espalier.UserException;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Dropout;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.Mode;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.loss.Loss;
import org.espalier.loss.SquaredError;
import org.espalier.train.Batch;
import org.espalier.train.BatchObjective;
import org.espalier.train.DivergedException;
import org.espalier.train.Objective;
import org.espalier.train.ObjectiveContext;
import org.jspecify.annotations.Nullable;

/**
 * Mean loss on clean examples, with dropout of hidden units.
 *
 * @param method its name, for messages
 * @param rate probability that a unit is dropped, in [0, 1)
 */
record DroppingObjective(String method, Losses losses, double rate) implements Objective {
    /** The loss of one example. */
    enum Losses {
        CROSS_ENTROPY,
        SQUARES,
        SQUARES_AS_PUBLISHED;

        static Losses squares(boolean published) {
            return published ? SQUARES_AS_PUBLISHED : SQUARES;
        }

        Loss of(float labelSmoothing) {
            return switch (this) {
                case CROSS_ENTROPY -> new CrossEntropy(labelSmoothing);
                case SQUARES -> new SquaredError(labelSmoothing, false);
                case SQUARES_AS_PUBLISHED -> new SquaredError(labelSmoothing, true);
            };
        }
    }

    static Objective of(String method, Losses losses, double rate, ObjectiveContext context) {
        if (context.attack().isPresent()) {
            throw new UserException("method " + method + " has an attack, expected none");
        }
        if (rate > 0 && !Dropout.allows(rate)) {
            throw new UserException("method " + method + " drops units at a rate of " + rate
                    + ", expected 0 or at least 1/65536 and at most 65535/65536");
        }
        return new DroppingObjective(method, losses, rate);
    }

    @Override
    public BatchObjective bind(Engine engine, int examples, float labelSmoothing) {
        if (rate > 0 && Dropout.hiddenLayers(engine.architecture()) == 0) {
            throw new UserException("method " + method + " drops hidden units of fully connected layers, found none in "
                    + engine.architecture() + ", expected a rate of 0");
        }
        return new DroppingGradient(losses.of(labelSmoothing), engine, examples);
    }

    /** Computes the objective. */
    private final class DroppingGradient implements BatchObjective {
        private final Loss loss;
        private final Engine engine;
        private final ActivationBuffers buffers;
        private final BatchLoss batchLoss;
        private @Nullable Dropout dropout; // when the stream is known

        DroppingGradient(Loss loss, Engine engine, int examples) {
            this.loss = loss;
            this.engine = engine;
            buffers = engine.newBuffers(examples);
            batchLoss = new BatchLoss(engine.ops(), buffers);
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
            if (rate > 0) {
                dropout(batch).examples(batch.firstExample(), examples);
            }
            engine.forward(buffers, 0, panels, Mode.TRAINING);
            if (!batchLoss.set(loss, 0, 0, panels, batch.labels(), 0, examples, 1.0 / examples, null)) {
                throw new DivergedException(batch.iteration(), "the logits");
            }
            engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
        }

        private Dropout dropout(Batch batch) {
            Dropout made = dropout;
            if (made == null) {
                made = new Dropout(rate, engine.architecture(), batch.noise().child("dropout"));
                buffers.dropout(made);
                dropout = made;
            }
            return made;
        }
    }
}
