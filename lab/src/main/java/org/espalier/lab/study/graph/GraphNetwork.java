package org.espalier.lab.study.graph;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.lab.study.loop.DoubleAdam;
import org.espalier.random.Stream;

/**
 * A graph convolutional network of two layers, softmax(A' f(A' X W0) W1): Kipf and Welling, "Semi-supervised classification with graph
 * convolutional networks" (2017), equation 9, in double. f is ReLU, of which only the strongest units of each node may stay.
 *
 * <p>These stay by a_i exp(boost (k / hidden - duty_i)), where duty_i is the running share of nodes in which unit i has stayed. The form
 * is that of k-winners of hierarchical temporal memory, since the text of the source could not be had.
 */
final class GraphNetwork {
    private static final double RATE = 0.01;
    private static final double DECAY = 5e-4; // L2 on W0, as in Kipf and Welling
    private static final double DUTY = 0.1; // share of the present epoch in the running mean

    /**
     * Sizes, and what stays of a node's hidden units.
     *
     * @param winners k, units that stay; {@code hidden} for all
     * @param boost of units that seldom stay
     */
    record Form(int features, int hidden, int classes, int winners, double boost) {}

    final Form form;
    final double[] w0; // (feature, hidden)
    final double[] w1; // (hidden, class)
    final double[] duty; // (hidden)

    GraphNetwork(Form form, double[] w0, double[] w1, double[] duty) {
        this.form = form;
        this.w0 = w0;
        this.w1 = w1;
        this.duty = duty;
    }

    /** Initial weights: Glorot and Bengio's uniform distribution. */
    static GraphNetwork initial(Form form, Stream stream) {
        double[] duty = new double[form.hidden];
        Arrays.fill(duty, (double) form.winners / form.hidden);
        return new GraphNetwork(
                form,
                glorot(form.features, form.hidden, stream.child(0)),
                glorot(form.hidden, form.classes, stream.child(1)),
                duty);
    }

    private static double[] glorot(int inputs, int outputs, Stream stream) {
        double limit = Math.sqrt(6.0 / (inputs + outputs));
        double[] weights = new double[inputs * outputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = limit * (2 * (double) stream.uniform(i) - 1);
        }
        return weights;
    }

    /** The same network from its numbers: W0, W1, duty. */
    static GraphNetwork of(Form form, double[] numbers) {
        int first = form.features * form.hidden;
        int second = first + form.hidden * form.classes;
        return new GraphNetwork(
                form,
                Arrays.copyOf(numbers, first),
                Arrays.copyOfRange(numbers, first, second),
                Arrays.copyOfRange(numbers, second, numbers.length));
    }

    /** W0, W1, duty in one list. */
    double[] numbers() {
        double[] all = Arrays.copyOf(w0, w0.length + w1.length + duty.length);
        System.arraycopy(w1, 0, all, w0.length, w1.length);
        System.arraycopy(duty, 0, all, w0.length + w1.length, duty.length);
        return all;
    }

    /** A copy whose W0 is pruned. */
    GraphNetwork pruned(BitSet kept) {
        double[] left = w0.clone();
        for (int i = 0; i < left.length; i++) {
            left[i] = kept.get(i) ? left[i] : 0;
        }
        return new GraphNetwork(form, left, w1.clone(), duty.clone());
    }

    /** What a pass computes: hidden units that stay, and logits. */
    record Pass(double[] hidden, double[] logits) {}

    /**
     * A forward pass.
     *
     * @param seen A' X, (node, feature)
     */
    Pass forward(Propagation graph, double[] seen) {
        int nodes = graph.nodes();
        int width = form.hidden;
        double[] hidden = new double[nodes * width];
        for (int node = 0; node < nodes; node++) {
            int row = node * width;
            for (int f = 0; f < form.features; f++) {
                double x = seen[node * form.features + f];
                if (x != 0) {
                    int from = f * width;
                    for (int j = 0; j < width; j++) {
                        hidden[row + j] += x * w0[from + j];
                    }
                }
            }
            for (int j = 0; j < width; j++) {
                hidden[row + j] = Math.max(0, hidden[row + j]);
            }
            if (form.winners < width) {
                keepWinners(hidden, row);
            }
        }
        double[] mixed = new double[nodes * form.classes];
        for (int node = 0; node < nodes; node++) {
            for (int j = 0; j < width; j++) {
                double h = hidden[node * width + j];
                for (int c = 0; c < form.classes; c++) {
                    mixed[node * form.classes + c] += h * w1[j * form.classes + c];
                }
            }
        }
        return new Pass(hidden, graph.times(mixed, form.classes));
    }

    /** Sets all but the strongest units of a node to 0; the lower index is stronger on ties. */
    private void keepWinners(double[] hidden, int row) {
        double target = (double) form.winners / form.hidden;
        double[] rank = new double[form.hidden];
        for (int j = 0; j < rank.length; j++) {
            rank[j] = hidden[row + j] * StrictMath.exp(form.boost * (target - duty[j]));
        }
        boolean[] stays = new boolean[rank.length];
        for (int winner = 0; winner < form.winners; winner++) {
            int best = -1;
            for (int j = 0; j < rank.length; j++) {
                if (!stays[j] && (best < 0 || rank[j] > rank[best])) {
                    best = j;
                }
            }
            stays[best] = true;
        }
        for (int j = 0; j < rank.length; j++) {
            hidden[row + j] = stays[j] ? hidden[row + j] : 0;
        }
    }

    /**
     * Mean cross-entropy of some nodes, and its gradient by the logits.
     *
     * @param gradient (node, class) zero at first
     */
    double loss(double[] logits, int[] labels, int[] nodes, double[] gradient) {
        double sum = 0;
        for (int node : nodes) {
            int row = node * form.classes;
            double most = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < form.classes; c++) {
                most = Math.max(most, logits[row + c]);
            }
            double total = 0;
            for (int c = 0; c < form.classes; c++) {
                total += StrictMath.exp(logits[row + c] - most);
            }
            for (int c = 0; c < form.classes; c++) {
                double p = StrictMath.exp(logits[row + c] - most) / total;
                gradient[row + c] = (p - (c == labels[node] ? 1 : 0)) / nodes.length;
            }
            sum += most + StrictMath.log(total) - logits[row + labels[node]];
        }
        return sum / nodes.length;
    }

    /** Gradients by W0, W1, and by the hidden units before ReLU, from which that by X follows. */
    record Slopes(double[] w0, double[] w1, double[] before) {}

    /** Gradients of a pass from that of its logits. The choice of winners is a constant. */
    Slopes backward(Propagation graph, double[] seen, Pass pass, double[] logitGradient) {
        int nodes = graph.nodes();
        int width = form.hidden;
        double[] mixed = graph.times(logitGradient, form.classes); // the matrix is symmetric
        double[] by0 = new double[w0.length];
        double[] by1 = new double[w1.length];
        double[] before = new double[nodes * width];
        for (int node = 0; node < nodes; node++) {
            boolean any = false;
            for (int j = 0; j < width; j++) {
                double h = pass.hidden[node * width + j];
                double slope = 0;
                for (int c = 0; c < form.classes; c++) {
                    double g = mixed[node * form.classes + c];
                    by1[j * form.classes + c] += h * g;
                    slope += g * w1[j * form.classes + c];
                }
                before[node * width + j] = h > 0 ? slope : 0;
                any |= h > 0 && slope != 0;
            }
            for (int f = 0; any && f < form.features; f++) {
                double x = seen[node * form.features + f];
                if (x != 0) {
                    for (int j = 0; j < width; j++) {
                        by0[f * width + j] += x * before[node * width + j];
                    }
                }
            }
        }
        return new Slopes(by0, by1, before);
    }

    /** Gradient by X, (node, feature): A' (dZ W0^T). */
    double[] inputGradient(Propagation graph, Slopes slopes) {
        int nodes = graph.nodes();
        double[] moved = graph.times(slopes.before, form.hidden);
        double[] gradient = new double[nodes * form.features];
        for (int node = 0; node < nodes; node++) {
            for (int f = 0; f < form.features; f++) {
                double sum = 0;
                for (int j = 0; j < form.hidden; j++) {
                    sum += moved[node * form.hidden + j] * w0[f * form.hidden + j];
                }
                gradient[node * form.features + f] = sum;
            }
        }
        return gradient;
    }

    /**
     * Trains on the whole graph with Adam at 0.01 and L2 of 5e-4 on W0.
     *
     * @param kept positions of W0 that survive
     */
    void train(Propagation graph, double[] seen, int[] labels, int[] nodes, BitSet kept, int epochs) {
        DoubleAdam first = new DoubleAdam(w0.length, RATE);
        DoubleAdam second = new DoubleAdam(w1.length, RATE);
        for (int epoch = 0; epoch < epochs; epoch++) {
            Pass pass = forward(graph, seen);
            double[] gradient = new double[pass.logits.length];
            loss(pass.logits, labels, nodes, gradient);
            Slopes slopes = backward(graph, seen, pass, gradient);
            for (int i = 0; i < w0.length; i++) {
                slopes.w0[i] = kept.get(i) ? slopes.w0[i] + DECAY * w0[i] : 0;
            }
            first.update(w0, slopes.w0);
            second.update(w1, slopes.w1);
            balance(pass.hidden, graph.nodes());
        }
    }

    private void balance(double[] hidden, int nodes) {
        for (int j = 0; j < form.hidden; j++) {
            int stays = 0;
            for (int node = 0; node < nodes; node++) {
                stays += hidden[node * form.hidden + j] > 0 ? 1 : 0;
            }
            duty[j] = (1 - DUTY) * duty[j] + DUTY * stays / nodes;
        }
    }

    /** Share of some nodes that are classified correctly; the lowest class on ties. */
    double accuracy(Propagation graph, double[] seen, int[] labels, int[] nodes) {
        double[] logits = forward(graph, seen).logits;
        int correct = 0;
        for (int node : nodes) {
            int best = 0;
            for (int c = 1; c < form.classes; c++) {
                best = logits[node * form.classes + c] > logits[node * form.classes + best] ? c : best;
            }
            correct += best == labels[node] ? 1 : 0;
        }
        return (double) correct / nodes.length;
    }

    /**
     * Features that raise the loss of some nodes: PGD in the L-infinity ball, cut at 0 and 1, from the features themselves, with 10 steps
     * of epsilon / 4.
     *
     * @param features X, (node, feature) in [0, 1]
     */
    double[] attack(Propagation graph, double[] features, int[] labels, int[] nodes, double epsilon) {
        double[] moved = features.clone();
        for (int step = 0; step < 10; step++) {
            double[] seen = graph.times(moved, form.features);
            Pass pass = forward(graph, seen);
            double[] gradient = new double[pass.logits.length];
            loss(pass.logits, labels, nodes, gradient);
            double[] slope = inputGradient(graph, backward(graph, seen, pass, gradient));
            for (int i = 0; i < moved.length; i++) {
                double to = moved[i] + epsilon / 4 * Math.signum(slope[i]);
                moved[i] = Math.clamp(to, Math.max(0, features[i] - epsilon), Math.min(1, features[i] + epsilon));
            }
        }
        return moved;
    }
}
