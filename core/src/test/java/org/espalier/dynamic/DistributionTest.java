package org.espalier.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributionTest {
    @ParameterizedTest
    @CsvSource({
        "ERK, 0.5, 102100, 30000, 1000",
        "ERK, 0.2, 38159, 14081, 1000",
        "ERK, 0.1, 18714, 6906, 1000",
        "ERK, 0.05, 9051, 3340, 919",
        "ERK, 0.01, 1810, 668, 184",
        "IGQ, 0.5, 106134, 25972, 995",
        "IGQ, 0.2, 34935, 17329, 976",
        "IGQ, 0.1, 15158, 10520, 942",
        "IGQ, 0.05, 6775, 5660, 875",
        "IGQ, 0.01, 1087, 1053, 522"
    })
    void keepsAsManyWeightsAsThePublishedQuotas(
            Distribution distribution, double density, int first, int second, int third) {
        assertThat(distribution.counts(Architecture.PAPER, density)).containsExactly(first, second, third);
    }

    @Test
    void drawsExactCountsThatDependOnTheStreamAlone() {
        Mask mask = Distribution.UNIFORM.draw(Architecture.PAPER, 0.05, Stream.root(1));
        assertThat(List.of(mask.count(0), mask.count(1), mask.count(2))).containsExactly(11760, 1500, 50);
        assertThat(Distribution.UNIFORM.draw(Architecture.PAPER, 0.05, Stream.root(1)))
                .isEqualTo(mask);
        Mask other = Distribution.UNIFORM.draw(Architecture.PAPER, 0.05, Stream.root(2));
        assertThat(other).isNotEqualTo(mask);
        // Two random masks of density d share d / (2 - d) of the weights of either.
        int both = mask.survivors(0).cardinality() + other.survivors(0).cardinality();
        java.util.BitSet shared = mask.survivors(0);
        shared.and(other.survivors(0));
        assertThat((double) shared.cardinality() / (both - shared.cardinality()))
                .isBetween(0.02, 0.032);
    }

    /** Of 784-300-100-10: the first layer whole, and the others at the density itself, so that more is kept than it says. */
    @Test
    void uniformWithADenseFirstLayerLeavesTheDensityOfTheOthers() {
        assertThat(Distribution.UNIFORM_DENSE_FIRST.counts(Architecture.PAPER, 0.02))
                .containsExactly(235_200, 600, 20);
        assertThat(Distribution.UNIFORM_DENSE_FIRST
                        .draw(Architecture.PAPER, 0.02, Stream.root(1))
                        .count())
                .isEqualTo(235_820);
    }

    /** RigL's MNIST networks at 98 %: the second layer has 0.9 of the sparsity, and the last one is dense. */
    @Test
    void riglsSetUpForMnistIsAListOfDensities() {
        Rigl rigl = new Rigl(1, Distribution.ERK, 100, 0.3, 0.75, List.of(0.02, 1 - 0.98 * 0.9, 1.0));
        rigl.check(Architecture.PAPER);
        Mask mask = rigl.start(new Weights(Architecture.PAPER), Stream.root(1));
        assertThat(List.of(mask.count(0), mask.count(1), mask.count(2))).containsExactly(4704, 3540, 1000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rigl.check(new Architecture(List.of(4, 3), false)))
                .withMessage("densities has 3 numbers, expected 1, one for each layer with weights");
    }

    @Test
    void noLayerIsEmptied() {
        Architecture small = new Architecture(List.of(9, 3, 2), false);
        assertThat(Distribution.UNIFORM.counts(small, 0.01)).containsExactly(1, 1);
    }

    /** SET counts by epsilon (inputs + outputs) / (inputs outputs), here with the 13 of its run on Fashion-MNIST. */
    @Test
    void setsEpsilonGivesItsFirstLayersDensity() {
        Architecture network = new Architecture(List.of(784, 1000, 1000, 1000, 10), false);
        double kept = 13.0 * (1784 + 2000 + 2000) + 10_000; // the output layer would have more than all
        List<Double> densities = Distribution.ERK.densities(network, kept / network.weights());
        assertThat(densities.getFirst()).isCloseTo(0.02958, within(5e-6));
        assertThat(densities.getLast()).isEqualTo(1);
    }
}
