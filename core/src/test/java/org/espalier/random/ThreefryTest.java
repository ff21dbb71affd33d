package org.espalier.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThreefryTest {
    /** The known answers that come with Random123, the authors' own library (threefry2x32, 20 rounds). */
    @Test
    void givesTheAuthorsKnownAnswers() {
        assertBlock(0, 0, 0, 0, 0x6b200159, 0x99ba4efe);
        assertBlock(-1, -1, -1, -1, 0x1cb996fc, 0xbb002be7);
        assertBlock(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0);
    }

    private static void assertBlock(int key0, int key1, int counter0, int counter1, int word0, int word1) {
        long block = Threefry.block(key0, key1, counter0, counter1);
        assertThat((int) block).isEqualTo(word0);
        assertThat((int) (block >>> 32)).isEqualTo(word1);
    }

    @Test
    void streamsAreToldApartByEveryPartOfTheirName() {
        Stream root = Stream.root(1);
        assertThat(java.util.stream.Stream.of(
                                root,
                                Stream.root(2),
                                Stream.root(1L << 40),
                                root.child(0),
                                root.child(1),
                                root.child("trial"),
                                root.child("level"),
                                root.child("trial").child(0),
                                root.child(0).child("trial"))
                        .distinct())
                .hasSize(9);
        assertThat(Stream.root(1).child("trial").child(3))
                .isEqualTo(root.child("trial").child(3));
    }

    @Test
    void uniformsFillTheUnitIntervalEvenly() {
        Stream stream = Stream.root(5);
        int[] bins = new int[16];
        for (int i = 0; i < 160_000; i++) {
            float u = stream.uniform(i);
            assertThat(u).isBetween(0f, Math.nextDown(1f));
            bins[(int) (u * 16)]++;
        }
        // Standard deviation of a bin is 97; six of them.
        assertThat(Arrays.stream(bins)).allMatch(n -> Math.abs(n - 10_000) < 600);
    }

    @Test
    void permutationsHoldEveryIndexOnceAndDiffer() {
        int[] order = Stream.root(9).permutation(1000);
        int[] sorted = order.clone();
        Arrays.sort(sorted);
        assertThat(sorted).isEqualTo(IntStream.range(0, 1000).toArray());
        assertThat(order).isNotEqualTo(sorted).isNotEqualTo(Stream.root(10).permutation(1000));
    }
}
