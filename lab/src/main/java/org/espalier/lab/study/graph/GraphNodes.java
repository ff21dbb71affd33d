package org.espalier.lab.study.graph;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.random.Stream;

/** Training images of a data set as the nodes of a graph of neighbours. */
final class GraphNodes {
    private static final double DARK = 0.5;

    final int classes;
    final int features;
    final int[] labels; // (node)
    final double[] pixels; // (node, feature)
    final NeighbourGraph graph;

    /**
     * Draws nodes and joins each with its nearest ones.
     *
     * @param nodes number of images, at most the training images
     * @param stream whose child "nodes" draws them
     */
    GraphNodes(DataSet data, int nodes, int neighbours, Stream stream) {
        classes = data.classes();
        features = data.features();
        int[] order = stream.child("nodes").permutation(data.train().size());
        Split split = data.train().pick("nodes", Arrays.copyOf(order, nodes));
        labels = split.labels();
        pixels = new double[labels.length * features];
        for (int node = 0; node < labels.length; node++) {
            System.arraycopy(split.pixels(node), 0, pixels, node * features, features);
        }
        graph = NeighbourGraph.of(split, neighbours);
    }

    /**
     * Refuses sizes that do not fit.
     *
     * @throws UserException that says which
     */
    static void check(DataSet data, int nodes, int neighbours) {
        if (nodes > data.train().size() || neighbours >= nodes) {
            throw new UserException("nodes is " + nodes + ", expected more than the " + neighbours
                    + " neighbours and at most the " + data.train().size() + " training images of " + data.name());
        }
    }

    /** The nodes of each class from number {@code from} to {@code to} of the class, exclusive, in the order of nodes. */
    int[] ofEachClass(int from, int to) {
        int[] seen = new int[classes];
        return IntStream.range(0, labels.length)
                .filter(node -> {
                    int number = seen[labels[node]]++;
                    return number >= from && number < to;
                })
                .toArray();
    }

    /** (node) features of at least half the range. */
    BitSet[] ink() {
        BitSet[] ink = new BitSet[labels.length];
        for (int node = 0; node < ink.length; node++) {
            ink[node] = new BitSet(features);
            for (int i = 0; i < features; i++) {
                ink[node].set(i, pixels[node * features + i] >= DARK);
            }
        }
        return ink;
    }

    /** Name of the accuracies under an attack that changes a share of edges or pixels, e.g. {@code DICE 5 %}. */
    static String column(String attack, double share) {
        return attack + " "
                + BigDecimal.valueOf(share)
                        .movePointRight(2)
                        .stripTrailingZeros()
                        .toPlainString() + " %";
    }
}
