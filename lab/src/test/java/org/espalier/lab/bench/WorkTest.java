package org.espalier.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class WorkTest {
    private static final Architecture SHAPE = new Architecture(List.of(4, 3, 2), false);

    private static Mask mask(int first, int second) {
        BitSet[] survivors = {new BitSet(), new BitSet()};
        survivors[0].set(0, first);
        survivors[1].set(0, second);
        return Mask.of(SHAPE, survivors);
    }

    @Test
    void operationsCountSurvivingWeightsInEachPass() {
        Mask mask = mask(5, 2);
        // Forward 7, back to the hidden layer 2, gradients 7; a multiply-add is two operations.
        assertThat(Work.NATURAL.operations(mask)).isEqualTo(2 * 60 * (7 + 2 + 7));
        // Twice that, for both halves, and the way back to the inputs of the clean pass (its hidden part anew: 7).
        assertThat(Work.FGSM.operations(mask)).isEqualTo(2 * 60 * (2 * (7 + 2 + 7) + 7));
        assertThat(Work.PGD.operations(mask)).isEqualTo(2 * 60 * (2 * (7 + 2 + 7) + 10 * (7 + 7)));
        assertThat(Work.EVALUATION.operations(mask)).isEqualTo(2 * (10 * (7 + 7) + 2 * 7));
    }

    @Test
    void randomMasksKeepTheCountsOfEachLayer() {
        Mask like = RandomMasks.like(mask(5, 2), Stream.root(1));
        assertThat(like.survivors(0).cardinality()).isEqualTo(5);
        assertThat(like.survivors(1).cardinality()).isEqualTo(2);
        Mask half = RandomMasks.draw(SHAPE, 0.5, Stream.root(1));
        assertThat(half.survivors(0).cardinality()).isEqualTo(6);
        assertThat(half.survivors(1).cardinality()).isEqualTo(3);
    }

    @Test
    void ratesAreMediansWithQuartiles() {
        assertThat(Rate.of(new double[] {5, 1, 4, 2, 3})).isEqualTo(new Rate(3, 2, 4));
        assertThat(Rate.of(new double[] {4, 2})).isEqualTo(new Rate(3, 2, 4));
        assertThat(Rate.of(new double[] {7})).isEqualTo(new Rate(7, 7, 7));
        assertThat(new Rate(3, 2, 4).times(10)).isEqualTo(new Rate(30, 20, 40));
    }
}
