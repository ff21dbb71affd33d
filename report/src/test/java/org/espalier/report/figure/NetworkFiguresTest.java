package org.espalier.report.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.report.chart.Curve;
import org.junit.jupiter.api.Test;

class NetworkFiguresTest {
    /** Three inputs, two hidden units, two classes; positions are output * inputs + input. */
    private static final Architecture SHAPE = Architecture.of(3, List.of(2), 2, false);

    @Test
    void jaccardCountsSharedSurvivorsOfAllLayers() {
        Mask one = mask(bits(0, 1, 2), bits(0));
        Mask other = mask(bits(1, 2, 3), bits(1));

        // Two shared of four in the first layer, none of two in the second.
        assertThat(NetworkFigures.jaccard(one, other)).isEqualTo(2.0 / 6);
        assertThat(NetworkFigures.jaccard(one, one)).isEqualTo(1);
    }

    @Test
    void chanceIsWhatRandomMasksOfTheSameCountsShare() {
        Mask one = mask(bits(0, 1, 2), bits(0));
        Mask other = mask(bits(1, 2, 3), bits(1));

        // Expected shared: 3 * 3 / 6 and 1 * 1 / 4; in either: 6 and 2 less these.
        assertThat(NetworkFigures.jaccardByChance(one, other)).isEqualTo(1.75 / (8 - 1.75), within(1e-12));
        assertThat(NetworkFigures.jaccardByChance(Mask.dense(SHAPE), Mask.dense(SHAPE)))
                .isEqualTo(1);
    }

    @Test
    void smoothedDensitiesHaveAreaOne() {
        double[] bins = new double[512];
        java.util.Arrays.fill(bins, 150, 362, 7);

        Curve curve = NetworkFigures.smoothed(bins, 0.3);

        double area = 0;
        for (int i = 1; i < curve.size(); i++) {
            area += (curve.x()[i] - curve.x()[i - 1]) * (curve.y()[i] + curve.y()[i - 1]) / 2;
        }
        assertThat(area).isEqualTo(1, within(0.01));
        assertThat(curve.y()[curve.size() / 2]).isEqualTo(1 / (0.6 * 212 / 512), within(0.05));
        assertThat(NetworkFigures.smoothed(new double[512], 1).isEmpty()).isTrue();
    }

    private static Mask mask(BitSet... layers) {
        return Mask.of(SHAPE, layers);
    }

    private static BitSet bits(int... positions) {
        BitSet bits = new BitSet();
        for (int position : positions) {
            bits.set(position);
        }
        return bits;
    }
}
