package org.espalier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Augmentation;
import org.espalier.data.BatchOrder;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingImagesTest {
    private static final ImageShape SHAPE = new ImageShape(4, 3, 3);
    private static final Architecture NETWORK = new Architecture(List.of(SHAPE.features(), 8, 3), true);
    private static final org.espalier.random.Stream LEVEL =
            org.espalier.random.Stream.root(4).child("level");
    private static final Augmentation AUGMENTATION = new Augmentation(2, true);
    private static final int BATCH = 60;

    static Stream<Objective> objectives() {
        return Stream.of(
                new Objective.Natural(),
                new Objective.Adversarial(0.5, Pgd.paper(LabelChoice.TRUE)),
                Objective.Certified.ibp(0.1, Ramp.NONE));
    }

    /** So the attack, too, works on the changed images. */
    @ParameterizedTest
    @MethodSource("objectives")
    void theGradientIsThatOfTheChangedImages(Objective objective) {
        Split training = split(130);
        BatchOrder order = new BatchOrder(LEVEL, training.size(), BATCH);
        for (int update = 0; update < 4; update++) { // the third has 10 examples, the fourth begins an epoch
            Trainer augmented = trainer(training, objective, Optional.of(AUGMENTATION));
            augmented.runUntil(update);
            TrainingState state = augmented.state();
            augmented.computeGradient();

            byte[] changed = training.images().clone();
            for (int e = 0; e < order.count(update); e++) {
                int image = order.order(update)[order.first(update) + e];
                long use = (long) update * BATCH + e;
                AUGMENTATION.apply(training.images(), image, SHAPE, LEVEL.child("augmentation"), use, changed, image);
            }
            assertThat(changed).isNotEqualTo(training.images());
            Engine engine = engine();
            Trainer plain =
                    trainer(engine, new Split("train", SHAPE, changed, training.labels()), objective, Optional.empty());
            plain.resume(state);
            plain.computeGradient();
            augmented.step();
            plain.step();
            assertThat(augmented.state()).isEqualTo(plain.state());
        }
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void resumingAtAnyIterationGivesTheSameBits(Objective objective) {
        Split training = split(130);
        Trainer whole = trainer(training, objective, Optional.of(AUGMENTATION));
        Trainer checked = trainer(training, objective, Optional.of(AUGMENTATION));
        whole.runUntil(7);
        for (int iteration = 0; iteration < 7; iteration++) {
            checked.runUntil(iteration);
            Trainer resumed = trainer(training, objective, Optional.of(AUGMENTATION));
            resumed.resume(checked.state());
            resumed.runUntil(7);
            assertThat(resumed.state()).isEqualTo(whole.state());
        }
        Trainer plain = trainer(training, objective, Optional.empty());
        plain.runUntil(7);
        assertThat(plain.state()).isNotEqualTo(whole.state());
    }

    @Test
    void aCropAsLargeAsTheImageIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer(split(10), new Objective.Natural(), Optional.of(new Augmentation(3, true))))
                .withMessage("the augmentation's crop is 3, expected less than the rows and columns of an image of"
                        + " 4 x 3 x 3 pixels");
    }

    private static Trainer trainer(Split training, Objective objective, Optional<Augmentation> augmentation) {
        return trainer(engine(), training, objective, augmentation);
    }

    private static Trainer trainer(
            Engine engine, Split training, Objective objective, Optional<Augmentation> augmentation) {
        return new Trainer(
                engine,
                training,
                new TrainingSettings(objective, new OptimizerSettings.Adam(1e-2), BATCH, 0, 0, 0, augmentation),
                LEVEL);
    }

    private static Engine engine() {
        Engine engine = Engines.create(NETWORK);
        engine.load(
                InitialWeights.GLOROT_UNIFORM.draw(NETWORK, org.espalier.random.Stream.root(1)), Mask.dense(NETWORK));
        return engine;
    }

    private static Split split(int size) {
        org.espalier.random.Stream draws = org.espalier.random.Stream.root(2);
        byte[] images = new byte[size * SHAPE.features()];
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) draws.below(256, i);
        }
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            labels[i] = draws.child("labels").below(3, i);
        }
        return new Split("train", SHAPE, images, labels);
    }
}
