package org.espalier.report.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.RobustInterval;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.robustness.Proportion;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.store.TrialId;
import org.espalier.report.evaluation.Evaluated;
import org.espalier.report.evaluation.Robustness;
import org.espalier.report.statistics.Sample;
import org.junit.jupiter.api.Test;

/** Evaluations of 1,000 images, of which 800 withstand, beside certificates of fewer images: four in five are certified. */
class BeyondAttackReaderTest {
    private static final int IMAGES = 1000;
    private static final String FIRST = " Certificates cover the first 100 of the 1,000 images of the suite";
    private static final String OTHERS = ": the others do not count as certified.";

    private static Outcomes first(int right) {
        BitSet bits = new BitSet();
        bits.set(0, right);
        return new Outcomes(IMAGES, bits);
    }

    /** A network of which certificates cover some images; of 0 there are none. */
    private static Evaluated evaluated(String objective, int level, int covered) {
        Outcomes withstands = first(800);
        return new Evaluated(
                new TrialId("digits", objective, "original", 1),
                level,
                new StoredEvaluation(
                        "standard" + level,
                        Optional.of("level"),
                        "final",
                        Math.pow(0.5, level),
                        "standard",
                        new ThreatModel(Norm.LINF, 0.3f),
                        "test",
                        1,
                        "settings",
                        "method",
                        new Proportion(900, IMAGES),
                        new Proportion(800, IMAGES),
                        List.of(),
                        List.of(),
                        List.of(new Finding(Rule.INSIDE, Verdict.PASS, "found", new LinkedHashMap<>())),
                        withstands,
                        new RobustInterval(
                                withstands,
                                covered > 0 ? Optional.of(first(covered / 5 * 4)) : Optional.empty(),
                                List.of()),
                        covered));
    }

    private static Estimate estimate(int level) {
        return new Estimate(
                level,
                Math.pow(0.5, level),
                Sample.of(List.of(0.8)),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty());
    }

    /** What the verdict on level 1 says of the suite. */
    private static String sentence(String objective, List<Evaluated> evaluations) {
        var verdict = new TicketVerdict(
                "run",
                "digits",
                objective,
                "original",
                "pgd",
                true,
                Optional.empty(),
                Terms.USUAL,
                1,
                true,
                OptionalDouble.of(0.1),
                Optional.of(estimate(0)),
                Optional.of(estimate(1)),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                BeyondAttack.NONE);
        var experiment = ExperimentFile.read("quick-mlp", List.of());
        var robustness = new Robustness(evaluations, List.of(), List.of(), List.of());
        TicketVerdict beyond = BeyondAttackReader.on(verdict, experiment, robustness);
        assertThat(beyond.beyondAttack().sentences()).hasSize(1);
        return beyond.beyondAttack().sentences().getFirst();
    }

    @Test
    void certificatesOfAnotherObjectiveCoverNoImagesOfThisOne() {
        List<Evaluated> evaluations = List.of(
                evaluated("natural", 0, 1000),
                evaluated("natural", 1, 1000),
                evaluated("pgd", 0, 100),
                evaluated("pgd", 1, 100));
        assertThat(sentence("pgd", evaluations))
                .contains("[certified 8.0 %]")
                .endsWith("no rule objects." + FIRST + OTHERS);
        assertThat(sentence("natural", evaluations))
                .contains("[certified 80.0 %]")
                .endsWith("no rule objects.")
                .doesNotContain("Certificates");
    }

    @Test
    void ofTheTwoNetworksOfAVerdictTheOneWithFewerCoveredImagesCounts() {
        List<Evaluated> evaluations =
                List.of(evaluated("pgd", 0, 1000), evaluated("pgd", 1, 100), evaluated("pgd", 2, 50));
        assertThat(sentence("pgd", evaluations))
                .contains("[certified 8.0 %]", "[certified 80.0 %]")
                .endsWith("no rule objects." + FIRST + ", of some networks more" + OTHERS);
    }

    @Test
    void aNetworkWithoutCertificatesLeavesTheNumberAsItIs() {
        String one = sentence("pgd", List.of(evaluated("pgd", 0, 0), evaluated("pgd", 1, 100)));
        assertThat(one).endsWith("no rule objects." + FIRST + OTHERS);
        String none = sentence("pgd", List.of(evaluated("pgd", 0, 0), evaluated("pgd", 1, 0)));
        assertThat(none).endsWith("no rule objects.").doesNotContain("Certificates");
    }
}
