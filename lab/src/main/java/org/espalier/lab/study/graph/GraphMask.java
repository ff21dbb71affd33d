package org.espalier.lab.study.graph;

import java.util.BitSet;
import org.espalier.random.Stream;

/**
 * What a graph network does to a graph before it reads it, so that changed edges do less harm. Of the operations of Xie et al.,
 * "Adversarially robust neural architecture search for graph neural networks" (2023): identity, Jaccard and SVD.
 */
sealed interface GraphMask {
    /** Form of names, as a pattern. */
    String PATTERN = "none|jaccard-0\\.[0-9]{1,4}|svd-[1-9][0-9]{0,3}";

    /**
     * The matrix that the network mixes nodes with.
     *
     * @param ink (node) its bright features, for masks that compare nodes
     * @param stream for masks that draw
     */
    Propagation of(NeighbourGraph graph, BitSet[] ink, Stream stream);

    /** The mask of a name of {@link #PATTERN}. */
    static GraphMask named(String name) {
        String number = name.substring(name.indexOf('-') + 1);
        return name.startsWith("jaccard")
                ? new Jaccard(Double.parseDouble(number))
                : name.startsWith("svd") ? new Svd(Integer.parseInt(number)) : new Whole();
    }

    /** The graph as it is. */
    record Whole() implements GraphMask {
        @Override
        public Propagation of(NeighbourGraph graph, BitSet[] ink, Stream stream) {
            return graph.propagation();
        }
    }

    /**
     * Without the edges between nodes that share few features: Wu et al., "Adversarial examples for graph data" (2019).
     *
     * @param threshold least share of the bright features of either node that both have
     */
    record Jaccard(double threshold) implements GraphMask {
        @Override
        public Propagation of(NeighbourGraph graph, BitSet[] ink, Stream stream) {
            return graph.keeping((node, other) -> similarity(ink[node], ink[other]) >= threshold)
                    .propagation();
        }

        /** Intersection over union; 0 for two empty sets. */
        static double similarity(BitSet a, BitSet b) {
            BitSet both = (BitSet) a.clone();
            both.and(b);
            int shared = both.cardinality();
            int either = a.cardinality() + b.cardinality() - shared;
            return either == 0 ? 0 : (double) shared / either;
        }
    }

    /**
     * The matrix of the whole graph at a low rank.
     *
     * @param rank components
     */
    record Svd(int rank) implements GraphMask {
        @Override
        public Propagation of(NeighbourGraph graph, BitSet[] ink, Stream stream) {
            return LowRank.of(graph.propagation(), rank, stream);
        }
    }
}
