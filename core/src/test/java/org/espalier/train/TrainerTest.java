package org.espalier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.espalier.attack.Attack;
import org.espalier.attack.Attacker;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.BatchOrder;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.BoundBuffers;
import org.espalier.engine.BoundEngine;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.ops.PanelOps;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Pruner;
import org.espalier.train.rate.CosineRate;
import org.espalier.train.rate.CyclicRate;
import org.espalier.train.rate.LearningRate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final Architecture NETWORK = new Architecture(List.of(6, 8, 3), true);
    private static final org.espalier.random.Stream LEVEL =
            org.espalier.random.Stream.root(4).child("level");
    private static final OptimizerSettings ADAM = new OptimizerSettings.Adam(1e-2);
    private static final OptimizerSettings MOMENTUM = new OptimizerSettings.Momentum(0.05, 0.9);

    static Stream<TrainingSettings> settings() {
        Attack fgsm = new Fgsm(0.1f, LabelChoice.PREDICTED);
        Attack pgd = Pgd.paper(LabelChoice.TRUE);
        return Stream.of(
                new TrainingSettings(new Objective.Natural(), ADAM, 60, 0, 0, 0),
                new TrainingSettings(new Objective.Natural(), MOMENTUM, 60, 0.1, 1e-3, 1e-3),
                new TrainingSettings(new Objective.Adversarial(0.5, fgsm), ADAM, 60, 0.1, 1e-3, 0),
                new TrainingSettings(new Objective.Adversarial(0.25, pgd), MOMENTUM, 60, 0, 0, 1e-3),
                new TrainingSettings(new Objective.Adversarial(0, pgd), ADAM, 60, 0, 0, 0),
                new TrainingSettings(new Objective.Adversarial(0, fgsm), ADAM, 100, 0, 0, 0),
                new TrainingSettings(certified(0, 0), ADAM, 60, 0, 1e-3, 0),
                new TrainingSettings(certified(1, 0), MOMENTUM, 60, 0.1, 0, 1e-3),
                new TrainingSettings(certified(1, 1), ADAM, 100, 0, 0, 0),
                new TrainingSettings(
                        new Objective.Adversarial(0.5, pgd, new Ramp(1, 4, Ramp.Shape.LINEAR)),
                        ADAM,
                        60,
                        0,
                        0,
                        0,
                        new LearningRate(new CyclicRate(0.4), 12, 3, 0),
                        0.1,
                        OptionalDouble.of(0.5)),
                new TrainingSettings(
                        new Objective.Adversarial(0, fgsm, new Ramp(0, 3, Ramp.Shape.LINEAR)),
                        new OptimizerSettings.Nesterov(0.05, 0.9),
                        60,
                        0,
                        0,
                        1e-3,
                        new LearningRate(new CosineRate(0.1), 12, 0, 2),
                        0.1,
                        OptionalDouble.of(0.2)));
    }

    /** Updates 0 to 2, which gradients are compared at, are warm-up, the first of the ramp and well within it. */
    private static Objective certified(double firstLinear, double lastLinear) {
        return new Objective.Certified(
                new Ramp(1, 6, Ramp.Shape.LINEAR),
                new Objective.FromTo(0.02, 0.14),
                new Objective.FromTo(0.9, 0.3),
                new Objective.FromTo(firstLinear, lastLinear));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void gradientIsThatOfTheObjectiveByFiniteDifferencesInWholeAndPartialBatches(TrainingSettings settings) {
        Split training = split(130);
        for (int updates : new int[] {0, 1, 2}) { // with batches of 60 the third has 10 examples
            Engine engine = loaded(new ReferenceEngine(NETWORK), half());
            Trainer trainer = new Trainer(engine, training, settings, LEVEL);
            trainer.runUntil(updates);
            Weights weights = trainer.state().weights();
            // The state's weights are rounded to float32: measure exactly where the gradient is taken.
            trainer.resume(trainer.state());
            trainer.computeGradient();
            Weights gradient = engine.gradient();
            ObjectiveValue objective = new ObjectiveValue(training, settings, weights, half(), updates);
            for (int layer = 0; layer < NETWORK.layers(); layer++) {
                for (int i = 0; i < NETWORK.weights(layer); i++) {
                    float expected = half().keeps(layer, i) ? (float) objective.slope(weights.matrix(layer), i) : 0f;
                    assertThat(gradient.matrix(layer)[i]).isCloseTo(expected, within(2e-3f));
                }
                for (int o = 0; o < NETWORK.outputs(layer); o++) {
                    float expected = (float) objective.slope(weights.biases(layer), o);
                    assertThat(gradient.biases(layer)[o]).isCloseTo(expected, within(2e-3f));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theFastEngineComputesTheReferencesGradient(TrainingSettings settings) {
        Split training = split(130);
        Engine fast = loaded(Engines.create(NETWORK), half());
        Engine reference = loaded(new ReferenceEngine(NETWORK), half());
        Trainer fastTrainer = new Trainer(fast, training, settings, LEVEL);
        fastTrainer.runUntil(2);
        Trainer referenceTrainer = new Trainer(reference, training, settings, LEVEL);
        referenceTrainer.resume(fastTrainer.state());
        fastTrainer.computeGradient();
        referenceTrainer.computeGradient();
        Weights expected = reference.gradient();
        Weights computed = fast.gradient();
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            assertThat(computed.matrix(layer)).containsExactly(expected.matrix(layer), within(1e-6f));
            assertThat(computed.biases(layer)).containsExactly(expected.biases(layer), within(1e-6f));
        }
    }

    /** The objective of one update, written down from its definition, with the adversarial examples held fixed. */
    private static final class ObjectiveValue {
        final BoundEngine engine = new ReferenceEngine(NETWORK);
        final Mask mask;
        final Weights weights;
        final TrainingSettings settings;
        final int examples;
        final int panels;
        final int[] labels;
        final ActivationBuffers buffers;
        final int update;
        final BoundBuffers bounds;

        ObjectiveValue(Split training, TrainingSettings settings, Weights weights, Mask mask, int update) {
            this.settings = settings;
            this.weights = weights;
            this.mask = mask;
            this.update = update;
            engine.load(weights, mask);
            BatchOrder order = new BatchOrder(LEVEL, training.size(), settings.batch());
            examples = order.count(update);
            panels = ActivationPanels.panelsFor(examples);
            buffers = engine.newBuffers(2 * panels * ActivationPanels.LANES);
            labels = new int[examples];
            int[] images = order.order(update);
            for (int e = 0; e < examples; e++) {
                labels[e] = training.labels()[images[order.first(update) + e]];
            }
            PanelOps.CHOSEN.loadImages(training.images(), images, order.first(update), examples, buffers.input(), 0);
            bounds = engine.newBoundBuffers(examples, true);
            bounds.natural().input().copy(buffers.input(), 0, 0, panels);
            if (settings.objective() instanceof Objective.Adversarial mixed) {
                engine.forward(buffers, 0, panels);
                Attacker attacker = mixed.attack().bind(engine, buffers);
                attacker.scale(mixed.ramp().progress(update));
                attacker.perturb(labels, 0, examples, LEVEL.child("attack noise"), update * settings.batch());
            }
        }

        double slope(float[] values, int i) {
            float centre = values[i];
            float step = 0x1p-13f; // long steps would cross kinks of ReLU
            values[i] = centre + step;
            double above = value();
            values[i] = centre - step;
            double below = value();
            values[i] = centre;
            return (above - below) / (2.0 * step);
        }

        double value() {
            engine.load(weights, mask);
            return switch (settings.objective()) {
                case Objective.Natural() -> loss(0);
                case Objective.Adversarial(double share, var attack, var ramp, var _) ->
                    share * loss(0) + (1 - share) * loss(panels);
                case Objective.Certified certified -> {
                    double progress = certified.ramp().progress(update);
                    double share = certified.naturalShare().at(progress);
                    yield share * loss(0) + (1 - share) * worst(certified, progress);
                }
                default -> throw new AssertionError(settings.objective());
            };
        }

        private double worst(Objective.Certified certified, double progress) {
            engine.boundMargins(
                    bounds,
                    (float) certified.epsilon().at(progress),
                    (float) certified.linearShare().at(progress),
                    labels,
                    0,
                    examples);
            return mean(bounds.marginBounds(), 0);
        }

        private double loss(int firstPanel) {
            engine.forward(buffers, firstPanel, panels);
            return mean(buffers.logits(), firstPanel);
        }

        private double mean(ActivationPanels logits, int firstPanel) {
            double[] losses = new double[examples];
            PanelOps.CHOSEN.crossEntropy(
                    logits, firstPanel, labels, 0, examples, (float) settings.labelSmoothing(), losses, 0);
            return Stream.of(losses)
                    .flatMapToDouble(java.util.Arrays::stream)
                    .average()
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void prunedWeightsStayExactlyZeroAndSoDoTheirMoments(TrainingSettings settings) {
        Engine engine = loaded(Engines.create(NETWORK), half());
        Trainer trainer = new Trainer(engine, split(130), settings, LEVEL);
        Weights start = engine.weights();
        trainer.runUntil(20);
        TrainingState state = trainer.state();
        int moved = 0;
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            for (int i = 0; i < NETWORK.weights(layer); i++) {
                if (half().keeps(layer, i)) {
                    moved += state.weights().matrix(layer)[i] != start.matrix(layer)[i] ? 1 : 0;
                } else {
                    assertThat(Float.floatToRawIntBits(state.weights().matrix(layer)[i]))
                            .isZero();
                    assertThat(state.firstMoment().matrix(layer)[i]).isZero();
                    assertThat(state.secondMoment().matrix(layer)[i]).isZero();
                }
            }
        }
        assertThat(moved).isGreaterThan(half().count() / 2);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void resumingAtAnyIterationGivesTheSameBits(TrainingSettings settings) {
        Split training = split(130);
        Trainer whole = new Trainer(loaded(Engines.create(NETWORK), half()), training, settings, LEVEL);
        Trainer checked = new Trainer(loaded(Engines.create(NETWORK), half()), training, settings, LEVEL);
        whole.runUntil(12);
        for (int iteration = 0; iteration < 12; iteration++) {
            checked.runUntil(iteration);
            TrainingState state = checked.state();
            Trainer resumed = new Trainer(loaded(Engines.create(NETWORK), half()), training, settings, LEVEL);
            resumed.resume(state);
            assertThat(resumed.iteration()).isEqualTo(iteration);
            resumed.runUntil(12);
            assertThat(resumed.state()).isEqualTo(whole.state());
        }
    }

    @ParameterizedTest
    @EnumSource(Ramp.Shape.class)
    void aRampStartsAfterItsWarmUpAndRisesToItsEnd(Ramp.Shape shape) {
        Ramp ramp = new Ramp(100, 400, shape);
        assertThat(ramp.progress(0)).isZero();
        assertThat(ramp.progress(100)).isZero();
        assertThat(ramp.progress(500)).isEqualTo(1);
        assertThat(ramp.progress(Integer.MAX_VALUE)).isEqualTo(1);
        double before = 0;
        for (int update = 101; update < 500; update++) {
            assertThat(ramp.progress(update)).isGreaterThan(before).isLessThan(1);
            assertThat(ramp.progress(update) - before).isLessThan(0.0031); // no jump, and no slope above 16/13
            before = ramp.progress(update);
        }
        assertThat(Ramp.NONE.progress(0)).isEqualTo(1);
        assertThat(new Ramp(0, 400, Ramp.Shape.LINEAR).progress(100)).isEqualTo(0.25);
        assertThat(new Ramp(0, 400, Ramp.Shape.SMOOTHED).progress(100)).isCloseTo(1 / 13.0, within(1e-12));
    }

    @Test
    void warmUpWithANaturalShareOfOneIsNaturalTraining() {
        Trainer natural = new Trainer(
                loaded(Engines.create(NETWORK), half()),
                split(130),
                new TrainingSettings(new Objective.Natural(), ADAM, 60, 0, 0, 0),
                LEVEL);
        Trainer certified = new Trainer(
                loaded(Engines.create(NETWORK), half()),
                split(130),
                new TrainingSettings(
                        Objective.Certified.crownIbp(0.1, new Ramp(5, 5, Ramp.Shape.SMOOTHED)), ADAM, 60, 0, 0, 0),
                LEVEL);
        natural.runUntil(6);
        certified.runUntil(6); // the ramp's own first update still has progress 0
        assertThat(certified.state()).isEqualTo(natural.state());
        natural.runUntil(7);
        certified.runUntil(7);
        assertThat(certified.state()).isNotEqualTo(natural.state());
    }

    @Test
    void aRampEndsInTheWholeAttackAndAttacksWithAShareBefore() {
        Pgd pgd = new Pgd(0.2, 0.1, 3, true, 1, org.espalier.attack.KeptIterate.LAST, LabelChoice.TRUE);
        Pgd half = new Pgd(0.1, 0.05, 3, true, 1, org.espalier.attack.KeptIterate.LAST, LabelChoice.TRUE);
        // Update 2 of a ramp of 4 has half of epsilon and half of the steps.
        assertThat(gradientAt(2, new Objective.Adversarial(0.5, pgd, new Ramp(0, 4, Ramp.Shape.LINEAR))))
                .isEqualTo(gradientAt(2, new Objective.Adversarial(0.5, half)));
        assertThat(gradientAt(4, new Objective.Adversarial(0.5, pgd, new Ramp(0, 4, Ramp.Shape.LINEAR))))
                .isEqualTo(gradientAt(4, new Objective.Adversarial(0.5, pgd)))
                .isNotEqualTo(gradientAt(4, new Objective.Adversarial(0.5, half)));
        assertThat(gradientAt(1, new Objective.Adversarial(0.5, pgd, new Ramp(1, 4, Ramp.Shape.LINEAR))))
                .isEqualTo(gradientAt(
                        1,
                        new Objective.Adversarial(
                                0.5,
                                new Pgd(0, 0, 3, true, 1, org.espalier.attack.KeptIterate.LAST, LabelChoice.TRUE))));
    }

    /** The gradient of one update at the start's weights. */
    private static Weights gradientAt(int update, Objective objective) {
        Engine engine = loaded(Engines.create(NETWORK), half());
        Trainer trainer = new Trainer(engine, split(130), new TrainingSettings(objective, ADAM, 60, 0, 0, 0), LEVEL);
        TrainingState state = trainer.state();
        trainer.resume(new TrainingState(update, state.weights(), state.firstMoment(), state.secondMoment()));
        trainer.computeGradient();
        return engine.gradient();
    }

    @Test
    void momentumFollowsItsDefinition() {
        Engine engine = loaded(new ReferenceEngine(NETWORK), half());
        Weights start = engine.weights();
        TrainingSettings settings = new TrainingSettings(new Objective.Natural(), MOMENTUM, 60, 0, 0.01, 0.1);
        Trainer trainer = new Trainer(engine, split(60), settings, LEVEL);
        trainer.computeGradient();
        float g = engine.gradient().matrix(0)[position(half())];
        float w = start.matrix(0)[position(half())];
        trainer.step();
        double velocity = -0.05 * (g + 0.01 * Math.signum(w) + 0.1 * w);
        assertThat(engine.weights().matrix(0)[position(half())]).isCloseTo((float) (w + velocity), within(1e-6f));
        w = engine.weights().matrix(0)[position(half())];
        trainer.computeGradient();
        g = engine.gradient().matrix(0)[position(half())];
        trainer.step();
        velocity = 0.9 * velocity - 0.05 * (g + 0.01 * Math.signum(w) + 0.1 * w);
        assertThat(engine.weights().matrix(0)[position(half())]).isCloseTo((float) (w + velocity), within(1e-6f));
    }

    @Test
    void adamsFirstStepIsTheLearningRateAgainstTheGradientsSign() {
        Engine engine = loaded(new ReferenceEngine(NETWORK), half());
        Weights start = engine.weights();
        Trainer trainer =
                new Trainer(engine, split(60), new TrainingSettings(new Objective.Natural(), ADAM, 60, 0, 0, 0), LEVEL);
        trainer.step();
        float g = engine.gradient().matrix(0)[position(half())];
        assertThat(Math.abs(g)).isGreaterThan(1e-3f);
        assertThat(engine.weights().matrix(0)[position(half())])
                .isCloseTo(start.matrix(0)[position(half())] - 0.01f * Math.signum(g), within(1e-5f));
    }

    @Test
    void adamsStepSizeCorrectsBothMoments() {
        OptimizerSettings.Adam adam = new OptimizerSettings.Adam(1.2e-3);
        assertThat(adam.stepSize(1)).isCloseTo((float) (1.2e-3 * Math.sqrt(0.001) / 0.1), within(1e-10f));
        assertThat(adam.stepSize(10))
                .isCloseTo(
                        (float) (1.2e-3 * Math.sqrt(1 - Math.pow(0.999, 10)) / (1 - Math.pow(0.9, 10))),
                        within(1e-10f));
        assertThat(adam.stepSize(50_000)).isEqualTo(1.2e-3f);
    }

    @Test
    void divergenceIsReportedWithItsIterationAndNotTrainedOn() {
        OptimizerSettings wild = new OptimizerSettings.Momentum(1e37, 0.9);
        Trainer trainer = new Trainer(
                loaded(Engines.create(NETWORK), half()),
                split(130),
                new TrainingSettings(new Objective.Natural(), wild, 60, 0, 0, 0),
                LEVEL);
        assertThatExceptionOfType(DivergedException.class)
                .isThrownBy(() -> trainer.runUntil(50))
                .satisfies(e ->
                        assertThat(e.iteration()).isEqualTo(trainer.iteration()).isBetween(1, 10))
                .withMessageContaining("updates the logits are not all finite");
    }

    @Test
    void aStateOfWeightsThatAreNotNumbersIsRefused() {
        Engine engine = Engines.create(NETWORK);
        Weights weights = new Weights(NETWORK);
        weights.matrix(0)[3] = Float.NaN;
        engine.load(weights, Mask.dense(NETWORK));
        Trainer trainer = new Trainer(engine, split(60), TrainingSettings.paper(new Objective.Natural()), LEVEL);
        assertThatExceptionOfType(DivergedException.class)
                .isThrownBy(trainer::state)
                .withMessageContaining("the weights");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3})
    void refusesLabelsThatTheNetworkDoesNotHave(int label) {
        Split training = split(60);
        training.labels()[17] = label;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(
                        loaded(Engines.create(NETWORK), half()), training,
                        TrainingSettings.paper(new Objective.Natural()), LEVEL))
                .withMessageContaining("no class " + label);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TrainingSettings(new Objective.Natural(), ADAM, 0, 0, 0, 0))
                .withMessageContaining("batch");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TrainingSettings(new Objective.Natural(), ADAM, 1, 1, 0, 0))
                .withMessageContaining("smoothing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Objective.Adversarial(1, Pgd.paper(LabelChoice.TRUE)))
                .withMessageContaining("natural share");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Ramp(-1, 0, Ramp.Shape.LINEAR))
                .withMessageContaining("ramp");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Objective.Certified.ibp(1.5, Ramp.NONE))
                .withMessageContaining("epsilon");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSettings.Adam(0))
                .withMessageContaining("learning rate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OptimizerSettings.Momentum(0.1, 1))
                .withMessageContaining("momentum");
    }

    private static int position(Mask mask) {
        return mask.survivors(0).nextSetBit(5);
    }

    private static Mask half() {
        return Pruner.PAPER.prune(Mask.dense(NETWORK), start(), List.of(0.5, 0.5), LEVEL);
    }

    private static Weights start() {
        Weights start = InitialWeights.GLOROT_UNIFORM.draw(NETWORK, org.espalier.random.Stream.root(1));
        // A neuron without inputs would otherwise sit exactly on ReLU's kink, where there is no gradient to compare.
        java.util.Arrays.fill(start.biases(0), 0.05f);
        return start;
    }

    private static Engine loaded(Engine engine, Mask mask) {
        engine.load(start(), mask);
        return engine;
    }

    private static Split split(int size) {
        org.espalier.random.Stream draws = org.espalier.random.Stream.root(2);
        byte[] images = new byte[size * 6];
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) draws.below(256, i);
        }
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            labels[i] = draws.child("labels").below(3, i);
        }
        return new Split("train", 6, images, labels);
    }

    @ParameterizedTest
    @CsvSource({"0.9, 0.999", "0.5, 0.5", "0, 0.9999", "0, 0", "0.99999, 0"})
    void adamsUpdatesAreTheSameFromWhereTheySettle(double beta1, double beta2) {
        OptimizerSettings.Adam adam = new OptimizerSettings.Adam(1.2e-3, beta1, beta2, 1e-7);
        int settled = adam.settledFrom();
        for (int t : new int[] {settled, settled + 1, 2 * settled, Integer.MAX_VALUE}) {
            assertThat(adam.update(t, 0.5, 0, 0, 0)).isEqualTo(adam.update(settled, 0.5, 0, 0, 0));
        }
        assertThat(adam.stepSize(settled)).isEqualTo(1.2e-3f);
    }
}
