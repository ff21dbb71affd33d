package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RadiusTest {
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
