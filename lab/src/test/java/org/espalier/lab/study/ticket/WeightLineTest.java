package org.espalier.lab.study.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class WeightLineTest {
    private static final Architecture NETWORK = new Architecture(List.of(40, 50), true);

    private static Weights weights(int seed) {
        return InitialWeights.GLOROT_UNIFORM.draw(NETWORK, Stream.root(seed));
    }

    @Test
    void theEndsAreTheNetworksBitForBit() {
        Weights first = weights(1);
        first.matrix(0)[3] = -0f;
        Weights second = weights(2);
        assertThat(WeightLine.at(first, second, 0, 30)).isEqualTo(first);
        assertThat(WeightLine.at(first, second, 30, 30)).isEqualTo(second);
        float middle = WeightLine.at(first, second, 15, 30).matrix(0)[7];
        assertThat(middle).isEqualTo((float) ((0.5 * first.matrix(0)[7]) + 0.5 * second.matrix(0)[7]));
    }

    @Test
    void theBarrierIsTheHighestErrorAboveTheMeanOfTheEnds() {
        assertThat(WeightLine.barrier(new double[] {0.1, 0.5, 0.3})).isCloseTo(0.3, within(1e-15));
        assertThat(WeightLine.barrier(new double[] {0.2, 0.1, 0.2})).isCloseTo(0, within(1e-15));
    }

    /** Independent masks of density d: d / (2 - d); methods of random pruning, section 1.2. */
    @Test
    void independentMasksOverlapAsExpected() {
        for (double density : new double[] {0.1, 0.5, 0.9}) {
            MaskOverlap.Overlap overlap = MaskOverlap.Overlap.of(mask(density, 1), mask(density, 2));
            double expected = density / (2 - density);
            assertThat(overlap.chance()).isCloseTo(expected, within(1e-12));
            assertThat(overlap.found()).isCloseTo(expected, within(0.03));
            assertThat(MaskOverlap.Overlap.of(mask(density, 1), mask(density, 1))
                            .found())
                    .isEqualTo(1);
        }
    }

    private static Mask mask(double density, int seed) {
        int[] order = Stream.root(seed).permutation(2000);
        BitSet kept = new BitSet();
        for (int i = 0; i < density * 2000; i++) {
            kept.set(order[i]);
        }
        return Mask.of(NETWORK, new BitSet[] {kept});
    }
}
