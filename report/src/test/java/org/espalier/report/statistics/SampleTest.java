package org.espalier.report.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void dividesTheSquaresByOneLessThanTheCount() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 32, sample variance 32/7.
        Sample sample = Sample.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0));
        assertThat(sample.count()).isEqualTo(8);
        assertThat(sample.mean()).isEqualTo(5);
        assertThat(sample.deviation().orElseThrow()).isCloseTo(Math.sqrt(32 / 7.0), within(1e-15));
    }

    @Test
    void doesNotLoseASmallSpreadBesideALargeMean() {
        Sample sample = Sample.of(List.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16));
        assertThat(sample.deviation().orElseThrow()).isCloseTo(Math.sqrt(30), within(1e-12));
    }

    @Test
    void saysNothingAboutTheSpreadOfOneNumber() {
        Sample sample = Sample.of(List.of(0.5));
        assertThat(sample.mean()).isEqualTo(0.5);
        assertThat(sample.deviation()).isEmpty();
    }

    @Test
    void hasNoMeanWithoutNumbers() {
        assertThat(Sample.of(List.of()).count()).isZero();
        assertThat(Sample.of(List.of()).mean()).isNaN();
    }
}
