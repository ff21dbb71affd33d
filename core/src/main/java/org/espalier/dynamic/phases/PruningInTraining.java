package org.espalier.dynamic.phases;

import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningResources;
import org.espalier.prune.Scope;
import org.espalier.prune.criterion.ScoredWeights;
import org.espalier.prune.criterion.Snip;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskTraining;
import org.espalier.train.mask.Phase;

/**
 * SNIP-it during training: several prunings of the network as it trains, each by SNIP's score at the present weights, with a fresh
 * optimizer after each. Verdenius et al., "Pruning via iterative ranking of sensitivity statistics" (2020), and their code, which
 * prunes first at epoch 4 of 80 and then every 4 epochs.
 */
@Kind("snip-it")
public record PruningInTraining(
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
    private int prunings() {
        return steps + 2;
    }

    /** Updates before a pruning, which is counted from 0. */
    int at(int pruning, int iterations) {
        return (int) Math.round((first + pruning * every) * iterations);
    }

    /** What is left after a pruning, which is counted from 0: {@code d + (0.5 - d) 0.5^i}, and d after the last. */
    double kept(int pruning) {
        return pruning == prunings() - 1 || density >= 0.5
                ? density
                : density + (0.5 - density) * StrictMath.pow(0.5, pruning);
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return Mask.dense(weights.architecture());
    }

    @Override
    public void check(int iterations) {
        int last = at(prunings() - 1, iterations);
        if (last >= iterations || Math.round(every * iterations) < 1) {
            throw new IllegalArgumentException("has its last of " + prunings() + " prunings at update " + last
                    + ", expected one update at least from pruning to pruning and to the end, " + iterations);
        }
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        return new Process(this, training);
    }

    /** The rule at work. It carries nothing: which prunings are done follows from the update. */
    private static final class Process implements MaskProcess {
        private final PruningInTraining rule;
        private final MaskTraining training;

        Process(PruningInTraining rule, MaskTraining training) {
            this.rule = rule;
            this.training = training;
        }

        @Override
        public void step(int iteration) {
            Phase phase = training.whole();
            for (int pruning = 0; pruning < rule.prunings(); pruning++) {
                int at = rule.at(pruning, training.iterations());
                if (at == iteration) {
                    prune(pruning);
                }
                if (at <= iteration) {
                    phase = new Phase(at, training.iterations() - at, 1);
                }
            }
            training.gradient();
            training.update(phase);
        }

        private void prune(int pruning) {
            Engine engine = training.engine();
            Architecture architecture = engine.architecture();
            Mask mask = engine.mask();
            int all = architecture.weights();
            int left = all - CountingRule.EXACT.pruned(1 - rule.kept(pruning), all);
            int go = Math.max(0, mask.count() - left);
            Weights weights = engine.weights();
            Mask next = new Pruner(
                            new Snip(rule.images, rule.batches, LossChoice.NATURAL, ScoredWeights.TRAINED),
                            Scope.GLOBAL,
                            CountingRule.EXACT,
                            OptionalInt.of(1),
                            Optional.of(Pruner.Ties.RANDOM))
                    .prune(
                            mask,
                            weights,
                            Collections.nCopies(architecture.layers(), (double) go / mask.count()),
                            training.stream().child("pruning").child(pruning),
                            Optional.of(new PruningResources(() -> Engines.create(architecture), training.images())));
            weights.apply(next);
            engine.load(weights, next); // fresh moments
        }

        @Override
        public Mask mask() {
            return training.engine().mask();
        }
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<PruningInTraining> {
        @Override
        public Class<PruningInTraining> settings() {
            return PruningInTraining.class;
        }

        @Override
        public MaskRule create(PruningInTraining settings) {
            return settings;
        }
    }
}
