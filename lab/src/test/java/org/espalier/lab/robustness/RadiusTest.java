package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RadiusTest {
    /** As people write them: fractions of 255 unless a short decimal is the same number. */
    @ParameterizedTest
    @CsvSource({"0.003921569, 1/255", "0.03137255, 8/255", "0.2, 0.2", "0.3, 0.3", "1, 1.0", "0.0312345, 0.0312345"})
    void radiiAreFractionsOf255WherePeopleWouldWriteThem(float epsilon, String text) {
        assertThat(ThreatModel.radius(epsilon)).isEqualTo(text);
        assertThat(new ThreatModel(Norm.LINF, epsilon)).hasToString(Norm.LINF + " " + text);
    }

    @ParameterizedTest
    @CsvSource({"LINF, 1, 1.5", "L2, 28, 300", "L1, 784, 785"})
    void aBallThatHoldsEveryImageIsRefused(Norm norm, float most, float more) {
        assertThatCode(() -> Radius.check(new ThreatModel(norm, most), 784, "--epsilon"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Radius.check(new ThreatModel(norm, more), 784, "--epsilon"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--epsilon is " + EvaluationRequest.number(more) + ", expected at most "
                        + EvaluationRequest.number(most) + " in ");
    }
}
