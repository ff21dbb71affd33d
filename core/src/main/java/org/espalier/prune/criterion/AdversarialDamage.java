package org.espalier.prune.criterion;

import java.util.Arrays;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.attack.Attacker;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.engine.precise.DoublePass;
import org.espalier.loss.BatchLoss;
import org.espalier.loss.CrossEntropy;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Criterion;
import org.espalier.prune.CriterionKind;
import org.espalier.prune.LossChoice;
import org.espalier.prune.Need;
import org.espalier.prune.PreciseCriterion;
import org.espalier.prune.PruningContext;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Masking adversarial damage: {@code 1/2 G_ii D_ij (D A)_ij}, the second-order change of the adversarial loss that a weight's part of a
 * damage D makes. On each batch of attacked images, continuous masks m of the weights are found that lower the loss, {@code D = w - w m}; A is
 * the mean of a a^T over what enters a layer, G that of g g^T over the gradients of what leaves it, both of the masked network
 * (Kronecker factors). Scores are means over batches. Lee, Kim and Ro, "Masking adversarial damage: finding adversarial saliency for
 * robust and sparse network" (2022), and their code. Biases have no mask here.
 */
@Kind("mad")
public record AdversarialDamage(
        @Setting(value = "training images in a batch", preset = "128", min = 1)
        int images,

        @Setting(
                value = "batches that scores are averaged over; the source takes the whole training set",
                preset = "50",
                min = 1,
                max = 100_000)
        int batches,

        @Setting(value = "steps of Adam that find a batch's masks", preset = "20", min = 1, max = 10_000)
        int steps,

        @Setting(value = "learning rate of these steps", preset = "0.1", min = 0, above = true)
        double rate,

        @Setting(value = "weights to score: initial or trained", preset = "trained")
        ScoredWeights weights)
        implements PreciseCriterion.Joint {
    private static final double LEAST = inverse(1e-4);
    private static final double START = inverse(1);

    /** The number whose softplus is a mask's value: ln(e^m - 1). */
    private static double inverse(double mask) {
        return StrictMath.log(StrictMath.expm1(mask));
    }

    @Override
    public String name() {
        return "mad";
    }

    @Override
    public Set<Need> needs() {
        return weights.needs(Need.ENGINE, Need.DATA);
    }

    @Override
    public LossChoice loss() {
        return LossChoice.ADVERSARIAL;
    }

    @Override
    public double[][] scores(PruningContext context) {
        Weights all = weights.of(context);
        double[][] scores = zeros(all.architecture());
        int[] order = context.sample((int) Math.min(Integer.MAX_VALUE, (long) images * batches));
        Batch batch = new Batch(context, all, Math.min(images, order.length));
        int count = Math.ceilDiv(order.length, images);
        for (int number = 0; number < count; number++) {
            int first = number * images;
            batch.score(order, first, Math.min(images, order.length - first), scores);
        }
        for (double[] layer : scores) {
            for (int i = 0; i < layer.length; i++) {
                layer[i] /= count;
            }
        }
        return scores;
    }

    /** One batch after the other. */
    private final class Batch {
        private final PruningContext context;
        private final Weights all;
        private final Architecture architecture;
        private final Engine engine;
        private final ActivationBuffers buffers;
        private final BatchLoss loss;
        private final Attacker attacker;
        private final Stream noise;

        Batch(PruningContext context, Weights all, int most) {
            this.context = context;
            this.all = all;
            architecture = all.architecture();
            engine = context.engine();
            buffers = engine.newBuffers(2 * ActivationPanels.panelsFor(most) * ActivationPanels.LANES);
            loss = new BatchLoss(engine.ops(), buffers);
            attacker = context.attacker(buffers);
            noise = context.stream().child("noise");
        }

        void score(int[] order, int first, int examples, double[][] scores) {
            int panels = ActivationPanels.panelsFor(examples);
            int[] labels = new int[examples];
            Arrays.setAll(labels, i -> context.data().labels()[order[first + i]]);
            engine.load(all, context.mask());
            engine.ops().loadImages(context.data(), order, first, examples, buffers.input(), 0);
            attacker.perturbLoaded(labels, 0, examples, noise, first);
            attacker.fillUnreadInputs(examples, noise, first);
            Weights masked = masked(labels, examples, panels);
            double[][] inputs = new double[examples][architecture.inputs()];
            for (int e = 0; e < examples; e++) {
                for (int i = 0; i < inputs[e].length; i++) {
                    inputs[e][i] = buffers.input().get(i, panels * ActivationPanels.LANES + e);
                }
            }
            add(masked, inputs, labels, scores);
        }

        /** The weights times the masks that lower the loss of the attacked images. */
        private Weights masked(int[] labels, int examples, int panels) {
            Masks masks = new Masks(all, context.mask());
            for (int step = 1; step <= steps; step++) {
                engine.forward(buffers, panels, panels);
                if (!loss.set(CrossEntropy.HARD, panels, panels, panels, labels, 0, examples, 1.0 / examples, null)) {
                    throw new UserException("the criterion's loss is not finite on the training images");
                }
                engine.backward(buffers, panels, panels, Gradients.WEIGHTS);
                masks.step(step, engine.gradient());
                engine.writeWeights(masks.masked);
            }
            return masks.masked;
        }

        private void add(Weights masked, double[][] inputs, int[] labels, double[][] scores) {
            DoublePass pass = new DoublePass(architecture.graph(), DoublePass.values(masked), inputs);
            double[][] slopes = new double[labels.length][];
            Arrays.setAll(slopes, e -> Slopes.of(pass.logits()[e], labels[e], 1, 1));
            pass.backward(slopes);
            for (int layer = 0; layer < scores.length; layer++) {
                String name = architecture.node(layer);
                double[] sizes = sizes(pass.gradientOf(name), architecture.outputs(layer));
                damage(layer, masked, pass.entering(name), sizes, scores[layer]);
            }
        }

        /** Adds {@code 1/2 G_ii D_ij (D A)_ij} of a layer. */
        private void damage(int layer, Weights masked, double[][] entering, double[] sizes, double[] scores) {
            int inputs = architecture.inputs(layer);
            double[] damage = new double[inputs];
            double[] product = new double[inputs];
            for (int row = 0; row < sizes.length; row++) {
                for (int j = 0; j < inputs; j++) {
                    int at = row * inputs + j;
                    damage[j] = (double) all.matrix(layer)[at] - masked.matrix(layer)[at];
                }
                Arrays.fill(product, 0);
                // D A without A: the mean over places of (D a) a.
                for (double[] a : entering) {
                    double along = 0;
                    for (int j = 0; j < inputs; j++) {
                        along += damage[j] * a[j];
                    }
                    for (int j = 0; j < inputs; j++) {
                        product[j] += along * a[j];
                    }
                }
                for (int j = 0; j < inputs; j++) {
                    scores[row * inputs + j] += 0.5 * sizes[row] * damage[j] * product[j] / entering.length;
                }
            }
        }
    }

    /** Masks of all weights, found by Adam. */
    private final class Masks {
        private final Weights all;
        private final Mask survivors;
        private final double[][] numbers; // (layer, position) whose softplus is a mask's value
        private final double[][] means;
        private final double[][] squares;
        private final Weights masked;

        Masks(Weights all, Mask survivors) {
            this.all = all;
            this.survivors = survivors;
            numbers = zeros(all.architecture());
            means = zeros(all.architecture());
            squares = zeros(all.architecture());
            masked = all.copy();
            for (double[] layer : numbers) {
                Arrays.fill(layer, START);
            }
        }

        /**
         * One step of Adam.
         *
         * @param step number of the step, from 1
         * @param gradient of the loss with respect to the masked weights
         */
        void step(int step, Weights gradient) {
            double secondRoot = Math.sqrt(1 - StrictMath.pow(0.999, step));
            double length = rate * secondRoot / (1 - StrictMath.pow(0.9, step));
            double least = 1e-8 * secondRoot; // Adam's 1e-8 stands beside the root of the corrected second moment
            for (int layer = 0; layer < numbers.length; layer++) {
                float[] slopes = gradient.matrix(layer);
                float[] weights = all.matrix(layer);
                float[] products = masked.matrix(layer);
                double[] values = numbers[layer];
                for (int i = 0; i < values.length; i++) {
                    if (!survivors.keeps(layer, i)) {
                        continue;
                    }
                    double exp = StrictMath.exp(values[i]);
                    double slope = (double) slopes[i] * weights[i] * (exp / (1 + exp));
                    double m = 0.9 * means[layer][i] + 0.1 * slope;
                    double v = 0.999 * squares[layer][i] + 0.001 * slope * slope;
                    means[layer][i] = m;
                    squares[layer][i] = v;
                    values[i] = Math.clamp(values[i] - length * m / (Math.sqrt(v) + least), LEAST, START);
                    products[i] = (float) (weights[i] * StrictMath.log1p(StrictMath.exp(values[i])));
                }
            }
        }
    }

    private static double[][] zeros(Architecture architecture) {
        double[][] zeros = new double[architecture.layers()][];
        Arrays.setAll(zeros, layer -> new double[architecture.weights(layer)]);
        return zeros;
    }

    /** The diagonal of G: the mean over examples of each output's squared gradients, summed over places. */
    private static double[] sizes(double[][] gradients, int outputs) {
        double[] sizes = new double[outputs];
        int places = gradients[0].length / outputs;
        for (double[] gradient : gradients) {
            for (int i = 0; i < gradient.length; i++) {
                sizes[i / places] += gradient[i] * gradient[i] / gradients.length;
            }
        }
        return sizes;
    }

    /** Registers the kind. */
    public static final class Definition implements CriterionKind<AdversarialDamage> {
        @Override
        public Class<AdversarialDamage> settings() {
            return AdversarialDamage.class;
        }

        @Override
        public Criterion create(AdversarialDamage settings) {
            return settings;
        }
    }
}
