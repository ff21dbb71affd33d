package org.espalier.evaluate.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.attack.strong.radius.Noise;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuitesTest {
    @Test
    void standardIsAutoAttack() {
        Suite suite = Suites.named("standard", Norm.LINF, 10);
        assertThat(suite.labels()).containsExactly("apgd-ce", "apgd-t", "fab-t", "square");
        assertThat(suite.attacks().get(0).settings())
                .containsEntry("iterations", 100)
                .containsEntry("restarts", 1);
        assertThat(suite.attacks().get(1).settings())
                .containsEntry("loss", "targeted-dlr")
                .containsEntry("iterations", 100)
                .containsEntry("targets", 9);
        assertThat(suite.attacks().get(2).settings())
                .containsEntry("iterations", 100)
                .containsEntry("restarts", 1)
                .containsEntry("targets", 9)
                .containsEntry("alpha-max", 0.1)
                .containsEntry("eta", 1.05)
                .containsEntry("beta", 0.9);
        assertThat(suite.attacks().get(3).settings())
                .containsEntry("queries", 5000)
                .containsEntry("p-init", 0.8);
        assertThat(suite.survivorsOnly()).isTrue();
        assertThat(suite.notes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void everySuiteRunsOnAnyNumberOfClasses(Norm norm) {
        for (String name : Suites.NAMES) {
            if (name.equals("paper") && norm != Norm.LINF) {
                assertThatThrownBy(() -> Suites.named(name, norm, 10))
                        .isInstanceOf(UserException.class)
                        .hasMessageContaining("l-infinity")
                        .hasMessageContaining(norm.toString());
                continue;
            }
            for (int classes = 2; classes <= 11; classes++) {
                Suite suite = Suites.named(name, norm, classes);
                suite.check(new ThreatModel(norm, 0.1f), classes);
                Set<String> labels = new LinkedHashSet<>(suite.labels());
                assertThat(labels).hasSameSizeAs(suite.attacks());
            }
        }
    }

    @Test
    void whatStandsInForALossThatNeedsMoreClassesIsSaid() {
        Suite suite = Suites.named("standard", Norm.LINF, 3);
        assertThat(suite.attacks().get(1)).isEqualTo(new Apgd(Losses.TARGETED_MARGIN, 100, 1, 9));
        assertThat(suite.notes())
                .singleElement()
                .asString()
                .contains("4 classes")
                .contains("has 3");
        assertThat(Suites.named("thorough", Norm.LINF, 2).notes()).hasSize(2);
        assertThat(Suites.named("standard", Norm.LINF, 4).notes()).isEmpty();
    }

    @Test
    void unknownSuitesAreRefusedWithTheNamesThereAre() {
        assertThatThrownBy(() -> Suites.named("standart", Norm.LINF, 10))
                .isInstanceOf(UserException.class)
                .hasMessage("there is no suite \"standart\"; there are standard, fast, paper, thorough, distances");
    }

    @Test
    void attacksOfOneNameHaveLabelsOfTheirOwn() {
        Suite suite =
                new Suite("own", List.of(new Noise(1), ProjectedGradient.fgsm(), new Noise(5), new Noise(6)), false);
        assertThat(suite.labels()).containsExactly("noise", "fgsm", "noise-2", "noise-3");
    }
}
