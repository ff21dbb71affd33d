package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.data.Offset;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.distance.Fab;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.attack.strong.radius.Noise;
import org.espalier.attack.strong.radius.ProjectedGradient;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.evaluate.rules.Assessment;
import org.espalier.evaluate.rules.Finding;
import org.espalier.evaluate.rules.Outcomes;
import org.espalier.evaluate.rules.Rule;
import org.espalier.evaluate.rules.Step;
import org.espalier.evaluate.rules.Verdict;
import org.espalier.evaluate.suite.Suite;
import org.espalier.evaluate.suite.Suites;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.StoreLock;
import org.espalier.lab.selftest.LinearBound;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketData;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations of a linear classifier, of which the exact robust accuracy is known, over three batches of images. */
class EvaluationRunnerTest {
    private static final int FEATURES = 9;
    private static final int IMAGES = 600;
    private static final float EPSILON = 0.1f;

    @TempDir
    private Path home;

    private static Split split(String name, int size) {
        return MadeUpData.split(name, size, FEATURES, 5, 90, 150, 100_000);
    }

    private static DataSet data() {
        return MadeUpData.of("tiny", 3, split("train", 60), split("test", IMAGES));
    }

    /** Each class adds up its own three pixels. */
    private static Weights weights() {
        Weights weights = new Weights(new Architecture(List.of(FEATURES, 3), false));
        for (int c = 0; c < 3; c++) {
            for (int f = 0; f < FEATURES; f++) {
                weights.matrix(0)[c * FEATURES + f] = f % 3 == c ? 1 : -0.01f * (f + 1);
            }
        }
        return weights;
    }

    private static Suite suite() {
        return new Suite(
                "tiny",
                List.of(
                        new Noise(2),
                        new Apgd(Losses.MARGIN, 20, 2, 1),
                        ProjectedGradient.pgd(10, 2),
                        new Fab(5, 1, 2, 0.1, 1.05, 0.9, 3, true)),
                true);
    }

    private EvaluationRequest request(String place) {
        return request(place, 7);
    }

    private EvaluationRequest request(String place, long seed) {
        Weights weights = weights();
        Ticket ticket = new Ticket(
                home.resolve("tiny.safetensors"),
                "ab".repeat(32),
                new StoredNetwork(weights, Mask.dense(weights.architecture())),
                TicketData.of("tiny", Optional.empty()),
                Optional.empty(),
                home.resolve(place).resolve("tiny.robustness"));
        DataSet set = data();
        return new EvaluationRequest(
                ticket, set, set.test(), IMAGES, suite(), new ThreatModel(Norm.LINF, EPSILON), seed);
    }

    private static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("lock")) {
                    content.put(directory.relativize(file).toString(), Files.readString(file));
                }
            }
        }
        return content;
    }

    private StoredEvaluation evaluated(String place, int jobs) {
        return evaluated(request(place), jobs);
    }

    private static StoredEvaluation evaluated(EvaluationRequest request, int jobs) {
        assertThat(new EvaluationRunner(List.of(request), jobs, EvaluationObserver.NONE).run())
                .isTrue();
        return StoredEvaluations.read(request.directory());
    }

    /** Runs until the first batch is done, or read again. */
    private static void interrupted(EvaluationRequest request) {
        var runner = new AtomicReference<EvaluationRunner>();
        runner.set(new EvaluationRunner(List.of(request), 1, new EvaluationObserver() {
            @Override
            public void found(EvaluationRequest each, int done, int of) {
                runner.get().stop();
            }

            @Override
            public void batch(EvaluationRequest each, int done, int of) {
                runner.get().stop();
            }
        }));
        assertThat(runner.get().run()).isFalse();
    }

    @Test
    void batchesOfAnEarlierRunAreToldApartFromThoseAttackedNow() {
        EvaluationRequest request = request("told-apart", 1);
        interrupted(request);
        List<String> told = new ArrayList<>();
        assertThat(new EvaluationRunner(List.of(request), 1, new EvaluationObserver() {
                            @Override
                            public void planned(int evaluations, int done, int batches) {
                                told.add(batches + " to attack");
                            }

                            @Override
                            public void found(EvaluationRequest each, int done, int of) {
                                told.add("found " + done + " of " + of);
                            }

                            @Override
                            public void batch(EvaluationRequest each, int done, int of) {
                                told.add("attacked " + done + " of " + of);
                            }
                        })
                        .run())
                .isTrue();
        assertThat(told).containsExactly("2 to attack", "found 1 of 3", "attacked 2 of 3", "attacked 3 of 3");
    }

    @Test
    void theWorstCaseOfALinearClassifierIsItsExactRobustAccuracy() {
        StoredEvaluation stored = evaluated("a", 2);
        Outcomes exact = LinearBound.withstands(weights(), data().test(), IMAGES, EPSILON);
        assertThat(exact.accuracy()).isBetween(0.1, 0.9);
        assertThat(stored.withstands()).isEqualTo(exact);
        assertThat(stored.robust()).isEqualTo(new Proportion(exact.count(), IMAGES));
        assertThat(stored.verdict()).as(stored.findings().toString()).isEqualTo(Verdict.PASS);
        assertThat(stored.suiteAttacks())
                .extracting(StoredEvaluation.AttackResult::name)
                .containsExactly("noise", "apgd-margin", "pgd", "fab-t");
        assertThat(stored.curve().getFirst().accuracy())
                .isEqualTo(stored.clean().accuracy());
        assertThat(stored.under("fgsm")).isPresent();
    }

    @Test
    void anEvaluationInMemoryFindsWhatTheStoredOneOfTheSameSeedFinds() {
        StoredEvaluation stored = evaluated(request("a", 1), 2);
        Assessment inMemory = SuiteEvaluation.run(
                weights(),
                Mask.dense(weights().architecture()),
                data().test(),
                suite(),
                new ThreatModel(Norm.LINF, EPSILON));
        assertThat(inMemory.worst()).isEqualTo(stored.withstands());
        assertThat(new Proportion(inMemory.clean().count(), IMAGES)).isEqualTo(stored.clean());
        // The sentence on certificates alone depends on the store.
        assertThat(inMemory.findings())
                .filteredOn(finding -> finding.rule() != Rule.CERTIFIED)
                .isEqualTo(stored.findings().stream()
                        .filter(finding -> finding.rule() != Rule.CERTIFIED)
                        .toList());
        Outcomes tooMany = Outcomes.allRight(IMAGES);
        assertThat(inMemory.with(tooMany).findings())
                .filteredOn(finding -> finding.rule() == Rule.CERTIFIED)
                .extracting(Finding::verdict)
                .containsExactly(Verdict.REFUSED);
    }

    @Test
    void everyWhiteBoxAttackIsDoubledOnWhatIsLeft() {
        assertThat(request("a").steps())
                .filteredOn(step -> step.purpose() == Step.Purpose.DOUBLED)
                .extracting(Step::name, Step::attack)
                .containsExactly(
                        tuple("doubled-apgd-margin", new Apgd(Losses.MARGIN, 40, 4, 1)),
                        tuple(
                                "doubled-pgd",
                                ProjectedGradient.pgd(10, 2).doubled().orElseThrow()),
                        tuple("doubled-fab-t", new Fab(10, 1, 2, 0.1, 1.05, 0.9, 3, true)));
        Suite distances = Suites.named("distances", Norm.L2, 10);
        assertThat(distances.attacks()).allMatch(attack -> attack.doubled().isPresent());
    }

    @Test
    void jobsChangeNoByte() throws IOException {
        evaluated("a", 1);
        evaluated("b", 3);
        assertThat(content(home.resolve("a")))
                .isEqualTo(content(home.resolve("b")))
                .hasSize(2);
    }

    @Test
    void anInterruptedEvaluationEndsWithTheSameBytes() throws IOException {
        evaluated("whole", 2);
        EvaluationRequest request = request("broken");
        interrupted(request);
        Path batch = request.directory().resolve("batch-0.json");
        assertThat(request.directory().resolve("summary.json")).doesNotExist();
        byte[] kept = Files.readAllBytes(batch);
        interrupted(request);
        assertThat(Files.readAllBytes(batch)).isEqualTo(kept);
        // A crash leaves a torn temporary file, a bad disk a torn batch; both are made again.
        Files.writeString(request.directory().resolve("batch-2.json.tmp"), "{\"fir");
        Files.write(batch, Arrays.copyOf(kept, kept.length / 2));
        assertThat(new EvaluationRunner(List.of(request), 2, EvaluationObserver.NONE).run())
                .isTrue();
        assertThat(content(home.resolve("broken"))).isEqualTo(content(home.resolve("whole")));
    }

    @Test
    void aBatchReadBackIsTheBatch() throws IOException {
        EvaluationRequest request = request("a");
        interrupted(request);
        var directory = new EvaluationDirectory(request);
        Path file = request.directory().resolve("batch-0.json");
        assertThat(BatchFile.encode(directory.read(0).orElseThrow(), 0)).isEqualTo(Files.readAllBytes(file));
        Files.writeString(file, Files.readString(file).replace("\"noise\"", "\"other\""));
        assertThat(directory.read(0)).isEmpty();
    }

    @Test
    void twoProcessesDoNotWriteTheSameEvaluation() throws IOException {
        EvaluationRequest request = request("a");
        Files.createDirectories(request.ticket().results());
        try (StoreLock held = StoreLock.acquire(request.ticket().results())) {
            assertThat(held).isNotNull();
            EvaluationRunner runner = new EvaluationRunner(List.of(request), 1, EvaluationObserver.NONE);
            assertThatThrownBy(runner::run).isInstanceOf(UserException.class).hasMessageContaining("in use");
        }
    }

    @Test
    void certificatesThatComeLaterAreHeldAgainstWhatWasBroken() throws IOException {
        StoredEvaluation before = evaluated("a", 2);
        assertThat(certified(before).verdict()).isEqualTo(Verdict.NOT_CHECKED);
        int stands = before.withstands().right().nextSetBit(0);
        int falls = before.withstands().right().nextClearBit(0);
        assertThat(certified(withCertificate(0.1, stands)).verdict()).isEqualTo(Verdict.PASS);
        StoredEvaluation contradicted = withCertificate(0.1, falls);
        assertThat(certified(contradicted).verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(contradicted.verdict()).isEqualTo(Verdict.REFUSED);
        // A certificate for a larger ball holds here too; one for a smaller ball says nothing.
        assertThat(certified(withCertificate(0.2, falls)).verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(certified(withCertificate(0.05, falls)).verdict()).isEqualTo(Verdict.NOT_CHECKED);
    }

    /** Suite "tiny" without its strong attacks, beside the whole one and a counterexample. */
    @Test
    void theStrongestKnownBreakStandsBesideAWeakSuite() throws IOException {
        StoredEvaluation strong = evaluated("a", 2);
        assertThat(strong.lowestKnown()).isEqualTo(strong.robust());
        EvaluationRequest whole = request("a");
        EvaluationRequest weak = new EvaluationRequest(
                whole.ticket(),
                whole.set(),
                whole.split(),
                IMAGES,
                new Suite("weak", List.of(new Noise(1)), false),
                whole.threat(),
                7);
        assertThat(new EvaluationRunner(List.of(weak), 2, EvaluationObserver.NONE).run())
                .isTrue();
        StoredEvaluation noise = StoredEvaluations.read(weak.directory());
        assertThat(noise.suiteAttacks())
                .isNotEmpty()
                .allMatch(attack -> attack.passes().orElse(0) >= attack.saw());
        assertThat(noise.robust().correct()).isGreaterThan(strong.robust().correct());
        assertThat(noise.lowestKnown().correct()).isEqualTo(strong.robust().correct());
        assertThat(noise.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(finding(noise, Rule.OWN_ATTACKS).verdict()).isEqualTo(Verdict.REFUSED);

        int stands = strong.withstands().right().nextSetBit(0);
        falsified(home.resolve("a/tiny.certification/one"), 0.05, stands);
        StoredEvaluation falsified = StoredEvaluations.read(whole.directory());
        assertThat(falsified.robust()).isEqualTo(strong.robust());
        assertThat(falsified.lowestKnown().correct()).isEqualTo(strong.robust().correct() - 1);
        assertThat(finding(falsified, Rule.STRONGEST).sentence())
                .contains("image " + stands + " by a counterexample of one");
        // A counterexample in a larger ball says nothing of this one.
        falsified(home.resolve("a/tiny.certification/one"), 0.2, stands);
        assertThat(StoredEvaluations.read(whole.directory()).lowestKnown()).isEqualTo(strong.robust());
    }

    private static Finding finding(StoredEvaluation evaluation, Rule rule) {
        return evaluation.findings().stream()
                .filter(each -> each.rule() == rule)
                .findFirst()
                .orElseThrow();
    }

    private static void falsified(Path directory, double epsilon, int image) throws IOException {
        certificate(directory, data().digest(), epsilon, image, "falsified");
    }

    @Test
    void certificatesOfOtherImagesSayNothing() throws IOException {
        int falls = evaluated("a", 2).withstands().right().nextClearBit(0);
        certificate(home.resolve("a/tiny.certification/one"), "another data set", 0.1, falls);
        assertThat(certified(StoredEvaluations.read(request("a").directory())).verdict())
                .isEqualTo(Verdict.NOT_CHECKED);
    }

    @Test
    void certificatesAreFoundWhereverTheEvaluationIsKept() throws IOException {
        int falls = evaluated("elsewhere", 2).withstands().right().nextClearBit(0);
        certificate(home.resolve("tiny.certification/one"), data().digest(), 0.1, falls);
        assertThat(certified(StoredEvaluations.read(request("elsewhere"))).verdict())
                .isEqualTo(Verdict.REFUSED);
    }

    @Test
    void damagedCertificatesAreNotBelieved() throws IOException {
        evaluated("a", 2);
        withCertificate(0.1, 0);
        Files.writeString(home.resolve("a/tiny.certification/one/images.jsonl"), "");
        assertThatThrownBy(() -> StoredEvaluations.read(request("a").directory()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("images.jsonl is damaged");
    }

    private static Finding certified(StoredEvaluation evaluation) {
        return evaluation.findings().get(Rule.CERTIFIED.ordinal());
    }

    private StoredEvaluation withCertificate(double epsilon, int image) throws IOException {
        certificate(home.resolve("a/tiny.certification/one"), data().digest(), epsilon, image);
        return StoredEvaluations.read(request("a").directory());
    }

    private static void certificate(Path directory, String data, double epsilon, int image) throws IOException {
        certificate(directory, data, epsilon, image, "verified");
    }

    private static void certificate(Path directory, String data, double epsilon, int image, String verdict)
            throws IOException {
        Files.createDirectories(directory);
        Path images = directory.resolve("images.jsonl");
        Files.writeString(
                images,
                "{\"image\":" + image + ",\"label\":1,\"predicted\":1,\"attacked\":1,\"verdict\":\"" + verdict + "\","
                        + "\"unstable\":0,\"nodes\":0}\n",
                StandardCharsets.UTF_8);
        Map<String, Object> by = new TreeMap<>(
                Map.of("network", "ab".repeat(32), "data", data, "split", "test", "norm", "linf", "method", "crown"));
        by.put("epsilon", (float) epsilon);
        Map<String, Object> certificate =
                Map.of("format", 1, "determined-by", by, "files", Map.of("images.jsonl", AtomicFiles.digest(images)));
        Files.writeString(directory.resolve("certificate.json"), Json.write(certificate));
    }

    @Test
    void intervalsAreWilsons() {
        assertThat(new Proportion(0, 10).low()).isZero();
        assertThat(new Proportion(0, 10).high()).isCloseTo(0.2775, Offset.offset(1e-4));
        assertThat(new Proportion(5, 10).low()).isCloseTo(0.2366, Offset.offset(1e-4));
        assertThat(new Proportion(10, 10).high()).isEqualTo(1);
    }
}
