package org.espalier.prune.criterion;

import java.util.Set;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.network.Architecture;
import org.espalier.network.Weights;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.random.BoxMuller;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * {@code |d/dm|} of the mean of {@code |f(x; t m) - f(x; (t + e z) m)|^2} over normal inputs x, with a fresh draw of the weights t and
 * of the standard normal z in each round: Wang et al., "NTK-SAP: improving neural network pruning by aligning training dynamics"
 * (2023). Reads no data and no trained weight. Each of the rounds keeps the same fraction of the weights.
 */
@Kind("ntk-sap")
public record NtkSap(
        @Setting(value = "rounds of a pruning", preset = "100", min = 1, max = 10_000)
        int rounds,

        @Setting(value = "normal inputs of a round", preset = "256", min = 1)
        int inputs,

        @Setting(value = "standard deviation of the weights' perturbation", preset = "0.01", min = 0, above = true)
        double epsilon)
        implements PreciseCriterion.Joint {
    @Override
    public String name() {
        return "ntk-sap";
    }

    @Override
    public Set<Need> needs() {
        return ScoredWeights.INITIAL.needs(Need.ENGINE);
    }

    @Override
    public double kept(double density, int round) {
        return StrictMath.pow(density, (double) round / rounds);
    }

    @Override
    public double[][] scores(PruningContext context) {
        Stream stream = context.stream();
        Weights drawn = context.draw(stream.child("weights"));
        Architecture architecture = drawn.architecture();
        Weights moved = drawn.copy();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            Stream noise = stream.child("perturbation").child(layer);
            float[] matrix = moved.matrix(layer);
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] += (float) (epsilon * BoxMuller.at(noise, i, 1));
            }
        }
        drawn.apply(context.mask());
        moved.apply(context.mask());
        Engine engine = context.engine();
        ActivationBuffers buffers = engine.newBuffers(inputs);
        Stream pixels = stream.child("inputs");
        for (int example = 0; example < inputs; example++) {
            for (int feature = 0; feature < architecture.inputs(); feature++) {
                buffers.input().set(feature, example, (float)
                        BoxMuller.at(pixels, (long) example * architecture.inputs() + feature, 1));
            }
        }
        int panels = ActivationPanels.panelsFor(inputs);
        engine.load(drawn, context.mask());
        engine.forward(buffers, 0, panels);
        float[][] still = logits(buffers);
        engine.load(moved, context.mask());
        engine.forward(buffers, 0, panels);
        float[][] after = logits(buffers);
        Weights ofMoved = backward(engine, buffers, panels, still, after);
        engine.load(drawn, context.mask());
        engine.forward(buffers, 0, panels);
        Weights ofStill = backward(engine, buffers, panels, still, after);
        double[][] scores = new double[architecture.layers()][];
        for (int layer = 0; layer < scores.length; layer++) {
            scores[layer] = new double[architecture.weights(layer)];
            for (int i = 0; i < scores[layer].length; i++) {
                scores[layer][i] = Math.abs((double) drawn.matrix(layer)[i] * ofStill.matrix(layer)[i]
                        - (double) moved.matrix(layer)[i] * ofMoved.matrix(layer)[i]);
            }
        }
        return scores;
    }

    /** (example, class). */
    private float[][] logits(ActivationBuffers buffers) {
        float[][] logits = new float[inputs][buffers.logits().features()];
        for (int e = 0; e < inputs; e++) {
            for (int c = 0; c < logits[e].length; c++) {
                logits[e][c] = buffers.logits().get(c, e);
            }
        }
        return logits;
    }

    /** The gradient of the weights for the slope of the mean squared distance by the first logits. */
    private Weights backward(Engine engine, ActivationBuffers buffers, int panels, float[][] still, float[][] after) {
        for (int e = 0; e < panels * ActivationPanels.LANES; e++) {
            for (int c = 0; c < buffers.logitGradient().features(); c++) {
                buffers.logitGradient().set(c, e, e < inputs ? 2 * (still[e][c] - after[e][c]) / inputs : 0);
            }
        }
        engine.backward(buffers, 0, panels, Gradients.WEIGHTS);
        return engine.gradient();
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<NtkSap> {
        @Override
        public Class<NtkSap> settings() {
            return NtkSap.class;
        }

        @Override
        public Criterion create(NtkSap settings) {
            return settings;
        }
    }
}
