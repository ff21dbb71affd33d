package org.espalier.dynamic.phases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.BitSet;
import java.util.List;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.Trainer;
import org.junit.jupiter.api.Test;

class PruningInTrainingTest {
    @Test
    void densitiesFollowTheSourceFromPruningToPruning() {
        PruningTimes times = new PruningTimes(5, 0.05, 0.05);
        double[] sparsities = {.5, .725, .8375, .89375, .921875, .9359375, .95};
        for (int pruning = 0; pruning < 7; pruning++) {
            assertThat(1 - times.kept(0.05, pruning)).isCloseTo(sparsities[pruning], within(1e-12));
        }
        // Epochs 4, 8, ... of 80.
        assertThat(times.at(0, 80)).isEqualTo(4);
        assertThat(times.at(6, 80)).isEqualTo(28);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PruningInTraining(0.05, 5, 0.5, 0.1, 512, 5).check(100))
                .withMessageContaining("has its last of 7 prunings at update 110");
    }

    @Test
    void eachPruningKeepsItsCountAndGivesFreshMoments() {
        PruningInTraining rule = new PruningInTraining(0.2, 2, 0.1, 0.2, 30, 1);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, 20);
        trainer.runUntil(2);
        assertThat(trainer.mask().count()).isEqualTo(NETWORK.weights());
        double[] kept = {0.5, 0.35, 0.275, 0.2};
        for (int pruning = 0; pruning < 4; pruning++) {
            trainer.runUntil(2 + 4 * pruning);
            Mask before = trainer.mask();
            trainer.step();
            assertThat(trainer.mask().count()).isEqualTo((int) Math.round(kept[pruning] * NETWORK.weights()));
            assertThat(before.count()).isGreaterThan(trainer.mask().count());
            // One update after fresh moments: the velocity is the gradient's alone, -rate (g + 1e-3 w).
            Weights velocity = engine.moment(0);
            Weights gradient = engine.gradient();
            for (int i = 0; i < NETWORK.weights(1); i++) {
                if (trainer.mask().keeps(1, i)) {
                    assertThat(velocity.matrix(1)[i]).isCloseTo(-0.05f * gradient.matrix(1)[i], within(1e-3f));
                }
            }
        }
        Mask last = trainer.mask();
        trainer.runUntil(20);
        assertThat(trainer.mask()).isEqualTo(last);
    }

    /** The units that are left after each pruning: hidden ones that have a weight to them or from them. */
    private static int[] units(Mask mask) {
        int[] units = new int[2];
        for (int layer = 0; layer < 2; layer++) {
            int inputs = NETWORK.inputs(layer);
            for (int unit = 0; unit < NETWORK.outputs(layer); unit++) {
                BitSet row = mask.survivors(layer).get(unit * inputs, (unit + 1) * inputs);
                BitSet column = new BitSet();
                for (int reader = 0; reader < NETWORK.outputs(layer + 1); reader++) {
                    column.set(reader, mask.keeps(layer + 1, reader * NETWORK.inputs(layer + 1) + unit));
                }
                assertThat(row.isEmpty()).isEqualTo(column.isEmpty());
                units[layer] += row.isEmpty() ? 0 : 1;
            }
        }
        return units;
    }

    @Test
    void snapItTakesOutTheUnitsOfLeastSensitivityOfTheWholeNetwork() {
        UnitsInTraining rule = new UnitsInTraining(0.25, 1, 0.1, 0.2, 50, 1);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, 20);
        int[] kept = {14, 10, 7}; // of 28: 0.5, 0.375 and 0.25; 17.5 to go are 18
        for (int pruning = 0; pruning < 3; pruning++) {
            trainer.runUntil(2 + 4 * pruning);
            double[][] scores = gates(engine);
            Mask before = trainer.mask();
            trainer.step();
            Mask after = trainer.mask();
            int[] units = units(after);
            assertThat(units[0] + units[1]).isEqualTo(kept[pruning]);
            assertThat(units[0]).isPositive();
            assertThat(units[1]).isPositive();
            double highestGone = 0;
            double lowestKept = Double.POSITIVE_INFINITY;
            for (int layer = 0; layer < 2; layer++) {
                int inputs = NETWORK.inputs(layer);
                for (int unit = 0; unit < NETWORK.outputs(layer); unit++) {
                    if (after.survivors(layer)
                            .get(unit * inputs, (unit + 1) * inputs)
                            .isEmpty()) {
                        boolean now = !before.survivors(layer)
                                .get(unit * inputs, (unit + 1) * inputs)
                                .isEmpty();
                        highestGone = now ? Math.max(highestGone, scores[layer][unit]) : highestGone;
                    } else {
                        lowestKept = Math.min(lowestKept, scores[layer][unit]);
                    }
                }
            }
            assertThat(highestGone).isPositive().isLessThanOrEqualTo(lowestKept + 1e-6);
        }
        Mask last = trainer.mask();
        trainer.runUntil(20);
        assertThat(trainer.mask()).isEqualTo(last);
    }

    /** |dL/dc| by finite differences of the loss on all images, in a gate that scales what leaves a unit. */
    private static double[][] gates(Engine engine) {
        Weights at = engine.weights();
        double[][] scores = new double[2][];
        for (int layer = 0; layer < 2; layer++) {
            scores[layer] = new double[NETWORK.outputs(layer)];
            for (int unit = 0; unit < scores[layer].length; unit++) {
                scores[layer][unit] =
                        Math.abs(loss(at, layer, unit, 1 + 1e-4) - loss(at, layer, unit, 1 - 1e-4)) / 2e-4;
            }
        }
        return scores;
    }

    private static double loss(Weights at, int gated, int unit, double gate) {
        Split split = MaskTrainings.split();
        double sum = 0;
        for (int image = 0; image < split.size(); image++) {
            double[] values = new double[NETWORK.inputs(0)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (split.images()[image * values.length + i] & 255) / 255.0;
            }
            for (int layer = 0; layer < 3; layer++) {
                double[] out = new double[NETWORK.outputs(layer)];
                for (int o = 0; o < out.length; o++) {
                    out[o] = at.biases(layer)[o];
                    for (int i = 0; i < values.length; i++) {
                        out[o] += at.matrix(layer)[o * values.length + i] * values[i];
                    }
                    out[o] = layer < 2 ? Math.max(0, out[o]) : out[o];
                    out[o] *= layer == gated && o == unit ? gate : 1;
                }
                values = out;
            }
            double total = 0;
            for (double logit : values) {
                total += Math.exp(logit);
            }
            sum += Math.log(total) - values[split.labels()[image]];
        }
        return sum / split.size();
    }

    @Test
    void cnipPrunesAnExactNumberOfWeightsAndWholeUnitsAmongThem() {
        MixedPruningInTraining rule = new MixedPruningInTraining(0.1, 1, 0.1, 0.2, 50, 1);
        Engine engine = MaskTrainings.engine(rule, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, rule, 20);
        double[] kept = {0.5, 0.3, 0.1};
        for (int pruning = 0; pruning < 3; pruning++) {
            trainer.runUntil(3 + 4 * pruning);
            assertThat(trainer.mask().count()).isEqualTo((int) Math.round(kept[pruning] * NETWORK.weights()));
        }
        for (int layer = 0; layer < 3; layer++) {
            assertThat(trainer.mask().count(layer)).isPositive();
        }
    }

    @Test
    void aNetworkWithoutHiddenUnitsIsRefused() {
        Architecture linear = new Architecture(List.of(20, 4), true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UnitsInTraining(0.3, 3, 0.05, 0.1, 20, 2).check(linear))
                .withMessageContaining("has none that can be taken out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MixedPruningInTraining(0.3, 3, 0.05, 0.1, 20, 2).check(linear))
                .withMessageContaining("has none that can be taken out");
        new UnitsInTraining(0.3, 3, 0.05, 0.1, 20, 2).check(NETWORK);
    }
}
