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
}
