package org.espalier.lab.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.data.DataProgress;
import org.espalier.data.catalogue.DataSets;
import org.junit.jupiter.api.Test;

/** The self-test of {@code espalier evaluate --self-test} passes, on a quarter of its images. */
class SelfTestTest {
    private static final int IMAGES = 32;

    @Test
    void everyNetworkGetsItsKnownResult() {
        var shown = new ArrayList<SelfTest.Answer>();
        List<SelfTest.Answer> answers =
                new SelfTest(DataSets.load("digits", Optional.empty(), DataProgress.NONE), 2, IMAGES).run(shown::add);
        assertThat(shown).isEqualTo(answers);
        assertThat(answers)
                .extracting(SelfTest.Answer::expected)
                .satisfiesExactly(
                        undefended -> assertThat(undefended).contains("2 % at most", "no rule broken"),
                        saturated -> assertThat(saturated).contains("gradient"),
                        quantised -> assertThat(quantised).contains("gradient", "white-box"),
                        linear -> assertThat(linear).contains("exact"));
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.right())
                        .as("%s: expected %s, found %s", answer.name(), answer.expected(), answer.found())
                        .isTrue());
        assertThat(answers.get(1).found()).contains("broken: ", "gradient");
        assertThat(answers.get(2).found()).contains("broken: ", "gradient", "white-box");
    }
}
