package org.espalier.evaluate.certify.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.espalier.UserException;
import org.espalier.evaluate.certify.SmallGraphs;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoweringTest {
    private static double[] image(int pixels, Stream stream) {
        double[] image = new double[pixels];
        for (int i = 0; i < pixels; i++) {
            image[i] = stream.uniform(i);
        }
        return image;
    }

    private static double[] chosen(SparseNetwork network, double[] image) {
        return Arrays.stream(network.pixels())
                .mapToDouble(pixel -> image[pixel])
                .toArray();
    }

    static Mask mask(Architecture architecture, double density, Stream stream) {
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            for (int i = 0; i < architecture.weights(layer); i++) {
                kept[layer].set(i, stream.child(layer).uniform(i) < density);
            }
        }
        return Mask.of(architecture, kept);
    }

    @Property(tries = 400)
    void theChainComputesWhatTheGraphDoes(@ForAll long seed, @ForAll @IntRange(max = SmallGraphs.KINDS - 1) int kind) {
        Stream stream = Stream.root(seed);
        Graph graph = SmallGraphs.graph(kind, stream.child("graph"));
        Weights weights = SmallGraphs.weights(graph, 1, stream.child("weights"));
        Mask mask = mask(weights.architecture(), stream.below(3, 0) == 0 ? 1 : stream.uniform(1), stream.child("mask"));
        weights.apply(mask);
        SparseNetwork network = new SparseNetwork(weights, mask);
        for (int n = 0; n < 5; n++) {
            double[] image =
                    image(graph.input().elements(), stream.child("image").child(n));
            double[] expected = SmallGraphs.logits(weights, image);
            double[] found = network.logits(chosen(network, image));
            for (int c = 0; c < expected.length; c++) {
                assertThat(Math.abs(found[c] - expected[c]))
                        .as("kind %d, logit %d", kind, c)
                        .isLessThanOrEqualTo(1e-12 * (1 + Math.abs(expected[c])));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet5", "cnn-small"})
    void namedNetworksBecomeChains(String name) {
        Graph graph = NamedNetworks.graph(name, Shape.of(1, 28, 28), 10);
        Weights weights = SmallGraphs.weights(graph, 0.2f, Stream.root(4));
        SparseNetwork network = new SparseNetwork(weights, Mask.dense(weights.architecture()));
        double[] image = image(784, Stream.root(5));
        double[] expected = SmallGraphs.logits(weights, image);
        double[] found = network.logits(chosen(network, image));
        for (int c = 0; c < 10; c++) {
            assertThat(Math.abs(found[c] - expected[c])).isLessThan(1e-12 * (1 + Math.abs(expected[c])));
        }
    }

    @Test
    void resnet8WithFewWeightsBecomesAChain() {
        Graph graph = NamedNetworks.graph("resnet8", Shape.of(3, 32, 32), 10);
        Weights weights = SmallGraphs.weights(graph, 0.3f, Stream.root(6));
        Mask mask = mask(weights.architecture(), 0.02, Stream.root(7));
        weights.apply(mask);
        SparseNetwork network = new SparseNetwork(weights, mask);
        double[] image = image(3072, Stream.root(8));
        double[] expected = SmallGraphs.logits(weights, image);
        double[] found = network.logits(chosen(network, image));
        for (int c = 0; c < 10; c++) {
            assertThat(Math.abs(found[c] - expected[c])).isLessThan(1e-12 * (1 + Math.abs(expected[c])));
        }
    }

    /** A unit of a convolution reads its window; layers have the sizes that the shapes say. */
    @Test
    void convolutionsAreUnrolled() {
        Graph graph = NamedNetworks.graph("cnn-small", Shape.of(1, 28, 28), 10);
        Weights weights = SmallGraphs.weights(graph, 1, Stream.root(1));
        SparseNetwork network = new SparseNetwork(weights, Mask.dense(weights.architecture()));
        assertThat(network.layers()).isEqualTo(4);
        assertThat(List.of(3136, 1568, 100, 10))
                .isEqualTo(java.util.stream.IntStream.range(0, 4)
                        .mapToObj(layer -> network.layer(layer).outputs())
                        .toList());
        SparseNetwork.Layer first = network.layer(0);
        assertThat(first.starts()[1]).as("a corner's window").isEqualTo(9);
        assertThat(first.starts()[17] - first.starts()[16])
                .as("an inner window")
                .isEqualTo(16);
        assertThat(first.sizes()).as("no second array").isSameAs(first.weights());
        assertThat(first.places()[3135]).isEqualTo(195);
    }

    @Test
    void aMaximumOfFourTakesTwoRounds() {
        Graph graph = new GraphBuilder(Shape.of(1, 2, 2))
                .maxPool("pool", 2)
                .add("flatten", new Operation.Flatten())
                .linear("out", 2)
                .build();
        Weights weights = new Weights(new Architecture(graph));
        weights.matrix(0)[0] = 1;
        weights.matrix(0)[1] = -2;
        SparseNetwork network = new SparseNetwork(weights, Mask.dense(weights.architecture()));
        assertThat(network.hidden()).isEqualTo(2);
        assertThat(network.hiddenUnits()).isEqualTo(3);
        assertThat(network.units()).isEqualTo(6);
        assertThat(network.logits(new double[] {0.25, 0.5, 0.75, 0.125})).containsExactly(0.75, -1.5);
    }

    @Test
    void valuesThatAreOnlyCarriedAreNotRounded() {
        Graph graph = new GraphBuilder(Shape.of(1, 2, 2))
                .maxPool("pool", 2)
                .linear("out", 2)
                .build();
        Weights weights = new Weights(new Architecture(graph));
        Arrays.fill(weights.matrix(0), 1);
        SparseNetwork network = new SparseNetwork(weights, Mask.dense(weights.architecture()));
        double[] reach = {1, 1, 1, 1};
        assertThat(network.layer(0).slack(0, reach)).isLessThan(1e-13);
        assertThat(network.layer(2).slack(0, new double[] {1, 1})).isGreaterThan(1e-7);
    }

    @Test
    void whatIsTooLargeIsRefusedInOneLine() {
        Graph graph = NamedNetworks.graph("vgg16-bn", Shape.of(3, 32, 32), 10);
        Weights weights = new Weights(new Architecture(graph));
        assertThatThrownBy(() -> new SparseNetwork(weights, Mask.dense(weights.architecture())))
                .isInstanceOf(UserException.class)
                .hasMessage("the network is too large to be certified: unrolled over all positions it has 313,788,928"
                        + " weights, expected at most 33,554,432; a sparser network has fewer");
    }

    @Test
    void refusesWhatIsNotFinite() {
        Graph graph = SmallGraphs.graph(1, Stream.root(3));
        Weights weights = SmallGraphs.weights(graph, 1, Stream.root(3));
        weights.values("n1.running_var")[0] = -1;
        assertThatThrownBy(() -> new SparseNetwork(weights, Mask.dense(weights.architecture())))
                .hasMessage("a network to be certified has variances from 0, layer n1 holds -1.0");
        weights.values("n1.running_var")[0] = Float.NaN;
        assertThatThrownBy(() -> new SparseNetwork(weights, Mask.dense(weights.architecture())))
                .hasMessage("a network to be certified has finite values, layer n1 holds NaN");
        weights.values("n1.running_var")[0] = 1;
        weights.matrix(0)[0] = Float.POSITIVE_INFINITY;
        assertThatThrownBy(() -> new SparseNetwork(weights, Mask.dense(weights.architecture())))
                .hasMessage("a network to be certified has finite weights, layer 0 holds Infinity");
    }
}
