package org.espalier.lab.study.graph;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.espalier.lab.study.loop.SymmetricMatrix;
import org.espalier.random.Stream;

/**
 * A matrix of low rank in place of a symmetric one: its part along the eigenvectors of the largest eigenvalues by size, which for a
 * symmetric matrix is its truncated singular value decomposition. Entezari, Al-Sayouri, Darvishzadeh and Papalexakis, "All you need is
 * low (rank)" (2020), of the adjacency matrix.
 *
 * @param vectors (component, node) of length 1, orthogonal
 * @param values (component) eigenvalues
 */
record LowRank(double[][] vectors, double[] values) implements Propagation {
    private static final int ROUNDS = 60;

    /**
     * The approximation of a matrix, by subspace iteration with twice as many vectors (Halko, Martinsson and Tropp, "Finding structure
     * with randomness", 2011, section 4.5). Where eigenvalues hardly differ in size at the cut, which ones are taken is approximate.
     *
     * @param rank components, at least 1; no more than there are nodes are taken
     * @param stream of the first vectors
     */
    static LowRank of(Propagation matrix, int rank, Stream stream) {
        int nodes = matrix.nodes();
        int width = Math.min(nodes, 2 * rank);
        double[] block = new double[nodes * width]; // (node, column)
        for (int i = 0; i < block.length; i++) {
            block[i] = 2 * (double) stream.uniform(i) - 1;
        }
        for (int round = 0; round < ROUNDS; round++) {
            orthogonal(block, nodes, width);
            block = matrix.times(block, width);
        }
        orthogonal(block, nodes, width);
        double[] image = matrix.times(block, width);
        double[][] small = new double[width][width];
        for (int node = 0; node < nodes; node++) {
            for (int a = 0; a < width; a++) {
                for (int b = 0; b < width; b++) {
                    small[a][b] += block[node * width + a] * image[node * width + b];
                }
            }
        }
        double[][] turned = new double[width][width];
        double[] found = SymmetricMatrix.eigen(small, turned);
        int[] largest = IntStream.range(0, width)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(found[i])))
                .mapToInt(Integer::intValue)
                .limit(rank)
                .toArray();
        double[][] vectors = new double[largest.length][nodes];
        double[] values = new double[largest.length];
        for (int component = 0; component < largest.length; component++) {
            values[component] = found[largest[component]];
            for (int node = 0; node < nodes; node++) {
                for (int a = 0; a < width; a++) {
                    vectors[component][node] += block[node * width + a] * turned[a][largest[component]];
                }
            }
        }
        return new LowRank(vectors, values);
    }

    /** Makes columns orthonormal, in their order, twice against rounding; one that depends on those before it becomes 0. */
    private static void orthogonal(double[] block, int nodes, int width) {
        for (int a = 0; a < width; a++) {
            double before = Math.sqrt(product(block, nodes, width, a, a));
            for (int b = 0; b < 2 * a; b++) {
                double part = product(block, nodes, width, a, b % a);
                for (int node = 0; node < nodes; node++) {
                    block[node * width + a] -= part * block[node * width + b % a];
                }
            }
            double length = Math.sqrt(product(block, nodes, width, a, a));
            double scale = length > 1e-12 * before ? 1 / length : 0;
            for (int node = 0; node < nodes; node++) {
                block[node * width + a] *= scale;
            }
        }
    }

    private static double product(double[] block, int nodes, int width, int a, int b) {
        double sum = 0;
        for (int node = 0; node < nodes; node++) {
            sum += block[node * width + a] * block[node * width + b];
        }
        return sum;
    }

    @Override
    public int nodes() {
        return vectors[0].length;
    }

    @Override
    public double[] times(double[] matrix, int width) {
        int nodes = nodes();
        double[] product = new double[nodes * width];
        double[] part = new double[width];
        for (int component = 0; component < values.length; component++) {
            Arrays.fill(part, 0);
            for (int node = 0; node < nodes; node++) {
                for (int c = 0; c < width; c++) {
                    part[c] += vectors[component][node] * matrix[node * width + c];
                }
            }
            for (int node = 0; node < nodes; node++) {
                double factor = values[component] * vectors[component][node];
                for (int c = 0; c < width; c++) {
                    product[node * width + c] += factor * part[c];
                }
            }
        }
        return product;
    }
}
