package org.espalier.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.espalier.engine.ActivationPanels;
import org.espalier.random.Stream;

class BlockedCsrTest {
    @Property(tries = 200)
    void everyWeightHasOnePlaceAndRowsGoOnInColumnOrder(
            @ForAll @IntRange(max = 60) int rows,
            @ForAll @IntRange(min = 1, max = 900) int columns,
            @ForAll @DoubleRange(min = 0, max = 1) double density,
            @ForAll boolean narrow,
            @ForAll long seed) {
        Stream draws = Stream.root(seed);
        int[] at = IntStream.range(0, rows * columns)
                .filter(i -> draws.uniform(i) < density)
                .toArray();
        int[] row = IntStream.of(at).map(i -> i / columns).toArray();
        int[] column = IntStream.of(at).map(i -> i % columns).toArray();
        int[] taken = new int[at.length];

        BlockedCsr cuts = BlockedCsr.of(rows, columns, row, column, narrow, taken);

        BitSet seen = new BitSet();
        IntStream.of(taken).forEach(seen::set);
        assertThat(seen.cardinality()).isEqualTo(at.length);
        int place = 0;
        int[] last = IntStream.range(0, rows).map(r -> -1).toArray();
        for (int block = 0; block < cuts.blocks(); block++) {
            for (int r = 0; r < rows; r++) {
                assertThat(cuts.from(block, r)).isEqualTo(place);
                for (; place < cuts.to(block, r); place++) {
                    assertThat(row[taken[place]]).isEqualTo(r);
                    assertThat(column[taken[place]]).isGreaterThan(last[r]);
                    last[r] = column[taken[place]];
                    if (narrow && cuts.blocks() > 1) {
                        assertThat(block * cuts.width() * ActivationPanels.ROW_BYTES + cuts.offsets()[place])
                                .isEqualTo(column[taken[place]] * ActivationPanels.ROW_BYTES);
                    }
                }
            }
        }
        assertThat(place).isEqualTo(at.length);
    }

    @Property(tries = 50)
    void manyWeightsAreCutIntoBlocksOfNeighbouringColumns(@ForAll boolean narrow) {
        int columns = 300;
        int[] row = IntStream.range(0, 2 * columns).map(i -> i / columns).toArray();
        int[] column = IntStream.range(0, 2 * columns).map(i -> i % columns).toArray();
        int[] taken = new int[row.length];

        BlockedCsr cuts = BlockedCsr.of(2, columns, row, column, narrow, taken);

        assertThat(cuts.blocks()).isGreaterThan(1);
        for (int block = 1; block < cuts.blocks(); block++) {
            int ends = column[taken[cuts.to(block - 1, 0) - 1]];
            assertThat(column[taken[cuts.from(block, 0)]]).isEqualTo(ends + 1);
            assertThat(column[taken[cuts.from(block, 1)]]).isEqualTo(ends + 1);
        }
    }
}
