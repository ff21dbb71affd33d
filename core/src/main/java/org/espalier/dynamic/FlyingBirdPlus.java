package org.espalier.dynamic;

import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskState;
import org.espalier.train.mask.MaskTraining;

/**
 * Flying Bird+: {@link FlyingBird} whose events, late in training, drop more weights while the robust generalisation gap rises and grow
 * more while the validation loss under attack rises. Chen et al., "Sparsity winning twice" (2022), section 3.2, with the constants of
 * their code. Gap and loss are measured after each epoch with PGD on training and validation images.
 */
@Kind("flying-bird-plus")
public record FlyingBirdPlus(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.2", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "igq")
        Distribution distribution,

        @Setting(value = "which weights grow: random, or gradient", preset = "random")
        Growth growth,

        @Setting(
                value = "fraction of a layer's weights dropped and grown at the beginning",
                preset = "0.5",
                min = 0,
                max = 1)
        double fraction,

        @Setting(value = "the same at the end", preset = "0.005", min = 0, max = 1)
        double lastFraction,

        @Setting(value = "updates between events in the first half of training", preset = "900", min = 1)
        int every,

        @Setting(value = "updates between events in the second half", preset = "1200", min = 1)
        int everyLater,

        @Setting(
                value = "fraction of training.iterations after which events change the density",
                preset = "0.5",
                min = 0,
                max = 1)
        double from,

        @Setting(
                value = "share of an event's dropped weights that is dropped besides, while the gap rises",
                preset = "0.4",
                min = 0)
        double prune,

        @Setting(
                value = "factor of an event's grown weights, while the validation loss rises",
                preset = "1.05",
                min = 1)
        double grow,

        @Setting(
                value = "images of each split that gap and loss are measured on, the first ones",
                preset = "1000",
                min = 1)
        int images,

        @Setting(
                value = "radius of the L-infinity ball that they are measured in, in pixel values 0 to 1",
                preset = "0.3",
                min = 0,
                max = 1)
        double epsilon,

        @Setting(value = "length of a step of that attack", preset = "0.05", min = 0, above = true, max = 1)
        double step,

        @Setting(value = "steps of that attack", preset = "10", min = 1)
        int steps)
        implements MaskRule {
    /** Checks the events. */
    public FlyingBirdPlus {
        if (growth == Growth.MOMENTUM) {
            throw new IllegalArgumentException("growth is momentum, expected random or gradient");
        }
    }

    private FlyingBird events() {
        return new FlyingBird(density, distribution, growth, fraction, lastFraction, every, everyLater);
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        return events().start(weights, stream);
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        RobustGap gap = new RobustGap(
                training.engine(), new Pgd(epsilon, step, steps, true, 1, KeptIterate.LAST, LabelChoice.TRUE), images);
        double begin = from * training.iterations();
        Rewiring.Change change = iteration -> iteration < begin
                ? Rewiring.Counts.SAME
                : new Rewiring.Counts(gap.gapRises() ? prune : 0, gap.lossRises() ? grow : 1);
        Rewiring rewiring = new Rewiring(training, events().rules(training.iterations(), change));
        return new MaskProcess() {
            @Override
            public void step(int iteration) {
                rewiring.step(iteration);
                int epoch = training.updatesPerEpoch();
                if ((iteration + 1) % epoch == 0 && iteration + 1 >= begin - (double) RobustGap.DIFFERENCES * epoch) {
                    gap.measure(
                            training.images(),
                            training.validation(),
                            training.stream().child("gap").child(iteration));
                }
            }

            @Override
            public Mask mask() {
                return rewiring.mask();
            }

            @Override
            public MaskState state() {
                return new MaskState(rewiring.state().tensors(), gap.state());
            }

            @Override
            public void resume(int iteration, MaskState state) {
                rewiring.resume(iteration, state);
                gap.resume(state.numbers());
            }
        };
    }

    @Override
    public void check(int iterations) {
        events().check(iterations);
    }

    @Override
    public boolean allGradients() {
        return events().allGradients();
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<FlyingBirdPlus> {
        @Override
        public Class<FlyingBirdPlus> settings() {
            return FlyingBirdPlus.class;
        }

        @Override
        public MaskRule create(FlyingBirdPlus settings) {
            return settings;
        }
    }
}
