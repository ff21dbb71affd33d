package org.espalier.report.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HolmTest {
    /** The example of Wikipedia's "Holm-Bonferroni method"; R's p.adjust gives 0.03, 0.06, 0.06, 0.02. */
    @Test
    void agreesWithAPublishedExample() {
        List<Double> adjusted = Holm.adjust(List.of(0.01, 0.04, 0.03, 0.005));
        List<Double> expected = List.of(0.03, 0.06, 0.06, 0.02);
        for (int i = 0; i < 4; i++) {
            assertThat(adjusted.get(i)).isCloseTo(expected.get(i), within(1e-15));
        }
    }

    /**
     * The step-down procedure in Holm's own words: compare the smallest with a/m, the next with a/(m-1), and stop at
     * the first that is larger.
     */
    @Property(tries = 300)
    void rejectsWhatTheStepDownProcedureRejects(
            @ForAll @Size(min = 1, max = 20) List<@DoubleRange(min = 0, max = 0.2) Double> pValues,
            @ForAll @DoubleRange(min = 0.01, max = 0.2) double level) {
        List<Double> ascending = new ArrayList<>(pValues);
        Collections.sort(ascending);
        int rejected = 0;
        while (rejected < ascending.size() && ascending.get(rejected) * (ascending.size() - rejected) <= level) {
            rejected++;
        }
        assertThat(Holm.adjust(pValues).stream().filter(p -> p <= level).count())
                .isEqualTo(rejected);
    }

    @Test
    void oneTestIsLeftAsItIs() {
        assertThat(Holm.adjust(List.of(0.04))).containsExactly(0.04);
        assertThat(Holm.adjust(List.of())).isEmpty();
    }

    @Test
    void whatIsNoProbabilityIsRefused() {
        assertThatThrownBy(() -> Holm.adjust(List.of(Double.NaN))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Holm.adjust(List.of(1.5))).isInstanceOf(IllegalArgumentException.class);
    }
}
