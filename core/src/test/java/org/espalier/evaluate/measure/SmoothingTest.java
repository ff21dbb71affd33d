package org.espalier.evaluate.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Gaussian;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmoothingTest {
    /** A network whose class is 0 where the first input is above 0.5, else 1. */
    private static Engine border(KernelMode mode) {
        Architecture network = new Architecture(List.of(2, 2), true);
        Weights weights = new Weights(network);
        weights.matrix(0)[0] = 1;
        weights.biases(0)[0] = -0.5f;
        Engine engine = Engines.create(network, mode);
        engine.load(weights, Mask.dense(network));
        return engine;
    }

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

    @ParameterizedTest
    @CsvSource({"66, 34, 0, .00179, true", "67, 33, 0, .00087, false", "34, 0, 66, .00179, true"})
    void theTwoClassesOfMostDrawsDecide(int first, int second, int third, double chance, boolean abstains) {
        Smoothing.Prediction found =
                new Smoothing.Settings(1, 1, 100, 0.001).prediction(new int[] {first, second, third});
        assertThat(found.picked()).isEqualTo(first > third ? 0 : 2);
        assertThat(found.hits()).isEqualTo(Math.max(first, third));
        assertThat(found.second()).isEqualTo(100 - found.hits());
        assertThat(found.chance()).isCloseTo(chance, within(6e-6));
        assertThat(found.abstains()).isEqualTo(abstains);
    }

    /** Draws of other classes do not count: 8 against 1 is as of 9 draws, p = 2 (1 + 9) / 2^9. */
    @Test
    void drawsOfOtherClassesDoNotCount() {
        Smoothing.Settings settings = new Smoothing.Settings(1, 1, 10, 0.05);
        Smoothing.Prediction found = settings.prediction(new int[] {1, 1, 8});
        assertThat(found.chance()).isCloseTo(20.0 / 512, within(1e-12));
        assertThat(found).isEqualTo(new Smoothing.Prediction(2, 8, 1, found.chance(), false));
        assertThat(settings.prediction(new int[] {4, 4, 2})).isEqualTo(new Smoothing.Prediction(0, 4, 4, 1, true));
        assertThat(settings.prediction(new int[] {10}).abstains()).isFalse();
    }

    /** White images lie 0.5 from the border: sigma is such that about 66 of 100 draws stay on their side. */
    @Test
    void predictAbstainsUpToSixtySixOfAHundred() {
        Split split = new Split("test", 2, new byte[] {(byte) 255, 0, 0, 0}, new int[] {0, 1});
        Smoothing.Settings settings = new Smoothing.Settings(1.19, 1, 100, 0.001);
        Set<Integer> seen = new HashSet<>();
        Smoothing dense = new Smoothing(border(KernelMode.DENSE), settings);
        Smoothing sparse = new Smoothing(border(KernelMode.SPARSE), settings);
        for (int seed = 0; seed < 60; seed++) {
            Stream noise = Stream.root(seed);
            Smoothing.Prediction found = dense.predict(split, 0, noise);
            int draws = 0;
            for (int draw = 0; draw < 100; draw++) {
                double moved = 1.19 * Gaussian.at(noise.child(0).child("predict"), draw, 0);
                draws += (float) (1 + moved) - 0.5f > 0 ? 1 : 0;
            }
            assertThat(found.picked()).isEqualTo(draws >= 50 ? 0 : 1);
            assertThat(found.hits()).isEqualTo(Math.max(draws, 100 - draws));
            assertThat(found.second()).isEqualTo(100 - found.hits());
            assertThat(found.abstains()).isEqualTo(found.hits() <= 66);
            seen.add(found.hits());
            sparse.predict(split, 1, noise); // an image before it changes nothing
            assertThat(sparse.predict(split, 0, noise)).isEqualTo(found);
        }
        assertThat(seen).contains(66, 67);
    }

    @Test
    void noFailureInNTellsAboutThreeOverN() {
        assertThat(Binomial.upper(0, 1000, 0.05)).isCloseTo(3.0 / 1000, within(1e-5));
        assertThat(Binomial.upper(3, 10, 0.05)).isCloseTo(0.60662, within(1e-4));
    }

    /** The class is the sign of x - 0.5: the certified radius can be at most the distance from 0.5, and comes near it. */
    @Test
    void theCertificateOfALinearNetworkIsNearItsDistanceAndNeverBeyond() {
        Split split = new Split("test", 2, new byte[] {(byte) 255, 0, 51, 0}, new int[] {0, 1});
        Smoothing.Settings settings = new Smoothing.Settings(0.5, 100, 10_000, 0.001);
        for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            Smoothing smoothing = new Smoothing(border(mode), settings);
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
