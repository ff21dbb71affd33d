package org.espalier.lab.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.espalier.UserException;
import org.espalier.attack.Norm;
import org.espalier.attack.ThreatModel;
import org.espalier.attack.strong.Losses;
import org.espalier.attack.strong.distance.Fab;
import org.espalier.attack.strong.radius.Apgd;
import org.espalier.attack.strong.radius.Noise;
import org.espalier.attack.strong.search.Geometry;
import org.espalier.data.DataSet;
import org.espalier.evaluate.suite.Suite;
import org.espalier.fixtures.MadeUpData;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketData;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attacks find is kept with the same bytes, whenever it is asked for. */
class KeptEvaluationTest {
    private static final int FEATURES = 9;
    private static final int IMAGES = 600;

    @TempDir
    private Path home;

    private final DataSet data = MadeUpData.of(
            "tiny",
            3,
            MadeUpData.split("train", 60, FEATURES, 5, 90, 150, 100_000),
            MadeUpData.split("test", IMAGES, FEATURES, 5, 90, 150, 100_000));

    /** The first class wins by a hair where the second or third has as much: a few images are tied or nearly so. */
    private EvaluationRequest request(String place) {
        Weights weights = new Weights(new Architecture(List.of(FEATURES, 3), false));
        for (int c = 0; c < 3; c++) {
            for (int f = 0; f < FEATURES; f++) {
                weights.matrix(0)[c * FEATURES + f] = f % 3 == c ? 1 : -0.01f * (f + 1);
            }
        }
        Ticket ticket = new Ticket(
                home.resolve("tiny.safetensors"),
                "ab".repeat(32),
                new StoredNetwork(weights, Mask.dense(weights.architecture())),
                TicketData.of("tiny", Optional.empty()),
                Optional.empty(),
                home.resolve(place).resolve("tiny.robustness"));
        Suite suite = new Suite(
                "tiny",
                List.of(new Noise(2), new Apgd(Losses.MARGIN, 20, 2, 1), new Fab(5, 1, 2, 0.1, 1.05, 0.9, 3, true)),
                true);
        return new EvaluationRequest(ticket, data, data.test(), IMAGES, suite, new ThreatModel(Norm.LINF, 0.1f), 7);
    }

    private static Optional<KeptDirectory> kept(EvaluationRequest request) {
        return Optional.of(new KeptDirectory(request.directory().resolve(KeptDirectory.NAME)));
    }

    private static KeptDirectory run(EvaluationRequest request, int jobs, EvaluationObserver observer) {
        assertThat(new EvaluationRunner(List.of(request), jobs, observer, KeptEvaluationTest::kept).run())
                .isTrue();
        return kept(request).orElseThrow();
    }

    private static byte[] bytes(KeptDirectory directory) {
        return AtomicFiles.read(directory.file());
    }

    @Test
    void everyExampleIsInItsBallAndWrongAndEveryBrokenImageHasOne() {
        EvaluationRequest request = request("a");
        KeptExamples kept = run(request, 2, EvaluationObserver.NONE).read();
        StoredExamples stored = new EvaluationDirectory(request).stored();
        BitSet broken = new BitSet();
        for (KeptExamples.Row row : kept.rows()) {
            assertThat(Geometry.holds(request.threat(), row.original(), row.adversarial()))
                    .isTrue();
            assertThat(row.label()).isEqualTo(data.test().labels()[row.image()]);
            assertThat(row.predicted()).isEqualTo(row.label());
            assertThat(stored.broken().get(row.attack()).get(row.image())).isTrue();
            broken.set(row.image());
        }
        StoredEvaluation evaluation = StoredEvaluations.read(request.directory());
        assertThat(broken.cardinality())
                .isEqualTo(
                        evaluation.clean().correct() - evaluation.lowestKnown().correct())
                .isPositive();
        assertThat(kept.rows()).anyMatch(row -> row.attacked() != row.label());
        assertThat(kept.byAttack()).containsKeys("apgd-margin");
    }

    @Test
    void keepingAfterwardsAndAfterAnInterruptionGivesTheSameBytes() throws IOException {
        byte[] expected = bytes(run(request("a"), 2, EvaluationObserver.NONE));

        EvaluationRequest later = request("b");
        assertThat(new EvaluationRunner(List.of(later), 1, EvaluationObserver.NONE).run())
                .isTrue();
        byte[] summary = Files.readAllBytes(later.directory().resolve(EvaluationDirectory.SUMMARY));
        AtomicInteger again = new AtomicInteger();
        KeptDirectory kept = run(later, 1, new EvaluationObserver() {
            @Override
            public void again(EvaluationRequest request) {
                again.incrementAndGet();
            }
        });
        assertThat(again).hasValue(1);
        assertThat(bytes(kept)).isEqualTo(expected);
        assertThat(Files.readAllBytes(later.directory().resolve(EvaluationDirectory.SUMMARY)))
                .isEqualTo(summary);
        // All is there: nothing is attacked.
        run(later, 1, new EvaluationObserver() {
            @Override
            public void planned(int evaluations, int done, int batches) {
                assertThat(batches).isZero();
            }
        });
        // Damaged examples are made again.
        Files.write(kept.file(), new byte[] {1, 2, 3});
        assertThatThrownBy(kept::read).isInstanceOf(UserException.class).hasMessageContaining("is damaged");
        assertThat(bytes(run(later, 2, EvaluationObserver.NONE))).isEqualTo(expected);

        for (boolean finished : new boolean[] {false, true}) {
            EvaluationRequest request = request("interrupted-" + finished);
            if (finished) {
                new EvaluationRunner(List.of(request), 2, EvaluationObserver.NONE).run();
            }
            var runner = new AtomicReference<EvaluationRunner>();
            runner.set(new EvaluationRunner(
                    List.of(request),
                    1,
                    new EvaluationObserver() {
                        @Override
                        public void batch(EvaluationRequest each, int done, int of) {
                            runner.get().stop();
                        }
                    },
                    KeptEvaluationTest::kept));
            assertThat(runner.get().run()).isFalse();
            // A batch whose examples were lost counts as not done.
            Files.write(request.directory().resolve("batch-0.npz"), new byte[] {1});
            assertThat(bytes(run(request, 2, EvaluationObserver.NONE))).isEqualTo(expected);
            assertThat(request.directory()).isDirectoryNotContaining("glob:**batch*");
        }
    }

    @Test
    void anEvaluationThatDoesNotRepeatIsRefused() throws IOException {
        EvaluationRequest request = request("a");
        new EvaluationRunner(List.of(request), 2, EvaluationObserver.NONE).run();
        // An image that withstands is marked as broken, and the digests are made to fit.
        Path lines = request.directory().resolve(EvaluationDirectory.EXAMPLES);
        String text = Files.readString(lines);
        int at = text.indexOf("\"withstands\":true");
        String line = text.substring(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at));
        String changed = text.replace(line, line.replace("\"apgd-margin\":\"right\"", "\"apgd-margin\":\"broken\""));
        assertThat(changed).isNotEqualTo(text);
        String before = AtomicFiles.digest(lines);
        Files.writeString(lines, changed);
        Path summary = request.directory().resolve(EvaluationDirectory.SUMMARY);
        Files.writeString(
                summary, Files.readString(summary, StandardCharsets.UTF_8).replace(before, AtomicFiles.digest(lines)));
        assertThatThrownBy(() -> run(request, 1, EvaluationObserver.NONE))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll("apgd-margin broke image", "does not break it now")
                .hasMessageNotContaining("\n");
    }
}
