package org.espalier.lab.study.graph;

import java.util.BitSet;
import org.espalier.data.Split;
import org.espalier.random.Stream;

/** An undirected graph without loops. Attacks give changed copies. */
final class NeighbourGraph {
    private final BitSet[] rows; // (node): its neighbours

    private NeighbourGraph(BitSet[] rows) {
        this.rows = rows;
    }

    /** A graph without edges. */
    NeighbourGraph(int nodes) {
        rows = new BitSet[nodes];
        for (int node = 0; node < nodes; node++) {
            rows[node] = new BitSet(nodes);
        }
    }

    /**
     * Joins each image with its nearest ones by Euclidean distance of pixels; the lower index is nearer on ties.
     *
     * @param split each image is a node
     * @param neighbours of each image that it is joined with, fewer than images
     */
    static NeighbourGraph of(Split split, int neighbours) {
        int nodes = split.size();
        int features = split.features();
        double[] values =
                new double[nodes * features]; // whole numbers for pixels that are bytes, so that distances are exact
        for (int i = 0; i < values.length; i++) {
            values[i] = split.isFloat() ? split.floats()[i] : split.images()[i] & 0xff;
        }
        NeighbourGraph graph = new NeighbourGraph(nodes);
        double[] distances = new double[nodes];
        for (int node = 0; node < nodes; node++) {
            for (int other = 0; other < nodes; other++) {
                double distance = 0;
                for (int i = 0; i < features; i++) {
                    double gap = values[node * features + i] - values[other * features + i];
                    distance += gap * gap;
                }
                distances[other] = other == node ? Double.POSITIVE_INFINITY : distance;
            }
            for (int found = 0; found < neighbours; found++) {
                int best = 0;
                for (int other = 1; other < nodes; other++) {
                    best = distances[other] < distances[best] ? other : best;
                }
                distances[best] = Double.POSITIVE_INFINITY;
                graph.set(node, best, true);
            }
        }
        return graph;
    }

    int nodes() {
        return rows.length;
    }

    boolean joined(int node, int other) {
        return rows[node].get(other);
    }

    private void set(int node, int other, boolean joined) {
        rows[node].set(other, joined);
        rows[other].set(node, joined);
    }

    private NeighbourGraph copy() {
        BitSet[] copy = new BitSet[rows.length];
        for (int node = 0; node < copy.length; node++) {
            copy[node] = (BitSet) rows[node].clone();
        }
        return new NeighbourGraph(copy);
    }

    /** Which edges stay. */
    @FunctionalInterface
    interface Edges {
        boolean stays(int node, int other);
    }

    /** The graph without some edges. */
    NeighbourGraph keeping(Edges edges) {
        NeighbourGraph left = copy();
        for (int node = 0; node < rows.length; node++) {
            for (int other = rows[node].nextSetBit(node + 1); other >= 0; other = rows[node].nextSetBit(other + 1)) {
                if (!edges.stays(node, other)) {
                    left.set(node, other, false);
                }
            }
        }
        return left;
    }

    /** Number of edges. */
    int edges() {
        int sum = 0;
        for (BitSet row : rows) {
            sum += row.cardinality();
        }
        return sum / 2;
    }

    /**
     * DICE, "disconnect internally, connect externally": Waniek, Michalak, Rahwan and Wooldridge, "Hiding individuals and communities
     * in a social network" (2018). Each change cuts an edge within a class or joins two nodes of different classes, with equal
     * chance.
     *
     * @param changes of edges; fewer where no edge within a class is left
     */
    NeighbourGraph dice(int[] labels, int changes, Stream stream) {
        NeighbourGraph changed = copy();
        long position = 0;
        for (int change = 0; change < changes; change++) {
            boolean cut = stream.below(2, position++) == 0;
            // Pairs are drawn until one can be changed; edges are drawn from the list of a random node.
            for (int attempt = 0; attempt < 10_000; attempt++) {
                int node = stream.below(rows.length, position++);
                int other;
                if (cut) {
                    int degree = changed.rows[node].cardinality();
                    if (degree == 0) {
                        continue;
                    }
                    other = changed.rows[node].stream()
                            .skip(stream.below(degree, position++))
                            .findFirst()
                            .orElseThrow();
                } else {
                    other = stream.below(rows.length, position++);
                }
                if (other != node && changed.joined(node, other) == cut && (labels[node] == labels[other]) == cut) {
                    changed.set(node, other, !cut);
                    break;
                }
            }
        }
        return changed;
    }

    /**
     * Random changes: half cut an edge, half join two nodes.
     *
     * @param changes of edges; fewer where fewer pairs are left to join
     */
    NeighbourGraph flips(int changes, Stream stream) {
        NeighbourGraph cut = cut(changes / 2, stream.child("cut"));
        return cut.join(changes - changes / 2, stream.child("join"));
    }

    private NeighbourGraph cut(int count, Stream stream) {
        NeighbourGraph changed = copy();
        int[] order = stream.permutation(edges());
        int[][] all = new int[order.length][];
        int next = 0;
        for (int node = 0; node < rows.length; node++) {
            for (int other = rows[node].nextSetBit(node + 1); other >= 0; other = rows[node].nextSetBit(other + 1)) {
                all[next++] = new int[] {node, other};
            }
        }
        for (int i = 0; i < count; i++) {
            changed.set(all[order[i]][0], all[order[i]][1], false);
        }
        return changed;
    }

    private NeighbourGraph join(int count, Stream stream) {
        NeighbourGraph changed = copy();
        long apart = rows.length * (rows.length - 1L) / 2 - edges();
        long position = 0;
        for (int joined = 0; joined < Math.min(count, apart); ) {
            int node = stream.below(rows.length, position++);
            int other = stream.below(rows.length, position++);
            if (node != other && !changed.joined(node, other)) {
                changed.set(node, other, true);
                joined++;
            }
        }
        return changed;
    }

    /**
     * The matrix of propagation D^-1/2 (A + I) D^-1/2: Kipf and Welling, "Semi-supervised classification with graph convolutional
     * networks" (2017), equation 2.
     */
    Propagation propagation() {
        int[][] columns = new int[rows.length][];
        double[][] values = new double[rows.length][];
        for (int node = 0; node < rows.length; node++) {
            BitSet row = (BitSet) rows[node].clone();
            row.set(node);
            columns[node] = row.stream().toArray();
            values[node] = new double[columns[node].length];
            for (int i = 0; i < columns[node].length; i++) {
                int other = columns[node][i];
                values[node][i] = 1 / Math.sqrt((rows[node].cardinality() + 1.0) * (rows[other].cardinality() + 1.0));
            }
        }
        return new Propagation.Sparse(columns, values);
    }
}
