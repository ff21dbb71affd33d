package org.espalier.lab.study.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.function.DoubleSupplier;
import org.espalier.data.Split;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.study.loop.SmallestWeights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class GraphNetworkTest {
    private static final int NODES = 30;
    private static final int FEATURES = 9;
    private static final Stream STREAM = Stream.root(3);

    private final NeighbourGraph graph =
            NeighbourGraph.of(MadeUpData.split("nodes", NODES, FEATURES, 7, 140, 100, 1000), 3);
    private final Propagation propagation = graph.propagation();
    private final int[] labels =
            MadeUpData.split("nodes", NODES, FEATURES, 7, 140, 100, 1000).labels();
    private final double[] pixels = draws("pixels", NODES * FEATURES);

    private static double[] draws(String name, int count) {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = STREAM.child(name).uniform(i);
        }
        return numbers;
    }

    @Test
    void imagesOfFloatsAreJoinedAsThoseOfBytes() {
        Split bytes = MadeUpData.split("nodes", NODES, FEATURES, 7, 140, 100, 1000);
        float[] values = new float[NODES * FEATURES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (bytes.images()[i] & 0xff) / 512f; // exact, so that ties stay ties
        }
        NeighbourGraph floats = NeighbourGraph.of(new Split("nodes", bytes.shape(), values, bytes.labels()), 3);
        int joined = 0;
        for (int node = 0; node < NODES; node++) {
            for (int other = 0; other < NODES; other++) {
                assertThat(floats.joined(node, other)).isEqualTo(graph.joined(node, other));
                joined += graph.joined(node, other) ? 1 : 0;
            }
        }
        assertThat(joined).isGreaterThan(NODES);
    }

    @Test
    void joinsEndWhereAllNodesAreJoined() {
        NeighbourGraph complete = NeighbourGraph.of(MadeUpData.split("nodes", 8, FEATURES, 7, 140, 100, 1000), 7);
        assertThat(complete.edges()).isEqualTo(8 * 7 / 2);
        assertThat(complete.flips(1, STREAM).edges()).isEqualTo(8 * 7 / 2);
        assertThat(complete.flips(6, STREAM).edges()).isEqualTo(8 * 7 / 2);
    }

    @Test
    void columnsOfUnlikeSharesHaveUnlikeNames() {
        assertThat(GraphNodes.column("DICE", 0.05)).isEqualTo("DICE 5 %");
        assertThat(GraphNodes.column("DICE", 0.001)).isEqualTo("DICE 0.1 %");
        assertThat(GraphNodes.column("edges", 1)).isEqualTo("edges 100 %");
    }

    private static final int[] SOME = {0, 3, 4, 11, 29};

    private double loss(GraphNetwork network, double[] features) {
        double[] logits = network.forward(propagation, propagation.times(features, FEATURES))
                .logits();
        return network.loss(logits, labels, SOME, new double[logits.length]);
    }

    private void check(GraphNetwork.Form form) {
        GraphNetwork network = GraphNetwork.initial(form, STREAM.child("weights"));
        double[] seen = propagation.times(pixels, FEATURES);
        GraphNetwork.Pass pass = network.forward(propagation, seen);
        double[] gradient = new double[pass.logits().length];
        network.loss(pass.logits(), labels, SOME, gradient);
        GraphNetwork.Slopes slopes = network.backward(propagation, seen, pass, gradient);
        same(network.w0, slopes.w0(), () -> loss(network, pixels));
        same(network.w1, slopes.w1(), () -> loss(network, pixels));
        double[] moved = pixels.clone();
        same(moved, network.inputGradient(propagation, slopes), () -> loss(network, moved));
    }

    private static void same(double[] at, double[] gradient, DoubleSupplier loss) {
        boolean any = false;
        for (int i = 0; i < at.length; i++) {
            double before = at[i];
            at[i] = before + 1e-6;
            double above = loss.getAsDouble();
            at[i] = before - 1e-6;
            double below = loss.getAsDouble();
            at[i] = before;
            assertThat(gradient[i]).isCloseTo((above - below) / 2e-6, within(1e-7));
            any |= gradient[i] != 0;
        }
        assertThat(any).isTrue();
    }

    @Test
    void gradientsAreFiniteDifferences() {
        check(new GraphNetwork.Form(FEATURES, 6, 3, 6, 0));
        check(new GraphNetwork.Form(FEATURES, 6, 3, 2, 1));
    }

    @Test
    void fewUnitsStayAndSeldomOnesArePreferred() {
        GraphNetwork.Form form = new GraphNetwork.Form(1, 4, 2, 1, 1);
        double[] duty = {0.9, 0.25, 0.25, 0.25};
        GraphNetwork network = new GraphNetwork(form, new double[] {1, 0.9, -2, 0.1}, new double[8], duty);
        Propagation alone = new NeighbourGraph(1).propagation();
        // 1 exp(0.25 - 0.9) is below 0.9.
        assertThat(network.forward(alone, new double[] {2}).hidden()).containsExactly(0, 1.8, 0, 0);
    }

    @Test
    void propagationIsNormalisedByDegrees() {
        NeighbourGraph line = NeighbourGraph.of(new Split("line", 1, new byte[] {0, 10, 100}, new int[3]), 1);
        assertThat(line.edges()).isEqualTo(2);
        // Degrees with loops: 2, 3, 2.
        double[] product = line.propagation().times(new double[] {1, 0, 0}, 1);
        assertThat(product[0]).isEqualTo(0.5);
        assertThat(product[1]).isCloseTo(1 / Math.sqrt(6), within(1e-15));
        assertThat(product[2]).isZero();
    }

    @Test
    void attacksChangeAsManyEdgesAsAsked() {
        int edges = graph.edges();
        NeighbourGraph flipped = graph.flips(9, STREAM);
        NeighbourGraph diced = graph.dice(labels, 12, STREAM);
        assertThat(different(graph, flipped)).isEqualTo(9);
        assertThat(flipped.edges()).isEqualTo(edges + 1);
        assertThat(different(graph, diced)).isEqualTo(12);
        for (int node = 0; node < NODES; node++) {
            for (int other = 0; other < NODES; other++) {
                if (graph.joined(node, other) != diced.joined(node, other)) {
                    assertThat(graph.joined(node, other)).isEqualTo(labels[node] == labels[other]);
                }
            }
        }
    }

    private static int different(NeighbourGraph one, NeighbourGraph two) {
        int count = 0;
        for (int node = 0; node < NODES; node++) {
            for (int other = 0; other < node; other++) {
                count += one.joined(node, other) != two.joined(node, other) ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void prunedWeightsStayZeroInTraining() {
        GraphNetwork.Form form = new GraphNetwork.Form(FEATURES, 6, 3, 6, 0);
        BitSet kept = SmallestWeights.random(FEATURES * 6, 20, STREAM);
        GraphNetwork network = GraphNetwork.initial(form, STREAM).pruned(kept);
        double before = loss(network, pixels);
        network.train(propagation, propagation.times(pixels, FEATURES), labels, SOME, kept, 20);
        assertThat(loss(network, pixels)).isLessThan(before);
        for (int i = 0; i < network.w0.length; i++) {
            assertThat(network.w0[i] != 0).isEqualTo(kept.get(i));
        }
        BitSet smaller = SmallestWeights.prune(kept, network.w0, 5, STREAM);
        double largestGone = 0;
        double smallestLeft = Double.MAX_VALUE;
        for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
            if (smaller.get(i)) {
                smallestLeft = Math.min(smallestLeft, Math.abs(network.w0[i]));
            } else {
                largestGone = Math.max(largestGone, Math.abs(network.w0[i]));
            }
        }
        assertThat(smaller.cardinality()).isEqualTo(15);
        assertThat(largestGone).isLessThan(smallestLeft);
    }
}
