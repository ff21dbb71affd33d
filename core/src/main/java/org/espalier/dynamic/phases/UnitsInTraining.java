package org.espalier.dynamic.phases;

import java.util.Collections;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Pruner;
import org.espalier.prune.criterion.ScoredWeights;
import org.espalier.prune.criterion.SnapIt;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskTraining;

/**
 * SNAP-it during training: several prunings of hidden units as the network trains, each by the sensitivity of the loss to a gate
 * behind each unit at the present weights, with a fresh optimizer after each. The units of all layers are ranked together.
 * Verdenius et al., "Pruning via iterative ranking of sensitivity statistics" (2020), and their code.
 */
@Kind("snap-it")
public record UnitsInTraining(
        @Setting(
                value = "hidden units kept after the last pruning, as a fraction of those that can be taken out",
                preset = "0.1",
                min = 0,
                above = true,
                max = 1)
        double nodes,

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
        HiddenUnits units = new HiddenUnits(architecture);
        Pruner pruner = PruningTimes.pruner(
                new OneRound.OfUnits(new SnapIt(images, batches, steps, LossChoice.NATURAL, ScoredWeights.TRAINED)));
        int all = units.count(Mask.dense(architecture));
        return times().process(training, (pruning, mask, weights, stream, resources) -> {
            double fraction = times().fraction(nodes, pruning, all, units.count(mask));
            return pruner.prune(mask, weights, Collections.nCopies(architecture.layers(), fraction), stream, resources);
        });
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<UnitsInTraining> {
        @Override
        public Class<UnitsInTraining> settings() {
            return UnitsInTraining.class;
        }

        @Override
        public MaskRule create(UnitsInTraining settings) {
            return settings;
        }
    }
}
