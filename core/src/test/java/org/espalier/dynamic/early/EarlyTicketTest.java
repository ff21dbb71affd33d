package org.espalier.dynamic.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.espalier.fixtures.MaskTrainings.NETWORK;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.engine.Engine;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.Trainer;
import org.junit.jupiter.api.Test;

class EarlyTicketTest {
    private static EarlyBird bird(double threshold, EarlyRestart restart) {
        return new EarlyBird(
                0.25,
                threshold,
                Optional.empty(),
                3,
                OptionalInt.of(2),
                0.5,
                EarlySearch.OBJECTIVE,
                restart,
                MaskedParts.WEIGHTS,
                0);
    }

    @Test
    void distanceIsOverAllPositions() {
        Architecture small = new Architecture(List.of(4, 2), false);
        BitSet first = BitSet.valueOf(new long[] {0b00000011});
        BitSet second = BitSet.valueOf(new long[] {0b00000110});
        assertThat(new WeightMasks(0.25)
                        .distance(Mask.of(small, new BitSet[] {first}), Mask.of(small, new BitSet[] {second})))
                .isEqualTo(0.25);
    }

    @Test
    void theOtherDistanceIsOverTheKeptWeights() {
        Architecture small = new Architecture(List.of(4, 2), false);
        Mask first = Mask.of(small, new BitSet[] {BitSet.valueOf(new long[] {0b00000011})});
        Mask second = Mask.of(small, new BitSet[] {BitSet.valueOf(new long[] {0b00000110})});
        assertThat(new WeightMasks(0.25).keptDistance(first, second)).isEqualTo(0.5);
        assertThat(new WeightMasks(0.25).keptDistance(first, first)).isZero();
    }

    @Test
    void bothThresholdsMustBeMet() {
        EarlyBird loose = bird(1, EarlyRestart.CONTINUED); // every mask is near
        EarlyBird tight = new EarlyBird(
                0.25,
                1,
                Optional.of(1e-9),
                3,
                OptionalInt.of(2),
                0.5,
                EarlySearch.OBJECTIVE,
                EarlyRestart.CONTINUED,
                MaskedParts.WEIGHTS,
                0);
        Trainer first = MaskTrainings.trainer(MaskTrainings.engine(loose, KernelMode.AUTO), loose, 20);
        Trainer second = MaskTrainings.trainer(MaskTrainings.engine(tight, KernelMode.AUTO), tight, 20);
        first.runUntil(6);
        second.runUntil(6);
        assertThat(first.mask().density()).isLessThan(1);
        assertThat(second.mask().density()).isEqualTo(1);
    }

    @Test
    void theTicketIsFoundWhenTheWindowIsFullAndNearAndThenStays() {
        EarlyBird bird = bird(1, EarlyRestart.CONTINUED); // every mask is near
        Engine engine = MaskTrainings.engine(bird, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, bird, 20);
        trainer.runUntil(5);
        assertThat(trainer.mask().density()).isEqualTo(1);
        Weights before = engine.weights();
        assertThat(trainer.news()).isEmpty();
        trainer.step(); // the third mask
        assertThat(trainer.news().orElseThrow())
                .startsWith("the ticket is stable at update 6 of 20: the last 3 masks differ from the newest");
        assertThat(trainer.news()).isEmpty();
        Mask mask = trainer.mask();
        assertThat(mask.count()).isEqualTo(Math.round(0.25f * NETWORK.weights()));
        assertThat(engine.moment(0)).isEqualTo(new Weights(NETWORK)); // a fresh optimizer
        assertThat(engine.weights()).isNotEqualTo(before);
        trainer.runUntil(20);
        assertThat(trainer.mask()).isEqualTo(mask);
    }

    @Test
    void keepsTheLargestWeightsOfTheNetworkAtTheLatest() {
        EarlyBird bird = bird(1e-9, EarlyRestart.CONTINUED); // no mask is near
        Engine engine = MaskTrainings.engine(bird, KernelMode.AUTO);
        Trainer trainer = MaskTrainings.trainer(engine, bird, 20);
        trainer.runUntil(9);
        assertThat(trainer.mask().density()).isEqualTo(1);
        trainer.step();
        assertThat(trainer.news().orElseThrow())
                .startsWith(
                        "no stable ticket was found, and the search ends with the mask of its latest update 10 of 20:");
        float smallest = Float.POSITIVE_INFINITY;
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            for (int i = 0; i < NETWORK.weights(layer); i++) {
                if (trainer.mask().keeps(layer, i)) {
                    smallest = Math.min(smallest, Math.abs(engine.weights().matrix(layer)[i]));
                }
            }
        }
        // A dense training of the same updates has the weights that the cut saw.
        EarlyBird later = new EarlyBird(
                0.25,
                1e-9,
                Optional.empty(),
                3,
                OptionalInt.of(2),
                0.9,
                EarlySearch.OBJECTIVE,
                EarlyRestart.CONTINUED,
                MaskedParts.WEIGHTS,
                0);
        Trainer dense = MaskTrainings.trainer(MaskTrainings.engine(later, KernelMode.AUTO), later, 20);
        dense.runUntil(10);
        assertThat(dense.mask().density()).isEqualTo(1);
        for (int layer = 0; layer < NETWORK.layers(); layer++) {
            for (int i = 0; i < NETWORK.weights(layer); i++) {
                float seen = dense.state().weights().matrix(layer)[i];
                if (trainer.mask().keeps(layer, i)) {
                    assertThat(engine.weights().matrix(layer)[i]).isEqualTo(seen);
                } else {
                    assertThat(Math.abs(seen)).isLessThanOrEqualTo(smallest);
                }
            }
        }
    }

    @Test
    void theTicketCanBeginAgainFromTheFirstWeights() {
        EarlyBird bird = bird(1, EarlyRestart.ORIGINAL);
        Engine engine = MaskTrainings.engine(bird, KernelMode.AUTO);
        Weights first = engine.weights();
        Trainer trainer = MaskTrainings.trainer(engine, bird, 20);
        trainer.runUntil(6);
        first.apply(trainer.mask());
        assertThat(trainer.mask().density()).isLessThan(1);
        assertThat(engine.weights()).isEqualTo(first);
    }

    @Test
    void refusesASearchThatLeavesNoUpdate() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bird(1, EarlyRestart.ORIGINAL).check(1))
                .withMessageContaining("at least 1 update");
    }
}
