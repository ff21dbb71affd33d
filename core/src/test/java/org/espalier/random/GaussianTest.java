package org.espalier.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GaussianTest {
    private static final int NUMBERS = 2_000_000;

    @Test
    void hasTheMomentsAndTailsOfTheNormalDistribution() {
        Stream stream = Stream.root(1);
        double mean = 0;
        double square = 0;
        double fourth = 0;
        int beyondOne = 0;
        int beyondThree = 0;
        int beyondTheLowestLayer = 0;
        for (int i = 0; i < NUMBERS; i++) {
            double x = Gaussian.at(stream, i / 1000, i % 1000);
            mean += x / NUMBERS;
            square += x * x / NUMBERS;
            fourth += x * x * x * x / NUMBERS;
            beyondOne += Math.abs(x) > 1 ? 1 : 0;
            beyondThree += Math.abs(x) > 3 ? 1 : 0;
            beyondTheLowestLayer += Math.abs(x) > 3.6541528853610088 ? 1 : 0;
        }
        // Five standard deviations of each estimate.
        assertThat(mean).isCloseTo(0, within(5 / Math.sqrt(NUMBERS)));
        assertThat(square).isCloseTo(1, within(5 * Math.sqrt(2.0 / NUMBERS)));
        assertThat(fourth).isCloseTo(3, within(5 * Math.sqrt(96.0 / NUMBERS)));
        assertShare(beyondOne, 0.31731050786);
        assertShare(beyondThree, 0.00269979606);
        assertShare(beyondTheLowestLayer, 0.00025801);
    }

    private static void assertShare(int found, double share) {
        assertThat((double) found / NUMBERS).isCloseTo(share, within(5 * Math.sqrt(share / NUMBERS)));
    }

    @Test
    void aNumberDependsOnStreamExampleAndFeatureOnly() {
        double number = Gaussian.at(Stream.root(1), 5, 7);
        assertThat(Gaussian.at(Stream.root(1), 5, 7)).isEqualTo(number);
        assertThat(Gaussian.at(Stream.root(1), 5, 8)).isNotEqualTo(number);
        assertThat(Gaussian.at(Stream.root(1), 6, 7)).isNotEqualTo(number);
        assertThat(Gaussian.at(Stream.root(2), 5, 7)).isNotEqualTo(number);
    }
}
