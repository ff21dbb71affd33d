package org.espalier.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CrossoverTest {
    private static final double[] DENSITIES = {0.4, 0.6, 0.8};

    private static Crossover of(double[] first, double[] second, double dense) {
        return Crossover.of(DENSITIES, new double[][] {first, second}, new double[] {dense, dense});
    }

    @Test
    void liesWhereTheLinesOfTimesCross() {
        Crossover crossover = of(new double[] {40, 60, 80}, new double[] {40, 60, 80}, 65);
        assertThat(crossover.measured()).isTrue();
        assertThat(crossover.density()).isCloseTo(0.65, within(1e-12));
        assertThat(crossover.dense(0.64)).isFalse();
        assertThat(crossover.dense(0.66)).isTrue();
    }

    @Test
    void isTheMeanOfBothHalves() {
        assertThat(of(new double[] {40, 60, 80}, new double[] {50, 70, 90}, 65).density())
                .isCloseTo(0.60, within(1e-12));
    }

    @Test
    void sparseKernelsThatAlwaysWinLeaveOnlyFullLayersDense() {
        Crossover crossover = of(new double[] {4, 6, 8}, new double[] {4, 6, 8}, 65);
        assertThat(crossover.dense(0.99)).isFalse();
        assertThat(crossover.dense(1)).isTrue();
    }

    @Test
    void nothingIsClaimedBelowTheLowestDensityMeasured() {
        assertThat(of(new double[] {70, 80, 90}, new double[] {70, 80, 90}, 65).density())
                .isEqualTo(0.4);
    }

    @Test
    void halvesThatDisagreeLeaveTheDefault() {
        assertThat(of(new double[] {40, 60, 80}, new double[] {60, 80, 100}, 65))
                .isSameAs(Crossover.DEFAULT);
    }
}
