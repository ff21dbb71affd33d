package org.espalier.dynamic.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.fixtures.MaskTrainings;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Early-bird tickets of channels. */
class ChannelTicketTest {
    /** 4, 6 and 6 channels behind batch norms, which read as many inputs as {@link MaskTrainings} has. */
    private static final Architecture NETWORK = new Architecture(new GraphBuilder(Shape.of(1, 4, 5))
            .conv("conv1", 4, 3, 1, 1, false)
            .norm("norm1")
            .relu("relu1")
            .conv("conv2", 6, 3, 1, 1, false)
            .norm("norm2")
            .relu("relu2")
            .linear("fc1", 6)
            .norm("norm3")
            .relu("relu3")
            .linear("fc2", 4)
            .build());

    private static EarlyBird bird(double threshold, EarlyRestart restart, double penalty) {
        return new EarlyBird(
                0.5,
                threshold,
                Optional.empty(),
                5,
                OptionalInt.of(2),
                0.6,
                EarlySearch.NATURAL,
                restart,
                MaskedParts.CHANNELS,
                penalty);
    }

    private static Weights scaled(float... scales) {
        Weights weights = new Weights(NETWORK);
        System.arraycopy(scales, 0, weights.values("norm1.weight"), 0, 4);
        System.arraycopy(scales, 4, weights.values("norm2.weight"), 0, 6);
        System.arraycopy(scales, 10, weights.values("norm3.weight"), 0, 6);
        return weights;
    }

    private static Engine engine(KernelMode kernels) {
        Engine engine = Engines.create(NETWORK, kernels);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(1)), Mask.dense(NETWORK));
        return engine;
    }

    private static Trainer trainer(Engine engine, EarlyBird bird, Objective objective) {
        return MaskTrainings.trainer(engine, bird, 24, objective);
    }

    private static Trainer trainer(EarlyBird bird, KernelMode kernels) {
        return trainer(engine(kernels), bird, MaskTrainings.ATTACKED);
    }

    @Test
    void channelsOfTheLargestScalesOfTheWholeNetworkStayWithTheWeightsThatFeedAndReadThem() {
        // The 8 largest of 16 by size are all of the first layer, three of the second and one of the third.
        Mask mask = new ChannelMasks(NETWORK, 0.5)
                .cut(scaled(9, -9, 8, 8, 7, -7, 6, 0.5f, 0, 0.1f, 0.2f, 0.1f, 5, 0, 0, -0.3f));
        int[] second = {0, 1, 2};
        for (int i = 0; i < NETWORK.weights(0); i++) {
            assertThat(mask.keeps(0, i)).isTrue();
        }
        for (int i = 0; i < NETWORK.weights(1); i++) {
            int channel = i / (4 * 9);
            assertThat(mask.keeps(1, i)).isEqualTo(Arrays.binarySearch(second, channel) >= 0);
        }
        for (int i = 0; i < NETWORK.weights(2); i++) {
            int unit = i / (6 * 20);
            int channel = i % (6 * 20) / 20;
            assertThat(mask.keeps(2, i)).isEqualTo(unit == 2 && Arrays.binarySearch(second, channel) >= 0);
        }
        for (int i = 0; i < NETWORK.weights(3); i++) {
            assertThat(mask.keeps(3, i)).isEqualTo(i % 6 == 2);
        }
    }

    @Test
    void everyLayerKeepsItsLargestChannel() {
        Mask mask = new ChannelMasks(NETWORK, 0.25).cut(scaled(9, 9, 9, 9, 1, 1, 1, 1, -2, 1, 0, 0, 0, 0, 0, 0));
        assertThat(mask.count(1)).isEqualTo(4 * 9); // channel 4 alone
        assertThat(mask.keeps(1, 4 * 36)).isTrue();
        assertThat(mask.count(2)).isEqualTo(20); // one unit that reads one channel
    }

    /** Two of 16 channels differ: one that each mask alone has. */
    @Test
    void distanceIsOverAllChannels() {
        ChannelMasks masks = new ChannelMasks(NETWORK, 0.5);
        Mask first = masks.cut(scaled(9, 9, 9, 9, 9, 9, 1, 1, 1, 1, 9, 9, 1, 1, 1, 1));
        Mask second = masks.cut(scaled(9, 9, 9, 9, 9, 1, 9, 1, 1, 1, 9, 9, 1, 1, 1, 1));
        assertThat(masks.distance(first, second)).isEqualTo(2.0 / 16);
        assertThat(masks.keptDistance(first, second)).isEqualTo(1.0 / 8);
        assertThat(masks.distance(first, first)).isZero();
    }

    @Test
    void channelsThatEndInASumStay() {
        Architecture residual = new Architecture(NamedNetworks.graph("resnet8", Shape.of(3, 4, 4), 3));
        Weights weights = InitialWeights.GLOROT_UNIFORM.draw(residual, Stream.root(1));
        Mask mask = new ChannelMasks(residual, 0.5).cut(weights);
        int cut = 0;
        for (int layer = 0; layer < residual.layers(); layer++) {
            boolean dense = mask.count(layer) == residual.weights(layer);
            cut += dense ? 0 : 1;
        }
        // The two convolutions of each of three blocks: one loses rows, the other columns.
        assertThat(cut).isEqualTo(6);
    }

    /** The five masks of a window must be near, and the ticket is that of the fifth. */
    @Test
    void theTicketIsFoundWhenFiveMasksAreNear() {
        EarlyBird bird = bird(1.01, EarlyRestart.CONTINUED, 1e-4); // every mask is near
        Engine engine = engine(KernelMode.AUTO);
        Trainer trainer = trainer(engine, bird, MaskTrainings.ATTACKED);
        trainer.runUntil(9);
        assertThat(trainer.mask().density()).isEqualTo(1);
        trainer.step();
        Weights weights = engine.weights();
        assertThat(trainer.mask()).isEqualTo(new ChannelMasks(NETWORK, 0.5).cut(weights));
        trainer.runUntil(24);
        assertThat(trainer.mask().density()).isLessThan(1);
    }

    @Test
    void aNearestMaskThatDiffersTooMuchGoesOnToTheLatestUpdate() {
        EarlyBird bird = bird(1e-9, EarlyRestart.ORIGINAL, 100); // a penalty that turns the order of scales about
        Engine engine = engine(KernelMode.AUTO);
        Weights first = engine.weights();
        Trainer trainer = trainer(engine, bird, MaskTrainings.ATTACKED);
        trainer.runUntil(13);
        assertThat(trainer.mask().density()).isEqualTo(1);
        trainer.step(); // 0.6 of 24
        assertThat(trainer.mask().density()).isLessThan(1);
        first.apply(trainer.mask());
        assertThat(engine.weights()).isEqualTo(first);
    }

    /** By one update of SGD: scales move by rate x penalty x sign beside what they move by without. */
    @Test
    void theSearchsLossHasTheL1NormOfScales() {
        Engine with = engine(KernelMode.AUTO);
        Engine without = engine(KernelMode.AUTO);
        Weights start = with.weights();
        start.values("norm2.weight")[3] = -1;
        with.load(start, Mask.dense(NETWORK));
        without.load(start, Mask.dense(NETWORK));
        trainer(with, bird(1, EarlyRestart.CONTINUED, 0.5), MaskTrainings.ATTACKED)
                .step();
        trainer(without, bird(1, EarlyRestart.CONTINUED, 0), MaskTrainings.ATTACKED)
                .step();
        for (String scales : new String[] {"norm1.weight", "norm2.weight", "norm3.weight"}) {
            for (int i = 0; i < start.values(scales).length; i++) {
                float moved =
                        with.weights().values(scales)[i] - without.weights().values(scales)[i];
                float sign = Math.signum(start.values(scales)[i]);
                assertThat(moved).isCloseTo(-0.05f * 0.5f * sign, org.assertj.core.data.Offset.offset(1e-6f));
            }
        }
        assertThat(with.weights().matrix(1)).isEqualTo(without.weights().matrix(1));
        assertThat(with.weights().values("norm2.bias"))
                .isEqualTo(without.weights().values("norm2.bias"));
    }

    @ParameterizedTest
    @EnumSource(KernelMode.class)
    void trainingGoesOnToTheSameBitsFromAnyUpdateWithAnyKernels(KernelMode kernels) {
        EarlyBird bird = bird(0.2, EarlyRestart.ORIGINAL, 0.01);
        Trainer whole = trainer(bird, KernelMode.AUTO);
        whole.runUntil(24);
        TrainingState expected = whole.state();
        Trainer going = trainer(bird, kernels);
        for (int stop = 1; stop < 24; stop++) {
            going.runUntil(stop);
            Trainer next = trainer(bird, kernels);
            next.resume(going.state(), going.mask(), going.maskState());
            assertThat(next.maskState()).as("update %d", stop).isEqualTo(going.maskState());
            going = next;
        }
        going.runUntil(24);
        assertThat(going.state()).isEqualTo(expected);
        assertThat(going.mask()).isEqualTo(whole.mask());
        assertThat(whole.mask().density()).isLessThan(1);
    }

    @Test
    void aNetworkWithoutBatchNormIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bird(1, EarlyRestart.ORIGINAL, 0).check(MaskTrainings.NETWORK))
                .withMessageContaining("expected a network with a batch norm");
    }

    @Test
    void aPenaltyIsOfChannelsAlone() {
        var weights = new EarlyBird(
                0.5,
                0.1,
                Optional.empty(),
                5,
                OptionalInt.of(2),
                0.6,
                EarlySearch.NATURAL,
                EarlyRestart.ORIGINAL,
                MaskedParts.WEIGHTS,
                0.01);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> weights.check(NETWORK))
                .withMessageContaining("penalty is 0.01 with of: weights");
    }
}
