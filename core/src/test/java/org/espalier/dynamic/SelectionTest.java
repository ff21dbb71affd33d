package org.espalier.dynamic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final Stream DRAWS = Stream.root(5);

    @Test
    void findsTheElementThatSortingFinds() {
        int[] keys = new int[1000];
        Arrays.setAll(keys, i -> (int) DRAWS.bits(i) >> i % 20);
        long[] sorted =
                Arrays.stream(keys).mapToLong(Integer::toUnsignedLong).sorted().toArray();
        Selection selection = new Selection();
        for (int k : new int[] {1, 2, 17, 500, 999, 1000}) {
            assertThat(Integer.toUnsignedLong(selection.smallest(keys, keys.length, k)))
                    .isEqualTo(sorted[k - 1]);
        }
    }

    @Test
    void keysOrderAsNumbersDo() {
        float[] ascending = {
            Float.NEGATIVE_INFINITY, -3, -1e-30f, 0, Float.MIN_VALUE, 2, Float.POSITIVE_INFINITY, Float.NaN
        };
        for (int i = 1; i < ascending.length; i++) {
            assertThat(Integer.compareUnsigned(Selection.key(ascending[i - 1]), Selection.key(ascending[i])))
                    .isNegative();
        }
        assertThat(Selection.key(-0f)).isEqualTo(Selection.key(0f));
        assertThat(Selection.magnitude(-2)).isEqualTo(Selection.magnitude(2)).isGreaterThan(Selection.magnitude(1));
    }

    @Test
    void choosesExactlyAsManyAndTiesByTheStreamNotByPosition() {
        int[] keys = new int[100];
        keys[7] = -1; // the highest
        BitSet all = new BitSet();
        all.set(0, 100);
        Selection selection = new Selection();
        BitSet lowest = selection.lowest(all, keys, 30, DRAWS);
        assertThat(lowest.cardinality()).isEqualTo(30);
        assertThat(lowest.get(7)).isFalse();
        assertThat(lowest.length()).isGreaterThan(60);
        assertThat(selection.lowest(all, keys, 30, DRAWS)).isEqualTo(lowest);
        assertThat(selection.lowest(all, keys, 30, DRAWS.child(1))).isNotEqualTo(lowest);
        assertThat(selection.highest(all, keys, 1, DRAWS).nextSetBit(0)).isEqualTo(7);
        assertThat(selection.lowest(all, keys, 0, DRAWS).isEmpty()).isTrue();
        assertThat(selection.lowest(all, keys, 200, DRAWS)).isEqualTo(all);
    }
}
