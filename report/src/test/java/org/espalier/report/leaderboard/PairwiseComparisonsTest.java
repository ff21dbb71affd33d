package org.espalier.report.leaderboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Methods compared image by image in the trials that they have in common. */
class PairwiseComparisonsTest {
    private static final int IMAGES = 400;

    /** The first images of each trial count, from trial 1 on; a trial with a negative number was not measured. */
    private static PairwiseComparisons.Method method(String name, int... right) {
        SortedMap<Integer, double[]> trials = new TreeMap<>();
        for (int trial = 0; trial < right.length; trial++) {
            if (right[trial] >= 0) {
                double[] images = new double[IMAGES];
                Arrays.fill(images, 0, right[trial], 1);
                trials.put(trial + 1, images);
            }
        }
        return new PairwiseComparisons.Method(name, trials);
    }

    @Test
    void aLargeSteadyDifferenceIsShownAndASmallOneIsNot() {
        PairwiseComparisons pairs = PairwiseComparisons.of(
                List.of(method("a", 300, 302, 301), method("b", 299, 302, 300), method("c", 100, 101, 99)));
        assertThat(pairs.best()).contains("a");
        assertThat(pairs.standing("a")).isEqualTo("best");
        assertThat(pairs.standing("b")).isEqualTo("within noise");
        assertThat(pairs.standing("c")).isEqualTo("shown worse");
        assertThat(pairs.standing("d")).isEqualTo("not compared");
        assertThat(pairs.shownWorse("a")).isEqualTo(1);
        assertThat(pairs.shownWorse("b")).isEqualTo(1);
        assertThat(pairs.shownWorse("c")).isZero();
        PairwiseComparisons.Pair behind = pairs.behindBest("c").orElseThrow();
        assertThat(behind.difference().mean()).isCloseTo((200 + 201 + 202) / (3.0 * IMAGES), within(1e-12));
        assertThat(behind.interval().low()).isBetween(0.4, 0.5);
        assertThat(pairs.behindBest("a")).isEmpty();
        assertThat(pairs.pairs())
                .hasSize(3)
                .anySatisfy(pair -> assertThat(pair.adjusted())
                        .isGreaterThan(pair.difference().p()));
    }

    @Test
    void aLeadThatTheCommonTrialsContradictIsNotShown() {
        PairwiseComparisons pairs = PairwiseComparisons.of(List.of(method("a", 100, 400), method("b", 240)));
        assertThat(pairs.behindBest("b").orElseThrow().difference().mean()).isNegative();
        assertThat(pairs.standing("b")).isEqualTo("within noise");
        assertThat(pairs.shownWorse("a")).isZero();
    }

    @Test
    void onlyTrialsOfBothCountAndWithoutOneNothingIsCompared() {
        PairwiseComparisons pairs = PairwiseComparisons.of(
                List.of(method("a", 300, -1, 200), method("b", -1, 250, 100), method("c", -1, 90, -1)));
        assertThat(pairs.behindBest("b").orElseThrow().difference().trials()).isEqualTo(1);
        assertThat(pairs.behindBest("b").orElseThrow().difference().mean()).isCloseTo(0.25, within(1e-12));
        assertThat(pairs.standing("c")).isEqualTo("not compared");
        assertThat(pairs.pairs()).hasSize(2);
    }

    @Test
    void nothingMeasuredHasNoBest() {
        PairwiseComparisons pairs = PairwiseComparisons.of(List.of());
        assertThat(pairs.best()).isEmpty();
        assertThat(pairs.behindBest("a")).isEmpty();
        assertThat(pairs.standing("a")).isEqualTo("not compared");
    }
}
