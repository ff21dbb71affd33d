package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.suite.Suites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationStepsTest {
    private static List<Step> steps(float epsilon) {
        return EvaluationSteps.of(Suites.named("standard", Norm.LINF, 10), new ThreatModel(Norm.LINF, epsilon));
    }

    private static List<Float> curve(float epsilon) {
        return steps(epsilon).stream()
                .filter(step -> step.purpose() == Step.Purpose.CURVE)
                .map(step -> step.threat().epsilon())
                .toList();
    }

    @Test
    void theCurveHasShortRadii() {
        assertThat(curve(0.3f)).containsExactly(0.075f, 0.15f, 0.225f, 0.3f, 0.375f, 0.45f, 0.6f);
        assertThat(curve(1f)).containsExactly(0.25f, 0.5f, 0.75f, 1f);
    }

    /** Steps of one name would draw the same noise and overwrite each other. */
    @ParameterizedTest
    @ValueSource(floats = {1, 0.3f, 1e-4f, 1e-5f, 9e-6f, 1e-6f, 1e-7f, 1e-30f, Float.MIN_VALUE})
    void everyStepHasANameOfItsOwn(float epsilon) {
        assertThat(steps(epsilon)).extracting(Step::name).doesNotHaveDuplicates();
        assertThat(curve(epsilon))
                .contains(epsilon)
                .allSatisfy(radius -> assertThat(radius).isPositive());
    }
}
