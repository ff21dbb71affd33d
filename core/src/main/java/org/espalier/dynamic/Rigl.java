package org.espalier.dynamic;

import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.mask.MaskProcess;
import org.espalier.train.mask.MaskRule;
import org.espalier.train.mask.MaskRuleKind;
import org.espalier.train.mask.MaskTraining;

/**
 * RigL: drops the smallest weights and grows those of the largest gradient, every {@code every} updates before {@code end}. The
 * event takes the place of the update. Evci et al., "Rigging the lottery: making all tickets winners" (2020), algorithm 1. A
 * fraction of 0 is training with a fixed random mask.
 */
@Kind("rigl")
public record Rigl(
        @Setting(value = "weights kept, as a fraction of all weights", preset = "0.1", min = 0, above = true, max = 1)
        double density,

        @Setting(value = Distribution.BY_LAYER, preset = "erk")
        Distribution distribution,

        @Setting(value = "updates between events; the first is update 0", preset = "100", min = 1)
        int every,

        @Setting(
                value =
                        "fraction of a layer's weights dropped and grown at the first event; it falls to 0 with a cosine",
                preset = "0.3",
                min = 0,
                max = 1)
        double fraction,

        @Setting(
                value = "fraction of training.iterations after which the mask stays",
                preset = "0.75",
                min = 0,
                max = 1)
        double end,

        @Setting(
                value =
                        "density of each layer with weights, in the network's order, in place of density and distribution",
                preset = "[]",
                min = 0,
                above = true,
                max = 1,
                addedLater = true)
        List<Double> densities)
        implements MaskRule {
    public Rigl {
        densities = List.copyOf(densities);
    }

    /** With densities that follow from one density. */
    public Rigl(double density, Distribution distribution, int every, double fraction, double end) {
        this(density, distribution, every, fraction, end, List.of());
    }

    /** The fraction of a layer's weights that an event at an update drops; 0 from {@code end} on. */
    public double dropped(int update, int iterations) {
        double last = end * iterations;
        return update < last ? Cosine.at(update, last, fraction, 0) : 0;
    }

    @Override
    public Mask start(Weights weights, Stream stream) {
        Architecture architecture = weights.architecture();
        return densities.isEmpty()
                ? distribution.draw(architecture, density, stream)
                : Distribution.draw(architecture, densities, stream);
    }

    @Override
    public MaskProcess bind(MaskTraining training) {
        int iterations = training.iterations();
        return new Rewiring(
                training,
                new Rewiring.Rules(
                        update -> fraction > 0 && update % every == 0 && update < end * iterations,
                        update -> dropped(update, iterations),
                        true,
                        false,
                        true,
                        Growth.GRADIENT,
                        0,
                        0));
    }

    @Override
    public void check(Architecture architecture) {
        if (!densities.isEmpty() && densities.size() != architecture.layers()) {
            throw new IllegalArgumentException("densities has " + densities.size() + " numbers, expected "
                    + architecture.layers() + ", one for each layer with weights");
        }
    }

    @Override
    public boolean allGradients() {
        return true;
    }

    @Override
    public boolean constantDensity() {
        return true;
    }

    /** Registers the kind. */
    public static final class Definition implements MaskRuleKind<Rigl> {
        @Override
        public Class<Rigl> settings() {
            return Rigl.class;
        }

        @Override
        public MaskRule create(Rigl settings) {
            return settings;
        }
    }
}
