package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmoothingTest {
    @ParameterizedTest
    @CsvSource({
        "100, .933254, 1.50048",
        "1000, .993116, 2.46326",
        "10000, .999309, 3.19858",
        "100000, .99993092, 3.81146"
    })
    void allHitsGiveTheLargestBoundAndRadius(int draws, double bound, double radius) {
        assertThat(Binomial.lower(draws, draws, 0.001)).isCloseTo(bound, within(6e-7));
        assertThat(new Smoothing.Settings(1, 100, draws, 0.001).cap()).isCloseTo(radius, within(6e-6));
    }

    @ParameterizedTest
    @CsvSource({"99999, 3.73913", "99990, 3.49021", "99000, 2.29000", "90000, 1.26484", "50489, 0"})
    void hitsOfAHundredThousandGiveTheirRadius(int hits, double radius) {
        assertThat(new Smoothing.Settings(1, 100, 100_000, 0.001).radius(hits)).isCloseTo(radius, within(6e-6));
    }

    @Test
    void theFirstCountThatDoesNotAbstain() {
        Smoothing.Settings settings = new Smoothing.Settings(1, 100, 100_000, 0.001);
        assertThat(Binomial.lower(50_489, 100_000, 0.001)).isLessThan(0.5);
        assertThat(settings.radius(50_490)).isCloseTo(2.2431e-5, within(1e-9));
    }

    @Test
    void predictDecidesFromSixtySevenOfAHundred() {
        assertThat(Binomial.twoSidedHalf(66, 100)).isCloseTo(.00179, within(6e-6));
        assertThat(Binomial.twoSidedHalf(67, 100)).isCloseTo(.00087, within(6e-6));
    }

    @Test
    void noFailureInNTellsAboutThreeOverN() {
        assertThat(Binomial.upper(0, 1000, 0.05)).isCloseTo(3.0 / 1000, within(1e-5));
        assertThat(Binomial.upper(3, 10, 0.05)).isCloseTo(0.60662, within(1e-4));
    }

    /** The class is the sign of x - 0.5: the certified radius can be at most the distance from 0.5, and comes near it. */
    @Test
    void theCertificateOfALinearNetworkIsNearItsDistanceAndNeverBeyond() {
        Architecture network = new Architecture(List.of(2, 2), true);
        Weights weights = new Weights(network);
        weights.matrix(0)[0] = 1;
        weights.biases(0)[0] = -0.5f;
        Split split = new Split("test", 2, new byte[] {(byte) 255, 0, 51, 0}, new int[] {0, 1});
        Smoothing.Settings settings = new Smoothing.Settings(0.5, 100, 10_000, 0.001);
        for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            Engine engine = Engines.create(network, mode);
            engine.load(weights, Mask.dense(network));
            Smoothing smoothing = new Smoothing(engine, settings);
            Smoothing.Certificate far = smoothing.certify(split, 0, Stream.root(1));
            assertThat(far.picked()).isZero();
            assertThat(far.radius()).isBetween(0.46, 0.5);
            Smoothing.Certificate near = smoothing.certify(split, 1, Stream.root(1));
            assertThat(near.picked()).isEqualTo(1);
            assertThat(near.radius()).isBetween(0.26, 0.3);
            assertThat(smoothing.certify(split, 1, Stream.root(1))).isEqualTo(near);
        }
    }
}
