package org.espalier.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LivePathsTest {
    @Test
    void weightsThatLeadNowhereOrComeFromNothingAreNotLive() {
        Architecture shape = new Architecture(List.of(3, 3, 2), false);
        // Hidden 0 reads input 0 and is read by logit 1; hidden 1 is read but reads nothing; hidden 2 is never read.
        Mask mask = Mask.of(shape, new byte[][] {{1, 0, 0, 0, 0, 0, 0, 1, 1}, {0, 1, 0, 1, 1, 0}});
        LivePaths paths = new LivePaths(mask);
        assertThat(paths.weights(0).stream()).containsExactly(0);
        assertThat(paths.weights(1).stream()).containsExactly(3);
        assertThat(paths.inputs(0)).containsExactly(0);
    }

    @Test
    void aBiasDrivesAUnitThatReadsNothing() {
        Architecture shape = new Architecture(List.of(3, 3, 2), true);
        Mask mask = Mask.of(shape, new byte[][] {{1, 0, 0, 0, 0, 0, 0, 1, 1}, {0, 1, 0, 1, 1, 0}});
        LivePaths paths = new LivePaths(mask);
        assertThat(paths.weights(1).stream()).containsExactly(1, 3, 4);
        assertThat(paths.inputs(0)).containsExactly(0);
    }

    /** Channel 1 of the first map is read by no weight; the only live tap of conv1 is its window's last, at row 1, column 1. */
    @Test
    void channelsOfConvolutionsLiveAndDieAsAWhole() {
        Graph graph = new GraphBuilder(Shape.of(1, 4, 4))
                .conv("conv1", 2, 2, 2, 0, false)
                .relu("relu1")
                .linear("fc", 2)
                .build();
        Architecture network = new Architecture(graph);
        byte[] linear = new byte[16];
        linear[2] = 1; // channel 0 at (1, 0), to logit 0
        Mask mask = Mask.of(network, new byte[][] {{0, 0, 0, 1, 1, 1, 1, 1}, linear});
        LivePaths paths = new LivePaths(mask);
        assertThat(paths.weights(0).stream()).containsExactly(3);
        assertThat(paths.weights(1).stream()).containsExactly(2);
        assertThat(paths.units("conv1").stream()).containsExactly(0);
        assertThat(paths.networkInputs()).containsExactly(5, 7, 13, 15);
    }

    /** A batch norm shifts what nothing drives, so what reads it stays alive. */
    @Test
    void batchNormDrivesItsChannels() {
        Graph graph = new GraphBuilder(Shape.of(1, 2, 2))
                .conv("conv1", 1, 1, 1, 0, false)
                .norm("norm1")
                .linear("fc", 1)
                .build();
        Mask mask = Mask.of(new Architecture(graph), new byte[][] {{0}, {1, 0, 0, 0}});
        LivePaths paths = new LivePaths(mask);
        assertThat(paths.weights(1).stream()).containsExactly(0);
        assertThat(paths.networkInputs()).isEmpty();
    }

    @Test
    void shortcutsKeepChannelsAlive() {
        Graph graph = new GraphBuilder(Shape.of(2, 2, 2))
                .conv("conv1", 2, 1, 1, 0, false)
                .sum("add", Graph.INPUT)
                .linear("fc", 1)
                .build();
        Mask mask = Mask.of(new Architecture(graph), new byte[][] {{0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 1}});
        LivePaths paths = new LivePaths(mask);
        assertThat(paths.units("add").stream()).containsExactly(1);
        assertThat(paths.networkInputs()).containsExactly(7);
    }
}
