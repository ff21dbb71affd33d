package org.espalier.construct;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;

/**
 * Strong tickets of convolutions: each weight is replaced by the nearest sum of a subset of n samples of its own, uniform in [-1, 1),
 * for several n. Da Cunha, Natale and Viennot, "Proving the lottery ticket hypothesis for convolutional neural networks" (2022), and
 * their code. The errors fall exponentially with n. In a network without convolutions all layers are replaced.
 */
public final class SampledConvolutions {
    private static final int BATCH = 256;

    private final Architecture architecture;
    private final Weights target;
    private final Mask mask;
    private final boolean convolutions;
    private final Architecture stage; // up to what the convolutions give

    /**
     * For a trained network.
     *
     * @param target zero where pruned
     */
    public SampledConvolutions(Weights target, Mask mask) {
        this.target = target;
        this.mask = mask;
        architecture = target.architecture();
        convolutions = Arrays.stream(layers(architecture)).anyMatch(architecture::convolution);
        stage = convolutions ? new Architecture(stage(architecture.graph())) : architecture;
    }

    private static int[] layers(Architecture architecture) {
        int[] layers = new int[architecture.layers()];
        Arrays.setAll(layers, layer -> layer);
        return layers;
    }

    /** The nodes that the first linear layer after the last convolution reads, and all before them. */
    private static Graph stage(Graph graph) {
        List<Graph.Node> nodes = graph.nodes();
        int last = 0;
        for (int n = 0; n < nodes.size(); n++) {
            last = nodes.get(n).operation() instanceof Operation.Conv2d ? n : last;
        }
        Graph.Node linear = nodes.subList(last, nodes.size()).stream()
                .filter(node -> node.operation() instanceof Operation.Linear)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("the network has no linear layer after its convolutions"));
        String end = linear.inputs().getFirst();
        List<String> wanted = new ArrayList<>(List.of(end));
        List<Graph.Node> kept = new ArrayList<>();
        for (int n = nodes.size() - 1; n >= 0; n--) {
            if (wanted.contains(nodes.get(n).name())) {
                kept.addFirst(nodes.get(n));
                wanted.addAll(nodes.get(n).inputs());
            }
        }
        Shape shape = graph.shape(end);
        if (shape.dimensions() > 1) {
            kept.add(new Graph.Node("stage", new Operation.Flatten(), List.of(end)));
            end = "stage";
        }
        return new Graph(graph.input(), kept, end);
    }

    /** Whether the network has convolutions, which are then replaced alone. */
    public boolean convolutions() {
        return convolutions;
    }

    /**
     * What n samples to a weight give.
     *
     * @param samples n
     * @param weights the network with sums in place of the weights
     * @param replaced weights replaced
     * @param kept samples in their subsets
     * @param weightError largest distance of a sum from its weight, as a share of the layer's largest weight; of the layer where
     *     it is largest
     */
    public record Sampled(int samples, Weights weights, int replaced, long kept, double weightError) {}

    /**
     * Replaces the weights.
     *
     * @param samples n, at most {@link SubsetSums#MOST}
     * @param stream of the samples
     */
    public Sampled of(int samples, Stream stream) {
        Weights made = target.copy();
        int replaced = 0;
        long kept = 0;
        double largest = 0;
        double[] drawn = new double[samples];
        for (int layer : layers(architecture)) {
            if (convolutions && !architecture.convolution(layer)) {
                continue;
            }
            float[] weights = made.matrix(layer);
            Stream ofLayer = stream.child(samples).child(layer);
            double distance = 0;
            double size = 0;
            for (int i = 0; i < weights.length; i++) {
                if (!mask.keeps(layer, i)) {
                    continue;
                }
                for (int s = 0; s < samples; s++) {
                    drawn[s] = 2 * (double) ofLayer.uniform((long) i * SubsetSums.MOST + s) - 1;
                }
                SubsetSums sums = new SubsetSums(drawn);
                distance = Math.max(distance, sums.nearest(weights[i]));
                size = Math.max(size, Math.abs(weights[i]));
                kept += sums.size();
                replaced++;
                weights[i] = (float) sums.sum();
            }
            largest = Math.max(largest, size == 0 ? 0 : distance / size);
        }
        return new Sampled(samples, made, replaced, kept, largest);
    }

    /**
     * The largest change of what the convolutions give, over values and images, as a share of the largest value of all images. Of a
     * network without convolutions, of the logits.
     *
     * @param split images
     * @param images how many, from the start
     */
    public double change(Weights made, Split split, int images) {
        Engine before = engine(target);
        Engine after = engine(made);
        ActivationBuffers of = before.newBuffers(BATCH);
        ActivationBuffers to = after.newBuffers(BATCH);
        int[] order = new int[images];
        Arrays.setAll(order, i -> i);
        double moved = 0;
        double size = 0;
        for (int first = 0; first < images; first += BATCH) {
            int examples = Math.min(BATCH, images - first);
            int panels = ActivationPanels.panelsFor(examples);
            before.ops().loadImages(split, order, first, examples, of.input(), 0);
            after.ops().loadImages(split, order, first, examples, to.input(), 0);
            before.forward(of, 0, panels);
            after.forward(to, 0, panels);
            for (int e = 0; e < examples; e++) {
                for (int i = 0; i < stage.classes(); i++) {
                    double y = of.logits().get(i, e);
                    moved = Math.max(moved, Math.abs(to.logits().get(i, e) - y));
                    size = Math.max(size, Math.abs(y));
                }
            }
        }
        return size == 0 ? 0 : moved / size;
    }

    private Engine engine(Weights weights) {
        Engine engine = Engines.create(stage);
        Weights held = new Weights(stage);
        for (var parameter : stage.graph().parameters()) {
            float[] from = weights.values(parameter.name());
            System.arraycopy(from, 0, held.values(parameter.name()), 0, from.length);
        }
        engine.load(held, Mask.dense(stage));
        return engine;
    }

    /**
     * A straight line through log10 of errors.
     *
     * @param slope change of log10 of the error with one sample more
     * @param fit R^2: 1 for errors that fall exponentially
     */
    public record Line(double slope, double fit) {
        /**
         * The line of least squares.
         *
         * @param samples numbers of samples
         * @param errors of each number
         * @return empty where an error is 0 or there are fewer than two numbers
         */
        public static Optional<Line> through(List<Integer> samples, List<Double> errors) {
            if (samples.size() < 2 || errors.stream().anyMatch(error -> !(error > 0))) {
                return Optional.empty();
            }
            int n = samples.size();
            double meanX = samples.stream().mapToDouble(x -> x).average().orElseThrow();
            double[] y = errors.stream().mapToDouble(StrictMath::log10).toArray();
            double meanY = Arrays.stream(y).average().orElseThrow();
            double xx = 0;
            double xy = 0;
            double yy = 0;
            for (int i = 0; i < n; i++) {
                double dx = samples.get(i) - meanX;
                xx += dx * dx;
                xy += dx * (y[i] - meanY);
                yy += (y[i] - meanY) * (y[i] - meanY);
            }
            return xx == 0 || yy == 0 ? Optional.empty() : Optional.of(new Line(xy / xx, xy * xy / (xx * yy)));
        }
    }
}
