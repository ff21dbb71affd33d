package org.espalier.lab.study.ticket;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.loss.Softmax;
import org.espalier.random.Stream;

/**
 * Networks whose mean probability classifies, and PGD against it. Works on one panel of 64 images. Sums run over members in
 * their order and over classes ascending, in double, so that kernels of equal bits give equal votes.
 */
final class Vote {
    /** Images at a time. */
    static final int TILE = ActivationPanels.LANES;

    private final List<Engine> engines;
    private final List<ActivationBuffers> buffers;
    private final int classes;
    private final ActivationPanels clean;
    private final ActivationPanels point;
    private final int[] features;
    private final int[] order = new int[TILE];
    private final float[] logits;
    private final double[][][] probabilities; // (member, lane, class); the last member is the mean

    /** A vote of networks of one input size and number of classes, at least one. */
    Vote(List<Engine> engines) {
        this.engines = List.copyOf(engines);
        buffers = engines.stream().map(engine -> engine.newBuffers(TILE)).toList();
        classes = engines.getFirst().architecture().classes();
        int inputs = engines.getFirst().architecture().inputs();
        clean = new ActivationPanels(inputs, TILE);
        point = new ActivationPanels(inputs, TILE);
        features = IntStream.range(0, inputs).toArray();
        logits = new float[classes];
        probabilities = new double[engines.size() + 1][TILE][classes];
    }

    /** Takes images of a split as clean ones and as the present points. */
    void load(Split split, int first, int count) {
        for (int i = 0; i < count; i++) {
            order[i] = first + i;
        }
        engines.getFirst().ops().loadImages(split, order, 0, count, clean, 0);
        point.copy(clean, 0, 0, 1);
    }

    /** The present points. */
    ActivationPanels point() {
        return point;
    }

    /** Takes points of another vote. */
    void point(ActivationPanels other) {
        point.copy(other, 0, 0, 1);
    }

    /** Computes probabilities at the present points. */
    void forward() {
        for (double[] lane : probabilities[engines.size()]) {
            Arrays.fill(lane, 0);
        }
        for (int member = 0; member < engines.size(); member++) {
            ActivationBuffers own = buffers.get(member);
            own.input().copy(point, 0, 0, 1);
            engines.get(member).forward(own, 0, 1);
            for (int e = 0; e < TILE; e++) {
                for (int c = 0; c < classes; c++) {
                    logits[c] = own.logits().get(c, e);
                }
                double logSum = Softmax.logSum(logits);
                for (int c = 0; c < classes; c++) {
                    double probability = Softmax.probability(logits[c], logSum);
                    probabilities[member][e][c] = probability;
                    probabilities[engines.size()][e][c] += probability / engines.size();
                }
            }
        }
    }

    /**
     * The class of the largest probability, the lowest class on ties.
     *
     * @param member a member; the vote if as many as members
     */
    int predicted(int member, int lane) {
        double[] all = probabilities[member][lane];
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = all[c] > all[best] ? c : best;
        }
        return best;
    }

    /** The mean probability of a class. */
    double probability(int lane, int label) {
        return probabilities[engines.size()][lane][label];
    }

    /**
     * PGD in the L-infinity ball around the clean images that increases - log of the mean probability of the true class, from one
     * uniform start.
     *
     * @param first index in {@code labels} of lane 0, which also numbers the noise
     * @param steps of epsilon / 4
     */
    void perturb(int[] labels, int first, int count, double epsilon, int steps, Stream noise) {
        perturb(labels, first, count, epsilon, steps, noise, false);
    }

    /** The same attack on the mean of the members' cross-entropies: its gradient is the average of theirs. */
    void perturbAverage(int[] labels, int first, int count, double epsilon, int steps, Stream noise) {
        perturb(labels, first, count, epsilon, steps, noise, true);
    }

    private void perturb(int[] labels, int first, int count, double epsilon, int steps, Stream noise, boolean average) {
        float radius = (float) epsilon;
        float length = (float) (epsilon / 4);
        engines.getFirst().ops().uniformNoise(noise, first, clean, 0, point, 0, 1, features, radius);
        for (int step = 0; step < steps; step++) {
            forward();
            for (int member = 0; member < engines.size(); member++) {
                gradient(member, labels, first, count, average);
                engines.get(member).backward(buffers.get(member), 0, 1, Gradients.INPUTS);
            }
            for (int feature : features) {
                for (int e = 0; e < count; e++) {
                    double slope = 0;
                    for (ActivationBuffers own : buffers) {
                        slope += own.inputGradient().get(feature, e);
                    }
                    float centre = clean.get(feature, e);
                    float moved = point.get(feature, e) + length * (float) Math.signum(slope);
                    float low = Math.max(0, centre - radius);
                    float high = Math.min(1, centre + radius);
                    point.set(feature, e, Math.min(high, Math.max(low, moved)));
                }
            }
        }
    }

    /**
     * Gradient of - log of the mean probability by one member's logits: its share of it times (p - onehot).
     *
     * @param average whether each member's share is the same, as in the mean of the cross-entropies
     */
    private void gradient(int member, int[] labels, int first, int count, boolean average) {
        ActivationPanels out = buffers.get(member).logitGradient();
        for (int e = 0; e < TILE; e++) {
            if (e >= count) {
                for (int c = 0; c < classes; c++) {
                    out.set(c, e, 0);
                }
                continue;
            }
            int label = labels[first + e];
            double mean = probabilities[engines.size()][e][label] * engines.size();
            double share = mean > 0 && !average ? probabilities[member][e][label] / mean : 1.0 / engines.size();
            double others = 0;
            for (int c = 0; c < classes; c++) {
                if (c != label) {
                    others += probabilities[member][e][c];
                    out.set(c, e, (float) (share * probabilities[member][e][c]));
                }
            }
            // Not p - 1, which rounds to 0 before the other probabilities do.
            out.set(label, e, (float) (-share * others));
        }
    }
}
