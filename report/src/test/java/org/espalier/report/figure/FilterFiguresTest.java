package org.espalier.report.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.espalier.report.chart.Panel;
import org.junit.jupiter.api.Test;

class FilterFiguresTest {
    private static BitSet bits(int... at) {
        BitSet bits = new BitSet();
        for (int bit : at) {
            bits.set(bit);
        }
        return bits;
    }

    /** Two filters of 2 x 2 stand side by side with one empty column between them. */
    @Test
    void aWeightIsACellAndAPrunedOneIsGray() {
        var filters = new FilterFigures.Filters(
                "conv1", 2, 1, 2, new float[] {1, -2, 0, 0, 2, 0, 0, -1}, bits(0, 1, 2, 4, 7));

        Panel.Picture picture = filters.picture("50.0 %");

        assertThat(picture.rows()).isEqualTo(2);
        assertThat(picture.columns()).isEqualTo(5);
        String pruned = "#c3c8ce";
        assertThat(picture.colors())
                .isEqualTo(List.of(
                        FilterFigures.signed(0.5),
                        FilterFigures.signed(-1),
                        "",
                        FilterFigures.signed(1),
                        pruned,
                        FilterFigures.signed(0),
                        pruned,
                        "",
                        pruned,
                        FilterFigures.signed(-0.5)));
        assertThat(FilterFigures.signed(1)).isEqualTo("#2166ac");
        assertThat(FilterFigures.signed(-1)).isEqualTo("#b2182b");
    }

    /** Channels lie one after the other in the weights of a filter. */
    @Test
    void threeChannelsAreAColour() {
        var filters = new FilterFigures.Filters("conv1", 1, 3, 1, new float[] {2, 0, -2}, bits(0, 2));
        assertThat(filters.picture("").colors()).containsExactly("#ff8000");
        var pruned = new FilterFigures.Filters("conv1", 1, 3, 1, new float[] {0, 0, 0}, bits());
        assertThat(pruned.picture("").colors()).containsExactly("#ffffff");
    }

    @Test
    void otherNumbersOfChannelsAreTheirMean() {
        var filters = new FilterFigures.Filters("conv1", 2, 2, 1, new float[] {1, 3, -1, 0}, bits(0, 1, 2, 3));
        assertThat(filters.picture("").colors())
                .containsExactly(FilterFigures.signed(1), "", FilterFigures.signed(-0.25));
    }

    @Test
    void weightsThatAreAllZeroAreDrawn() {
        var filters = new FilterFigures.Filters("conv1", 1, 1, 1, new float[] {0}, bits(0));
        assertThat(filters.picture("").colors()).containsExactly(FilterFigures.signed(0));
    }

    @Test
    void atMostSixtyFourFiltersAreDrawn() {
        BitSet all = new BitSet();
        all.set(0, 100);
        Panel.Picture picture = new FilterFigures.Filters("conv1", 100, 1, 1, new float[100], all).picture("");
        assertThat(picture.size()).isEqualTo(FilterFigures.MOST);
        assertThat(picture.columns()).isEqualTo(15);
        assertThat(picture.rows()).isEqualTo(15);
    }
}
