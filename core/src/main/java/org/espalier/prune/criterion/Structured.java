package org.espalier.prune.criterion;

import java.util.EnumSet;
import java.util.Set;
import org.espalier.network.Architecture;
import org.espalier.network.Weights;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Need;
import org.espalier.prune.PruningContext;
import org.espalier.prune.UnitCriterion;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Takes out neurons and channels, with the rows that feed and the columns that read them. Fractions count units. {@link
 * org.espalier.network.Shrunk} makes the smaller network.
 */
@Kind("structured")
public record Structured(
        @Setting(
                value =
                        "score of a unit: l1: sum of |w| over the weights that feed it; snap: |dL/dc| of a gate behind it;"
                                + " gradient: mean |w g| over the weights that feed it; random",
                preset = "l1")
        Score score,

        @Setting(value = "training images of the gradients of snap and gradient", preset = "1000", min = 1)
        int images,

        @Setting(value = "loss of these gradients", preset = "natural")
        LossChoice loss,

        @Setting(value = "weights to score: initial or trained", preset = "trained")
        ScoredWeights weights)
        implements UnitCriterion {
    /** What a unit is worth. */
    public enum Score {
        L1,
        SNAP,
        GRADIENT,
        RANDOM;

        boolean gradients() {
            return this == SNAP || this == GRADIENT;
        }
    }

    @Override
    public String name() {
        return "structured";
    }

    @Override
    public Set<Need> needs() {
        return score.gradients()
                ? weights.needs(Need.GRADIENTS, Need.DATA)
                : score == Score.L1 ? weights.needs() : EnumSet.noneOf(Need.class);
    }

    /** The natural loss for scores that read none. */
    @Override
    public LossChoice loss() {
        return score.gradients() ? loss : LossChoice.NATURAL;
    }

    @Override
    public double[] units(PruningContext context, int layer) {
        return switch (score) {
            case L1 -> rows(weights.of(context).matrix(layer), context.mask().architecture(), layer);
            case SNAP -> Products.gates(weights.of(context), gradient(context), layer);
            case GRADIENT -> means(Products.magnitudes(weights.of(context), gradient(context), layer), context, layer);
            case RANDOM ->
                draws(
                        context.stream().child(layer),
                        context.mask().architecture().outputs(layer));
        };
    }

    private Weights gradient(PruningContext context) {
        return Snip.gradient(context, loss, weights, images, 1);
    }

    private static double[] rows(float[] matrix, Architecture architecture, int layer) {
        double[] sums = new double[architecture.outputs(layer)];
        for (int i = 0; i < matrix.length; i++) {
            sums[i / architecture.inputs(layer)] += Math.abs(matrix[i]);
        }
        return sums;
    }

    /** Means over surviving weights. */
    private static double[] means(double[] scores, PruningContext context, int layer) {
        int inputs = context.mask().architecture().inputs(layer);
        double[] means = new double[scores.length / inputs];
        int[] counts = new int[means.length];
        for (int i = 0; i < scores.length; i++) {
            if (context.mask().keeps(layer, i)) {
                means[i / inputs] += scores[i];
                counts[i / inputs]++;
            }
        }
        for (int unit = 0; unit < means.length; unit++) {
            means[unit] /= Math.max(1, counts[unit]);
        }
        return means;
    }

    private static double[] draws(Stream stream, int units) {
        double[] draws = new double[units];
        for (int unit = 0; unit < units; unit++) {
            draws[unit] = stream.uniform(unit);
        }
        return draws;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<Structured> {
        @Override
        public Class<Structured> settings() {
            return Structured.class;
        }

        @Override
        public Criterion create(Structured settings) {
            return settings;
        }
    }
}
