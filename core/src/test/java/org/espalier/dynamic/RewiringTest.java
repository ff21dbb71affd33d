package org.espalier.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.BitSet;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.Trainer;
import org.espalier.train.mask.MaskRule;
import org.junit.jupiter.api.Test;

class RewiringTest {
    private static final int ITERATIONS = 24;
    private static final Rigl RIGL = new Rigl(0.3, Distribution.ERK, 6, 0.4, 0.75);

    @Test
    void riglsFractionFallsAsPublished() {
        Rigl rigl = new Rigl(0.1, Distribution.ERK, 100, 0.3, 1);
        double[] expected = {0.3, 0.256066, 0.15, 0.043934, 0};
        for (int quarter = 0; quarter < 5; quarter++) {
            assertThat(rigl.dropped(12_500 * quarter, 50_000)).isCloseTo(expected[quarter], within(5e-7));
        }
        assertThat(new Rigl(0.1, Distribution.ERK, 100, 0.3, 0.75).dropped(40_000, 50_000))
                .isZero();
    }

    @Test
    void anEventOfRiglReplacesTheUpdateAndGrownWeightsBeginAtZero() {
        Engine engine = MaskTrainings.engine(RIGL, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, RIGL, ITERATIONS);
        trainer.runUntil(6);
        Weights before = engine.weights();
        Weights momentBefore = engine.moment(0);
        Mask maskBefore = trainer.mask();
        trainer.step(); // update 6 is an event
        Weights after = engine.weights();
        Mask mask = trainer.mask();
        int grown = 0;
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            assertThat(mask.count(layer)).isEqualTo(maskBefore.count(layer));
            for (int i = 0; i < NETWORK.weights(layer); i++) {
                float value = after.matrix(layer)[i];
                if (mask.keeps(layer, i) && value != 0) {
                    assertThat(maskBefore.keeps(layer, i)).isTrue();
                    assertThat(value).isEqualTo(before.matrix(layer)[i]); // no step of weights
                    assertThat(engine.moment(0).matrix(layer)[i])
                            .isEqualTo(momentBefore.matrix(layer)[i]);
                } else {
                    grown += mask.keeps(layer, i) ? 1 : 0;
                    assertThat(value).isZero();
                    assertThat(engine.moment(0).matrix(layer)[i]).isZero();
                }
            }
            assertThat(after.biases(layer)).isEqualTo(before.biases(layer));
        }
        int expected = 0;
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            boolean full = maskBefore.count(layer) == NETWORK.weights(layer);
            expected += full ? 0 : (int) (RIGL.dropped(6, ITERATIONS) * maskBefore.count(layer));
        }
        assertThat(grown).isEqualTo(expected).isPositive();
    }

    @Test
    void riglDropsTheSmallestWeightsAndGrowsTheLargestGradients() {
        Engine engine = MaskTrainings.engine(RIGL, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, RIGL, ITERATIONS);
        Weights before = engine.weights();
        Mask maskBefore = trainer.mask();
        // The gradient of the event's batch, by a rule that changes nothing.
        Weights gradient = gradientOfUpdate(0, before, maskBefore);
        trainer.step();
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            if (maskBefore.count(layer) == NETWORK.weights(layer)) {
                continue;
            }
            float largestDropped = 0;
            float smallestKept = Float.POSITIVE_INFINITY;
            float smallestGrown = Float.POSITIVE_INFINITY;
            float largestLeft = 0;
            for (int i = 0; i < NETWORK.weights(layer); i++) {
                float size = Math.abs(before.matrix(layer)[i]);
                float slope = Math.abs(gradient.matrix(layer)[i]);
                boolean stays = engine.weights().matrix(layer)[i] != 0;
                if (maskBefore.keeps(layer, i)) {
                    largestDropped = stays ? largestDropped : Math.max(largestDropped, size);
                    smallestKept = stays ? Math.min(smallestKept, size) : smallestKept;
                }
                if (!stays) {
                    boolean grown = trainer.mask().keeps(layer, i);
                    smallestGrown = grown ? Math.min(smallestGrown, slope) : smallestGrown;
                    largestLeft = grown ? largestLeft : Math.max(largestLeft, slope);
                }
            }
            assertThat(largestDropped).isPositive().isLessThanOrEqualTo(smallestKept);
            assertThat(smallestGrown)
                    .isFinite()
                    .isGreaterThanOrEqualTo(largestLeft)
                    .isPositive();
        }
    }

    private static Weights gradientOfUpdate(int update, Weights weights, Mask mask) {
        MaskRule still = new MaskRule() {
            @Override
            public Mask start(Weights unused, org.espalier.random.Stream stream) {
                return mask;
            }

            @Override
            public boolean allGradients() {
                return true;
            }

            @Override
            public org.espalier.train.mask.MaskProcess bind(org.espalier.train.mask.MaskTraining training) {
                return new org.espalier.train.mask.MaskProcess() {
                    @Override
                    public void step(int iteration) {
                        if (iteration == update) {
                            training.engine().load(weights, mask);
                            training.allGradients();
                        }
                    }

                    @Override
                    public Mask mask() {
                        return mask;
                    }
                };
            }
        };
        Engine engine = MaskTrainings.engine(still, KernelMode.AUTO);
        MaskTrainings.trainer(engine, still, ITERATIONS).runUntil(update + 1);
        return engine.gradient();
    }

    @Test
    void noEventComesAfterTheEndAndNoneWithAFractionOfZero() {
        Engine engine = MaskTrainings.engine(RIGL, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, RIGL, ITERATIONS);
        trainer.runUntil(18); // 0.75 x 24
        Mask last = trainer.mask();
        trainer.runUntil(ITERATIONS);
        assertThat(trainer.mask()).isEqualTo(last);
        Rigl still = new Rigl(0.3, Distribution.ERK, 6, 0, 0.75);
        Engine other = MaskTrainings.engine(still, KernelMode.AUTO);
        Mask first = other.mask();
        Trainer stillTrainer = MaskTrainings.trainer(other, still, ITERATIONS);
        stillTrainer.runUntil(ITERATIONS);
        assertThat(stillTrainer.mask()).isEqualTo(first).isNotEqualTo(last);
    }

    @Test
    void setDropsPositiveAndNegativeWeightsSeparatelyAfterEachEpochButTheLast() {
        SparseEvolution set = new SparseEvolution(0.5, Distribution.UNIFORM, OptionalInt.empty(), 0.3, false, 0);
        Engine engine = MaskTrainings.engine(set, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, set, 8); // 2 epochs
        Trainer still = MaskTrainings.trainer(
                MaskTrainings.engine(set, KernelMode.AUTO),
                new SparseEvolution(0.5, Distribution.UNIFORM, OptionalInt.of(1000), 0.3, false, 0),
                8);
        trainer.runUntil(3);
        Mask first = trainer.mask();
        still.runUntil(4);
        Weights before = still.state().weights(); // after the update that ends the epoch, before the event
        trainer.step();
        Weights after = trainer.state().weights();
        for (int layer = 0; layer < 2; layer++) {
            int[] count = new int[2];
            int[] gone = new int[2];
            float[] largestGone = new float[2];
            float[] smallestLeft = {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY};
            BitSet kept = first.survivors(layer);
            for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
                float value = before.matrix(layer)[i];
                int sign = value < 0 ? 1 : 0;
                count[sign]++;
                if (after.matrix(layer)[i] == 0) {
                    gone[sign]++;
                    largestGone[sign] = Math.max(largestGone[sign], Math.abs(value));
                } else {
                    smallestLeft[sign] = Math.min(smallestLeft[sign], Math.abs(value));
                }
            }
            for (int sign = 0; sign < 2; sign++) {
                assertThat(gone[sign]).isEqualTo((int) (0.3 * count[sign])).isPositive();
                assertThat(largestGone[sign]).isLessThan(smallestLeft[sign]);
            }
            assertThat(trainer.mask().count(layer)).isEqualTo(first.count(layer));
            assertThat(trainer.mask().survivors(layer)).isNotEqualTo(first.survivors(layer));
        }
        assertThat(trainer.mask().survivors(2)).isEqualTo(first.survivors(2)); // the output layer
        Mask second = trainer.mask();
        trainer.runUntil(8);
        assertThat(trainer.mask()).isEqualTo(second); // the last epoch has no event
    }

    @Test
    void setIsRefusedWhereAnEpochIsTheWholeLevel() {
        SparseEvolution set = new SparseEvolution(0.5, Distribution.UNIFORM, OptionalInt.empty(), 0.3, false, 0);
        Engine engine = MaskTrainings.engine(set, KernelMode.AUTO);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> MaskTrainings.trainer(engine, set, 4)) // one epoch
                .withMessageContaining(
                        "no event before the last of 4 updates: an epoch has 4, expected every to be given");
    }

    @Test
    void grownWeightsOfSetCanBeginWithASmallDraw() {
        SparseEvolution set = new SparseEvolution(0.5, Distribution.UNIFORM, OptionalInt.empty(), 0.3, false, 1e-6);
        Engine engine = MaskTrainings.engine(set, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, set, 8);
        Mask first = trainer.mask();
        trainer.runUntil(4);
        BitSet grown = trainer.mask().survivors(0);
        grown.andNot(first.survivors(0));
        assertThat(grown.cardinality()).isPositive();
        grown.stream()
                .forEach(i -> assertThat(Math.abs(engine.weights().matrix(0)[i]))
                        .isPositive()
                        .isLessThan(1e-5f));
    }

    @Test
    void flyingBirdStartsFromIdealGasQuotasAndEndsWithSmallEvents() {
        FlyingBird bird = new FlyingBird(0.3, Distribution.IGQ, Growth.RANDOM, 0.5, 0.005, 4, 6);
        Engine engine = MaskTrainings.engine(bird, KernelMode.AUTO);
        int[] counts = Distribution.IGQ.counts(NETWORK, 0.3);
        Trainer trainer = MaskTrainings.trainer(engine, bird, 24);
        for (int update = 0; update < 24; update++) {
            Mask before = trainer.mask();
            trainer.step();
            boolean event = update + 1 < 24 && (update < 12 ? (update + 1) % 4 == 0 : (update + 1) % 6 == 0);
            assertThat(trainer.mask().equals(before)).as("update %d", update).isEqualTo(!event);
            for (int layer = 0; layer < NETWORK.layers(); layer++) {
                assertThat(trainer.mask().count(layer)).isEqualTo(counts[layer]);
            }
        }
    }
}
