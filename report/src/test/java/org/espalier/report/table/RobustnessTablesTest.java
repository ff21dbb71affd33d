package org.espalier.report.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredTrial;
import org.espalier.report.SyntheticRobustness;
import org.espalier.report.SyntheticStore;
import org.espalier.report.content.Report;
import org.espalier.report.verdict.Terms;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations of 40 images, of which certificates in the same ball cover all at first. */
class RobustnessTablesTest {
    private static final int FEWER = 10;
    private static final String FIRST = "certificates cover the first 10 of the 40 images of the suite";
    private static final String OTHERS = ": the others do not count as certified";

    @TempDir
    private Path home;

    private Path store;

    @BeforeEach
    void aSearchWithEvaluationsAndCertificates() {
        store = SyntheticRobustness.write(SyntheticStore.write(
                home.resolve("store"),
                "quick-mlp",
                "trials=1",
                "objectives=[natural, pgd]",
                "network.hidden=[4]",
                "pruning.levels=1",
                "training.iterations=500",
                "evaluation.every=250"));
    }

    /** Notes of the table at the radius that certificates are of. */
    private List<String> notes() {
        Report report = Report.read(List.of(store), Terms.USUAL);
        assertThat(report.problems()).isEmpty();
        return RobustnessTables.of(report.runs().getFirst()).entrySet().stream()
                .filter(each ->
                        each.getKey().contains("original") && each.getKey().contains("-0.1-"))
                .findFirst()
                .orElseThrow()
                .getValue()
                .notes();
    }

    /** Leaves the certificates of a level's networks their first images. */
    private void shorten(String objective, int level) throws IOException {
        for (StoredTrial trial : Store.open(store).trials()) {
            if (trial.id().objective().equals(objective)) {
                String key = trial.levels().get(level);
                Path certificates = store.resolve("certification").resolve(key);
                shorten(certificates.resolve("crown-linf-0.1-test-40-00000000"));
                shorten(certificates.resolve("exact-linf-0.1-test-20-00000000"));
            }
        }
    }

    private static void shorten(Path certification) throws IOException {
        Path images = certification.resolve("images.jsonl");
        Path certificate = certification.resolve("certificate.json");
        String before = AtomicFiles.digest(images);
        List<String> lines = Files.readAllLines(images);
        Files.writeString(images, String.join("\n", lines.subList(0, FEWER)) + "\n");
        Files.writeString(
                certificate,
                Files.readString(certificate)
                        .replace(before, AtomicFiles.digest(images))
                        .replaceFirst("\"images\":[0-9]+", "\"images\":" + FEWER));
    }

    @Test
    void whereCertificatesCoverAllImagesNothingIsSaidOfIt() {
        assertThat(notes()).noneMatch(note -> note.startsWith("certificates cover"));
    }

    @Test
    void certificatesOfAnotherObjectiveDoNotHideThatSomeImagesWereNeverTried() throws IOException {
        shorten("pgd", 0);
        shorten("pgd", 1);
        assertThat(notes()).contains(FIRST + ", of some networks more" + OTHERS);
    }

    @Test
    void certificatesOfAnotherLevelDoNotHideItEither() throws IOException {
        shorten("natural", 1);
        assertThat(notes()).contains(FIRST + ", of some networks more" + OTHERS);
    }

    @Test
    void whereCertificatesCoverAsManyImagesOfAllNetworksNoneHasMore() throws IOException {
        for (String objective : List.of("natural", "pgd")) {
            shorten(objective, 0);
            shorten(objective, 1);
        }
        assertThat(notes()).contains(FIRST + OTHERS);
    }
}
