package org.espalier.prune.criterion;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.engine.precise.DoublePass;
import org.espalier.network.Architecture;
import org.espalier.network.Weights;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * {@code |w| dR/d|w|}, R being the sum of the outputs of the network with all parameters replaced by their absolute values, for an
 * input of ones: Tanaka et al., "Pruning neural networks without any data by iteratively conserving synaptic flow" (2020). Each
 * of the rounds keeps the same fraction of the weights. Float64, as R overflows float32 in deep networks.
 */
@Kind("synflow")
public record SynFlow(
        @Setting(value = "rounds of a pruning", preset = "100", min = 1, max = 10_000)
        int rounds,

        @Setting(value = "weights to score: initial or trained", preset = "initial")
        ScoredWeights weights)
        implements PreciseCriterion.Joint {
    @Override
    public String name() {
        return "synflow";
    }

    @Override
    public Set<Need> needs() {
        return weights.needs();
    }

    @Override
    public double kept(double density, int round) {
        return StrictMath.pow(density, (double) round / rounds);
    }

    /** The published code prunes int(p n). */
    @Override
    public int published(double fraction, int survivors) {
        return (int) (fraction * survivors);
    }

    @Override
    public double[][] scores(PruningContext context) {
        return scores(weights.of(context));
    }

    /** Scores of all weights, (layer, position); zero where the weight is. */
    static double[][] scores(Weights weights) {
        Architecture architecture = weights.architecture();
        Map<String, double[]> absolute = DoublePass.values(weights);
        absolute.values().forEach(values -> Arrays.setAll(values, i -> Math.abs(values[i])));
        double[] ones = new double[architecture.inputs()];
        Arrays.fill(ones, 1);
        DoublePass pass = new DoublePass(architecture.graph(), absolute, new double[][] {ones});
        double[] logits = pass.logits()[0];
        if (!Double.isFinite(Arrays.stream(logits).sum())) {
            throw new UserException("synflow's sum of outputs is not finite for a network " + architecture);
        }
        double[] each = new double[logits.length];
        Arrays.fill(each, 1);
        pass.backward(new double[][] {each});
        double[][] scores = new double[architecture.layers()][];
        for (int layer = 0; layer < scores.length; layer++) {
            double[] gradient = pass.gradient(architecture.node(layer) + ".weight");
            float[] matrix = weights.matrix(layer);
            scores[layer] = new double[matrix.length];
            for (int i = 0; i < matrix.length; i++) {
                scores[layer][i] = Math.abs((double) matrix[i]) * gradient[i];
            }
        }
        return scores;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<SynFlow> {
        @Override
        public Class<SynFlow> settings() {
            return SynFlow.class;
        }

        @Override
        public Criterion create(SynFlow settings) {
            return settings;
        }
    }
}
