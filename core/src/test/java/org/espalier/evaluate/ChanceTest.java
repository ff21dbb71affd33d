package org.espalier.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChanceTest {
    @Test
    void chanceIsTheShareOfTheMostFrequentClass() {
        assertThat(Chance.of(new int[] {0, 0, 0, 3}).share()).isEqualTo(0.75);
        assertThat(Chance.of(new int[] {2}).share()).isEqualTo(1);
        assertThat(Chance.ofEqual(4).share()).isEqualTo(0.25);
    }

    @Test
    void anAccuracyUpToChanceShowsNothing() {
        Chance chance = Chance.of(new int[] {0, 0, 0, 1});
        assertThat(chance.covers(0.75)).isTrue();
        assertThat(chance.covers((0.75 + 0.75 + 0.75) / 3)).isTrue();
        assertThat(chance.covers(0.7500001)).isFalse();
    }

    @Test
    void noImagesHaveNoChance() {
        assertThatThrownBy(() -> Chance.of(new int[0])).hasMessage("chance needs at least one image");
        assertThatThrownBy(() -> new Chance(Double.NaN)).hasMessageContaining("0 .. 1");
    }
}
