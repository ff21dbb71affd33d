package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.attack.Norm;
import org.espalier.attack.strong.StrongAttack;
import org.espalier.attack.strong.distance.CarliniWagner;
import org.espalier.attack.strong.distance.DeepFool;
import org.espalier.attack.strong.distance.Fab;
import org.espalier.attack.strong.distance.Fmn;
import org.espalier.attack.strong.distance.HopSkipJump;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.attack.strong.radius.Noise;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.espalier.attack.strong.radius.Square;
import org.espalier.evaluate.suite.Suite;
import org.espalier.evaluate.suite.Suites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a suite file leaves out is what the suites that come with Espalier have. */
class SuiteChoiceTest {
    @TempDir
    Path home;

    private Suite own(String attacks) throws IOException {
        Path file = Files.writeString(home.resolve("suite.yaml"), "name: mine\nattacks: [" + attacks + "]\n");
        return SuiteChoice.of(file.toString(), Norm.LINF, 10);
    }

    @Test
    void anAttackWithoutSettingsIsTheUsualOne() throws IOException {
        StrongAttack[] usual = {
            ProjectedGradient.fgsm(),
            ProjectedGradient.pgd(40, 1),
            Apgd.crossEntropy(),
            Apgd.targeted(),
            Fab.standard(),
            Square.standard(),
            CarliniWagner.standard(),
            DeepFool.standard(),
            Fmn.of(200),
            HopSkipJump.small(),
            new Noise(100)
        };
        Suite suite = own("{kind: fgsm}, {kind: pgd}, {kind: apgd}, {kind: apgd, loss: targeted-dlr}, {kind: fab},"
                + " {kind: square}, {kind: cw}, {kind: deepfool}, {kind: fmn}, {kind: hopskipjump}, {kind: noise}");
        for (int a = 0; a < usual.length; a++) {
            StrongAttack attack = suite.attacks().get(a);
            assertThat(attack.settings()).as(attack.name()).isEqualTo(usual[a].settings());
            assertThat(attack.getClass()).isEqualTo(usual[a].getClass());
        }
    }

    @Test
    void theStandardSuiteCanBeWrittenDown() throws IOException {
        Suite written = own("{kind: apgd}, {kind: apgd, loss: targeted-dlr}, {kind: fab}, {kind: square}");
        assertThat(written.attacks())
                .extracting(StrongAttack::settings)
                .isEqualTo(Suites.named("standard", Norm.LINF, 10).attacks().stream()
                        .map(StrongAttack::settings)
                        .toList());
        assertThat(written.survivorsOnly()).isTrue();
    }
}
