package org.espalier.scores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.Arrays;
import java.util.List;
import org.espalier.dynamic.Distribution;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.reference.ReferenceEngine;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.Trainer;
import org.junit.jupiter.api.Test;

class ScoreLearningTest {
    private static final int ITERATIONS = 20;

    private static Hydra hydra(double pretrain, double scores, double rate) {
        return new Hydra(0.3, Distribution.UNIFORM, pretrain, scores, rate, 0.9, 0, 0.1);
    }

    @Test
    void beforeAnyUpdateTheMaskOfHydraIsThatOfTheLargestWeightsOfEachLayer() {
        Hydra hydra = hydra(0.5, 0.25, 0); // scores do not move
        Engine engine = MaskTrainings.engine(hydra, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, hydra, ITERATIONS);
        trainer.runUntil(10);
        Mask expected = new Pruner(Criterion.MAGNITUDE, Scope.LAYER, CountingRule.EXACT)
                .prune(Mask.dense(NETWORK), engine.weights(), List.of(0.7, 0.7, 0.7), Stream.root(1));
        trainer.step();
        assertThat(trainer.mask()).isEqualTo(expected);
        // The baseline whose scores are never trained.
        Hydra baseline = hydra(0.5, 0, 0.1);
        Trainer other = MaskTrainings.trainer(MaskTrainings.engine(baseline, KernelMode.AUTO), baseline, ITERATIONS);
        other.runUntil(11);
        assertThat(other.mask()).isEqualTo(expected);
    }

    @Test
    void weightsAreFrozenWhileScoresLearnAndTheMaskWhileWeightsTrain() {
        Hydra hydra = hydra(0.5, 0.25, 5);
        Engine engine = MaskTrainings.engine(hydra, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, hydra, ITERATIONS);
        trainer.runUntil(10);
        Weights frozen = engine.weights();
        Mask first = null;
        for (int update = 10; update < 15; update++) {
            trainer.step();
            Weights expected = frozen.copy();
            expected.apply(trainer.mask());
            assertThat(engine.weights()).isEqualTo(expected); // biases too
            assertThat(trainer.maskState().tensor("frozen")).isEqualTo(frozen);
            first = first == null ? trainer.mask() : first;
        }
        Mask last = trainer.mask();
        assertThat(last).isNotEqualTo(first); // scores have moved it
        for (int update = 15; update < ITERATIONS; update++) {
            trainer.step();
            assertThat(trainer.mask()).isEqualTo(last);
        }
        Weights masked = frozen.copy();
        masked.apply(last);
        assertThat(engine.weights()).isNotEqualTo(masked);
    }

    @Test
    void aNegativeScoreOfLargeSizeStays() {
        Architecture small = new Architecture(List.of(3, 2), false);
        Weights scores = new Weights(small);
        System.arraycopy(new float[] {0.1f, -9, 0.2f, 0.3f, -0.05f, 1}, 0, scores.matrix(0), 0, 6);
        Weights weights = new Weights(small);
        Arrays.fill(weights.matrix(0), 2f);
        Weights masked = new Weights(small);
        TopScores top = new TopScores(small, Stream.root(1));
        top.choose(scores, new int[] {2}, weights, masked);
        assertThat(masked.matrix(0)).containsExactly(0, 2, 0, 0, 0, 2);
        assertThat(top.mask().bytes(0)).containsExactly(0, 1, 0, 0, 0, 1);
    }

    @Test
    void equalScoresAreTakenByWeightAndThenByDraw() {
        Architecture small = new Architecture(List.of(10, 2), false);
        Weights scores = new Weights(small);
        Arrays.fill(scores.matrix(0), -1f);
        Weights weights = new Weights(small);
        Arrays.fill(weights.matrix(0), 2f);
        weights.matrix(0)[13] = -3;
        Weights masked = new Weights(small);
        TopScores top = new TopScores(small, Stream.root(1));
        top.choose(scores, new int[] {5}, weights, masked);
        Mask mask = top.mask();
        assertThat(mask.count()).isEqualTo(5);
        assertThat(mask.keeps(0, 13)).isTrue();
        for (int i = 0; i < 20; i++) {
            assertThat(masked.matrix(0)[i]).isEqualTo(mask.keeps(0, i) ? weights.matrix(0)[i] : 0);
        }
        top.choose(scores, new int[] {5}, weights, masked);
        assertThat(top.mask()).isEqualTo(mask);
        TopScores other = new TopScores(small, Stream.root(2));
        other.choose(scores, new int[] {5}, weights, masked);
        assertThat(other.mask()).isNotEqualTo(mask);
    }

    @Test
    void scoresThatMoveALittleOrMuchAreChosenAsSortingDoes() {
        Architecture wide = new Architecture(List.of(100, 20), false);
        Weights scores = new Weights(wide);
        Weights weights = new Weights(wide);
        Arrays.fill(weights.matrix(0), 2f);
        Weights masked = new Weights(wide);
        TopScores top = new TopScores(wide, Stream.root(1));
        for (int round = 0; round < 20; round++) {
            Stream draws = Stream.root(9).child(round);
            float size = round % 5 == 4 ? 100 : 0.01f;
            float[] values = scores.matrix(0);
            float[] sizes = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                values[i] += size * (draws.uniform(i) - 0.5f);
                sizes[i] = Math.abs(values[i]);
            }
            Arrays.sort(sizes);
            int count = 100 + round;
            top.choose(scores, new int[] {count}, weights, masked);
            Mask mask = top.mask();
            assertThat(mask.count()).isEqualTo(count);
            for (int i = 0; i < values.length; i++) {
                assertThat(mask.keeps(0, i)).isEqualTo(Math.abs(values[i]) >= sizes[values.length - count]);
                assertThat(masked.matrix(0)[i]).isEqualTo(mask.keeps(0, i) ? 2 : 0);
            }
        }
    }

    /** The slope of the loss along a mask that may be any number, by differences in float64. */
    @Test
    void scoresMoveAgainstTheSlopeOfARelaxedMaskWhereTheMaskPrunesToo() {
        EdgePopup popup = new EdgePopup(0.5, Distribution.UNIFORM, 1, 0.25, 0, 0, FineTuning.INHERITED, false);
        ReferenceEngine engine = new ReferenceEngine(NETWORK);
        MaskTrainings.engine(popup, engine);
        Trainer trainer = MaskTrainings.trainer(engine, popup, ITERATIONS, new Objective.Natural());
        trainer.step();
        Weights before = trainer.maskState().tensor("scores");
        Mask mask = trainer.mask();
        Weights frozen = trainer.maskState().tensor("frozen");
        trainer.step();
        Weights after = trainer.maskState().tensor("scores");
        double rate = 0.25 / 2 * (1 + Math.cos(Math.PI / ITERATIONS));
        int pruned = 0;
        int checked = 0;
        int close = 0;
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            for (int i = 0; i < NETWORK.weights(layer); i += 3) {
                double slope = (loss(frozen, mask, layer, i, 4e-3) - loss(frozen, mask, layer, i, -4e-3)) / 8e-3;
                double moved = after.matrix(layer)[i] - before.matrix(layer)[i];
                double expected = -rate * Math.signum(before.matrix(layer)[i]) * slope;
                checked++;
                // A ReLU's kink within the difference makes a few differences wrong.
                close += Math.abs(moved - expected) < 3e-5 + 0.05 * Math.abs(expected) ? 1 : 0;
                pruned += !mask.keeps(layer, i) && Math.abs(moved) > 4e-4 ? 1 : 0;
            }
        }
        assertThat(pruned).isGreaterThan(10);
        assertThat(close).isGreaterThan((int) (0.9 * checked));
    }

    /** Mean cross-entropy of the second update's batch with one more or less of a weight than the mask says. */
    private static double loss(Weights frozen, Mask mask, int layer, int position, double more) {
        Weights weights = frozen.copy();
        weights.apply(mask);
        weights.matrix(layer)[position] += (float) (more * frozen.matrix(layer)[position]);
        ReferenceEngine engine = new ReferenceEngine(NETWORK);
        engine.load(weights, Mask.dense(NETWORK));
        org.espalier.data.BatchOrder order =
                new org.espalier.data.BatchOrder(MaskTrainings.LEVEL, MaskTrainings.IMAGES, 16);
        int[] permutation = order.order(1);
        int first = order.first(1);
        int examples = order.count(1);
        org.espalier.data.Split split = MaskTrainings.split();
        ActivationBuffers buffers = engine.newBuffers(examples);
        engine.ops().loadImages(split.images(), permutation, first, examples, buffers.input(), 0);
        engine.forward(buffers, 0, 1, Mode.EVALUATION);
        double sum = 0;
        for (int example = 0; example < examples; example++) {
            double total = 0;
            for (int c = 0; c < NETWORK.classes(); c++) {
                total += Math.exp(buffers.logits().get(c, example));
            }
            int label = split.labels()[permutation[first + example]];
            sum += Math.log(total) - buffers.logits().get(label, example);
        }
        return sum / examples;
    }

    @Test
    void aRateOfZeroLeavesTheMaskOfEdgePopupAsItIs() {
        EdgePopup popup = new EdgePopup(0.5, Distribution.UNIFORM, 1, 0, 0.9, 0, FineTuning.INHERITED, false);
        Trainer trainer = MaskTrainings.trainer(MaskTrainings.engine(popup, KernelMode.AUTO), popup, ITERATIONS);
        trainer.step();
        Mask first = trainer.mask();
        trainer.runUntil(ITERATIONS);
        assertThat(trainer.mask()).isEqualTo(first);
        assertThat(first.count(0)).isEqualTo(160);
    }

    @Test
    void redrawnWeightsAreTheFrozenOnesInAnotherOrder() {
        EdgePopup popup = new EdgePopup(1, Distribution.UNIFORM, 0.5, 0, 0.9, 0, FineTuning.REDRAWN, false);
        Engine engine = MaskTrainings.engine(popup, KernelMode.AUTO);
        float[] drawn = engine.weights().matrix(0).clone();
        Trainer trainer = MaskTrainings.trainer(engine, popup, ITERATIONS);
        trainer.runUntil(10);
        Weights start = new Weights(NETWORK);
        trainer.step();
        start.set(engine.weights());
        assertThat(start.matrix(0)).isNotEqualTo(drawn);
        float[] sorted = start.matrix(0).clone();
        Arrays.sort(sorted);
        Arrays.sort(drawn);
        for (int i = 0; i < sorted.length; i++) {
            assertThat(sorted[i]).isCloseTo(drawn[i], within(0.1f)); // one update has moved them a little
        }
    }

    @Test
    void scaledWeightsAreDividedByTheRootOfTheDensity() {
        EdgePopup popup = new EdgePopup(0.25, Distribution.UNIFORM, 1, 0.1, 0.9, 0, FineTuning.INHERITED, true);
        Weights weights = new Weights(NETWORK);
        weights.matrix(0)[3] = 0.5f;
        popup.start(weights, Stream.root(1));
        assertThat(weights.matrix(0)[3]).isEqualTo(1f);
    }

    @Test
    void refusesPhasesThatDoNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hydra(0.9, 0.3, 0.1).check(100))
                .withMessageContaining("sum of at most 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hydra(0.5, 0.01, 0.1).check(10))
                .withMessageContaining("no update");
    }

    @Test
    void thePenaltyOfHarpIsAsPublished() {
        int[] weights = {235_200, 30_000, 1_000};
        double[] densities = {0.1, 0.2, 0.5};
        assertThat(LearntDensities.overall(densities, weights)).isCloseTo(0.112772, within(5e-7));
        assertThat(LearntDensities.penalty(densities, weights, 0.05)).isCloseTo(1.255447, within(5e-7));
        assertThat(LearntDensities.penalty(new double[] {0.01, 0.01, 0.01}, weights, 0.05))
                .isZero();
    }

    @Test
    void densitiesOfHarpReachTheTargetAndStayAboveTheLeast() {
        Harp harp = new Harp(0.2, 0.1, 0.6, 0.1, 0.3, 0.5, 0.1, 0.9, 5e-4, 0.1);
        Trainer trainer = MaskTrainings.trainer(MaskTrainings.engine(harp, KernelMode.AUTO), harp, ITERATIONS);
        trainer.runUntil(6);
        assertThat(trainer.mask().density()).isEqualTo(1);
        trainer.runUntil(7);
        assertThat(trainer.mask().density()).isBetween(0.5, 0.7);
        trainer.runUntil(16);
        Mask mask = trainer.mask();
        assertThat(mask.density()).isLessThanOrEqualTo(0.2);
        assertThat(mask.count()).isGreaterThan((int) (0.2 * NETWORK.weights()) - 4);
        double[] densities = new double[NETWORK.layers()];
        Arrays.setAll(densities, layer -> (double) mask.count(layer) / NETWORK.weights(layer));
        assertThat(densities[0]).isNotCloseTo(densities[2], within(1e-3));
        for (int layer = 0; layer < densities.length; layer++) {
            assertThat(mask.count(layer)).isGreaterThanOrEqualTo((int) (0.02 * NETWORK.weights(layer)));
        }
    }

    @Test
    void scoresOfMovementAreMinusTheSumOfGradientTimesWeight() {
        Weights scores = new Weights(NETWORK);
        Weights gradient = new Weights(NETWORK);
        Weights weights = new Weights(NETWORK);
        gradient.matrix(1)[5] = 0.25f;
        weights.matrix(1)[5] = -3;
        for (int t = 1; t <= 64; t++) {
            MovementScores.move(scores, gradient, weights, 0.125f);
            assertThat(scores.matrix(1)[5]).isEqualTo(t * 0.125f * 0.75f);
        }
        assertThat(scores.matrix(0)).containsOnly(0);
    }

    @Test
    void theDensityOfMovementFallsAsACubic() {
        Movement movement = new Movement(0.1, Distribution.UNIFORM, 0.01, 0, 0);
        double[] expected = {1, .7561, .5608, .4087, .2944, .2125, .1576, .1243, .1072, .1009, .1};
        for (int tenth = 0; tenth <= 10; tenth++) {
            assertThat(0.1 + 0.9 * movement.left(tenth, 10)).isCloseTo(expected[tenth], within(5e-5));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Movement(0.1, Distribution.UNIFORM, 0.01, 0.6, 0.5))
                .withMessageContaining("below 1");
    }

    @Test
    void aThresholdKeepsSigmoidsAboveItAndAtLeastHalfAPercent() {
        float[] scores = new float[1000];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (i - 500) / 100f; // from -5 to 4.99
        }
        // The sigmoid is above 0.1 where a score is above -2.197225.
        assertThat(MovementThreshold.kept(scores, 0.1)).isEqualTo(719);
        assertThat(MovementThreshold.kept(scores, 0)).isEqualTo(1000);
        assertThat(MovementThreshold.kept(scores, 0.999)).isEqualTo(6); // int(0.005 x 1000) + 1
        MovementThreshold rule = new MovementThreshold(0.1, 2.197, 0, 0.01, 0, 0);
        double[] left = {1, .729, .512, .343, .216, .125, .064, .027, .008, .001, 0};
        for (int tenth = 0; tenth <= 10; tenth++) {
            assertThat(rule.threshold(tenth, 10)).isCloseTo(0.1 * (1 - left[tenth]), within(1e-12));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MovementThreshold(0.1, 0, 0, 0.01, 0.6, 0.5))
                .withMessageContaining("below 1");
    }

    @Test
    void aPenaltyPressesScoresDownTheSlopeOfTheirSigmoids() {
        Weights scores = new Weights(NETWORK);
        scores.matrix(0)[3] = 2;
        MovementScores.press(scores, 0.5);
        assertThat(scores.matrix(0)[0]).isEqualTo(-0.125f);
        double p = 1 / (1 + Math.exp(-2));
        assertThat(scores.matrix(0)[3]).isCloseTo((float) (2 - 0.5 * p * (1 - p)), within(1e-6f));
    }
}
