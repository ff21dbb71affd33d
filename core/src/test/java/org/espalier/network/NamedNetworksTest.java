package org.espalier.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedNetworksTest {
    private static final Shape DIGITS = Shape.of(1, 28, 28);
    private static final Shape COLOUR = Shape.of(3, 32, 32);

    /** Weights and multiply-adds as computed from the shapes in the literature's tables. */
    @ParameterizedTest
    @CsvSource({
        "cnn-small,    1, 28,   166248,    609384",
        "cnn-small,    3, 32,   214760,    926696",
        "lenet5,       1, 28,    61470,    416520",
        "lenet-caffe,  1, 28,   430500,   2293000",
        "cnn-large,    1, 28,  1973536,  12133888",
        "madry,        1, 28,  3273504,  13883904",
        "conv2,        3, 32,  4300992,  43780608",
        "conv4,        3, 32,  2425024,  98306560",
        "conv6,        3, 32,  2261184, 153881088",
        "resnet8,      3, 32,    74800,  12239488",
        "resnet20,     3, 32,   268336,  40551040",
        "vgg16-bn,     3, 32, 15302848, 313788928",
        "resnet18,     3, 32, 11164352, 555422720"
    })
    void hasTheWeightsAndTheWorkOfItsShapes(String name, int channels, int side, int weights, long products) {
        Graph graph = NamedNetworks.graph(name, Shape.of(channels, side, side), 10);
        Architecture architecture = new Architecture(graph);
        long work = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            Shape out = graph.shape(architecture.node(layer));
            work += (long) architecture.weights(layer) * (out.elements() / out.size(0));
        }
        assertThat(architecture.weights()).isEqualTo(weights);
        assertThat(work).isEqualTo(products);
        assertThat(architecture.classes()).isEqualTo(10);
    }

    @Test
    void saysThatANetworkDoesNotFitTheImages() {
        assertThatThrownBy(() -> NamedNetworks.graph("lenet-caffe", Shape.of(1, 8, 8), 10))
                .hasMessage("network lenet-caffe does not fit images of 1 x 8 x 8: layer conv2 has a window of 5, pool1"
                        + " gives 20 x 2 x 2");
    }

    @Test
    void listsTheKnownNames() {
        assertThatThrownBy(() -> NamedNetworks.graph("cnn-tiny", DIGITS, 10))
                .hasMessageStartingWith("no network is called \"cnn-tiny\", known are cnn-small, lenet5, ");
        assertThat(NamedNetworks.all()).hasSize(13 - 1).containsKey("resnet18");
        assertThat(new Architecture(NamedNetworks.graph("cnn-small", COLOUR, 10)))
                .hasToString("3x32x32 16c4s2p1 32c4s2p1 100 10");
    }
}
