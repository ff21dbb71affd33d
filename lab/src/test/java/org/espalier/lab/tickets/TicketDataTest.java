package org.espalier.lab.tickets;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.GraphBuilder;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;

class TicketDataTest {
    private static final Path FILE = Path.of("net.safetensors");

    private static void check(int inputs, int outputs) {
        check(new Architecture(List.of(inputs, outputs), false));
    }

    private static void check(Architecture architecture) {
        Split split = new Split("train", new ImageShape(2, 3), new byte[18], new int[] {0, 1, 2});
        DataSet set = new DataSet("three", 2, 3, 3, split, split, Map.of());
        TicketData.check(new StoredNetwork(new Weights(architecture), Mask.dense(architecture)), set, FILE);
    }

    @Test
    void aNetworkHasAtLeastAsManyOutputsAsTheDataHasClasses() {
        assertThatCode(() -> check(6, 3)).doesNotThrowAnyException();
        assertThatCode(() -> check(6, 4)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(6, 2))
                .isInstanceOf(UserException.class)
                .hasMessage("net.safetensors has 2 outputs, expected at least 3, the classes of data set three");
        assertThatThrownBy(() -> check(7, 3))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("net.safetensors has 7 inputs, expected the 6 pixels");
    }

    @Test
    void aNetworkOfImagesReadsTheirRowsAndColumns() {
        assertThatCode(() -> check(convolution(1, 2, 3))).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(convolution(1, 3, 2)))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "net.safetensors reads images of 1 x 3 x 2 (channels x rows x columns), expected 1 x 2 x 3, the"
                                + " images of data set three");
    }

    private static Architecture convolution(int channels, int rows, int columns) {
        return new Architecture(new GraphBuilder(Shape.of(channels, rows, columns))
                .conv("conv1", 2, 2, 1, 0, true)
                .linear("fc1", 3)
                .build());
    }
}
