package org.espalier.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountingRuleTest {
    @ParameterizedTest
    @CsvSource({
        "0.2, 10, 2, 3",
        "0.2, 12, 2, 3",
        "0.2, 13, 3, 4",
        "0.1, 25, 3, 3",
        "0.1, 35, 4, 5",
        "0.1, 45, 5, 5",
        "0.0, 10, 0, 1",
        "1.0, 10, 10, 10",
        "0.2, 0, 0, 0",
        "0.2, 1, 0, 1",
        "0.2, 235200, 47040, 47041",
        "0.7, 15, 11, 11",
        "0.15, 10, 2, 3",
        "0.35, 10, 4, 5"
    })
    void countsHalvesUpOrAsPublishedHalvesToEvenPlusOne(double fraction, int survivors, int exact, int published) {
        assertThat(CountingRule.EXACT.pruned(fraction, survivors)).isEqualTo(exact);
        assertThat(CountingRule.AS_PUBLISHED.pruned(fraction, survivors)).isEqualTo(published);
    }

    @Test
    void publishedCountsOfThePaperAreMetAtEveryLevelThatIsKnown() {
        int[] counts = paperCounts(CountingRule.AS_PUBLISHED);
        int[] levels = {0, 1, 2, 3, 8, 11, 15, 18, 20};
        assertThat(IntStream.of(levels).map(level -> counts[level]))
                .containsExactly(266_200, 213_057, 170_532, 136_503, 44_909, 23_079, 9_518, 4_908, 3_160);
    }

    @Test
    void exactCountsOfThePapersNetworkAreThese() {
        assertThat(paperCounts(CountingRule.EXACT))
                .containsExactly(
                        266_200, 213_060, 170_538, 136_511, 109_282, 87_490, 70_051, 56_094, 44_923, 35_981, 28_823,
                        23_093, 18_506, 14_834, 11_893, 9_537, 7_650, 6_138, 4_927, 3_957, 3_179);
    }

    /** LeNet-5's weights by halving, as the published results have them. */
    @Test
    void sharesOfAllWeightsAreThoseOfMerkleAndOthers() {
        int[] kept = new int[7];
        kept[0] = 61_470;
        for (int level = 1; level < kept.length; level++) {
            kept[level] = kept[level - 1] - CountingRule.OF_ALL.pruned(0.5, kept[level - 1], kept[0], 0);
        }
        assertThat(kept).containsExactly(61_470, 30_735, 15_368, 7_684, 3_842, 1_921, 960);
        assertThat(CountingRule.OF_ALL.pruned(1, 960, 61_470, 0)).isEqualTo(960);
        assertThat(CountingRule.OF_ALL.pruned(0, 960, 61_470, 0)).isZero();
    }

    /** ceil(p n) + 1, with n of layers that stay too, but no more than there are. */
    @Test
    void openLthCutsOneAboveTheCeilingOfAllThatIsThere() {
        assertThat(CountingRule.OPEN_LTH.pruned(0.2, 12)).isEqualTo(4);
        assertThat(CountingRule.OPEN_LTH.pruned(0.2, 10)).isEqualTo(3);
        assertThat(CountingRule.OPEN_LTH.pruned(0.2, 265_200, 265_200, 1000)).isEqualTo(53_241);
        assertThat(CountingRule.OPEN_LTH.pruned(0.9, 3, 3, 1000)).isEqualTo(3);
        assertThat(CountingRule.OPEN_LTH.pruned(0, 10)).isZero();
    }

    @Test
    void refusesFractionsOutsideZeroToOne() {
        for (double fraction : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CountingRule.EXACT.pruned(fraction, 10))
                    .withMessageContaining("0 to 1");
        }
    }

    /** Surviving weights of 784-300-100-10 by level, at 20 %, 20 % and 10 %. */
    private static int[] paperCounts(CountingRule rule) {
        int[] layers = {235_200, 30_000, 1_000};
        double[] fractions = {0.2, 0.2, 0.1};
        int[] counts = new int[21];
        for (int level = 0; level < counts.length; level++) {
            counts[level] = Arrays.stream(layers).sum();
            for (int layer = 0; layer < layers.length; layer++) {
                layers[layer] -= rule.pruned(fractions[layer], layers[layer]);
            }
        }
        return counts;
    }
}
