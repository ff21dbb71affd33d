package org.espalier.dynamic.phases;

import java.util.Collections;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Pruner;
import org.espalier.prune.criterion.Cnip;
import org.espalier.prune.criterion.ScoredWeights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskTraining;

/**
 * CNIP-it during training: several prunings as the network trains, each of single weights and whole hidden units in one list, by
 * {@link PruningInTraining}'s score and {@link UnitsInTraining}'s, with a fresh optimizer after each. Densities count weights; the
 * published code counts entries of the list, and units from the second pruning on. Verdenius et al., "Pruning via iterative ranking of
 * sensitivity statistics" (2020), and their code.
 */
@Kind("cnip")
public record MixedPruningInTraining(
        @Setting(
                value = "weights kept after the last pruning, as a fraction of all weights",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double density,

        @Setting(value = "prunings less two", preset = "5", min = 0, max = 1000)
        int steps,

        @Setting(
                value = "fraction of training.iterations before the first pruning",
                preset = "0.05",
                min = 0,
                max = 1,
                below = true)
        double first,

        @Setting(
                value = "fraction of training.iterations from pruning to pruning",
                preset = "0.05",
                min = 0,
                above = true,
                max = 1,
                below = true)
        double every,

        @Setting(value = "training images in a batch of the scores", preset = "512", min = 1)
        int images,

        @Setting(value = "batches of the scores; their gradients are averaged", preset = "5", min = 1, max = 10_000)
        int batches)
        implements MaskRule {
    private PruningTimes times() {
        return new PruningTimes(steps, first, every);
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public void check(int iterations) {
        times().check(iterations);
    }

    @Override
    public void check(Architecture architecture) {
        HiddenUnits.check(architecture);
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        Architecture architecture = training.engine().architecture();
        Pruner pruner = PruningTimes.pruner(
                new OneRound.OfBoth(new Cnip(images, batches, steps, LossChoice.NATURAL, ScoredWeights.TRAINED)));
        return times().process(training, (pruning, mask, weights, stream, resources) -> {
            double fraction = times().fraction(density, pruning, architecture.weights(), mask.count());
            return pruner.prune(mask, weights, Collections.nCopies(architecture.layers(), fraction), stream, resources);
        });
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<MixedPruningInTraining> {
        @Override
        public Class<MixedPruningInTraining> settings() {
            return MixedPruningInTraining.class;
        }

        @Override
        public MaskRule create(MixedPruningInTraining settings) {
            return settings;
        }
    }
}
