package org.espalier.report.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedTest {
    private static final String HEADER =
            "source,dataset,attack,training,measured,strategy,iteration,trials,density,accuracy,deviation\n";
    private static final String PAPER = "Cosentino et al. 2019";

    @TempDir
    private Path home;

    @Test
    void thePapersTablesAreBundled() {
        Published published = Published.bundled();
        // Two data sets, six densities, two attacks, natural and attacked accuracy, natural and adversarial training.
        assertThat(published.values()).hasSize(2 * 6 * 2 * 2 * 2);
        assertThat(published.values())
                .allSatisfy(v -> assertThat(v.place()).isEqualTo(v.dataset().equals("digits") ? "Table 1" : "Table 2"));
        assertThat(published.find(PAPER, "fashion", "pgd", true, true, "original", 44_909 / 266_200.0))
                .hasValueSatisfying(v -> {
                    assertThat(v.accuracy()).isEqualTo(27.62);
                    assertThat(v.deviation()).hasValue(0.97);
                });
        assertThat(published.find(PAPER, "digits", "pgd", true, true, "original", 44_909 / 266_200.0))
                .hasValueSatisfying(v -> {
                    assertThat(v.accuracy()).isEqualTo(59.91);
                    assertThat(v.deviation()).hasValue(0.81);
                    assertThat(v.trials()).isEqualTo(5);
                    assertThat(v.iteration()).isEqualTo(30_000);
                });
        assertThat(published.find(PAPER, "digits", "fgsm", false, true, "original", 4_908 / 266_200.0))
                .hasValueSatisfying(v -> assertThat(v.accuracy()).isEqualTo(4.17));
    }

    @Test
    void allPublishedCountsOfWeightsFindTheirDensities() {
        Published published = Published.bundled();
        for (int remaining : new int[] {266_200, 136_503, 44_909, 23_079, 9_518, 4_908}) {
            assertThat(published.shows(remaining / 266_200.0))
                    .as("%d weights", remaining)
                    .isTrue();
        }
        for (int remaining : new int[] {213_057, 170_532, 3_160, 133_000}) {
            assertThat(published.shows(remaining / 266_200.0))
                    .as("%d weights", remaining)
                    .isFalse();
        }
    }

    @Test
    void whatThePaperCallsOriginalIsWhatItsCodeDid() {
        Published published = Published.bundled();
        assertThat(published.find(PAPER, "digits", "pgd", true, true, "as-published", 1))
                .isPresent();
        assertThat(published.find(PAPER, "digits", "pgd", true, true, "random", 1))
                .isEmpty();
        assertThat(published.find(PAPER, "cifar10", "pgd", true, true, "original", 1))
                .isEmpty();
        assertThat(published.sources("cifar10", "original")).isEmpty();
    }

    @Test
    void anotherFileAddsValues() throws IOException {
        Path file = home.resolve("mine.csv");
        Files.writeString(file, HEADER + "\"Me, 2026\",fashion,pgd,adversarial,attacked,original,1000,1,12.5,33.3,\n");
        Published published = Published.with(List.of(file));
        assertThat(published.values()).hasSize(97);
        assertThat(published.find("Me, 2026", "fashion", "pgd", true, true, "original", 0.1252))
                .hasValueSatisfying(v -> assertThat(v.deviation()).isEmpty());
    }

    @Test
    void mistakesAreNamedByFileLineAndColumn() throws IOException {
        refused("a,b\n1,2\n", "mine.csv has the columns a, b, expected source, dataset");
        refused(HEADER + "me,digits,pgd,adverse,attacked,original,1,1,50,50,1\n", "line 2: training is 'adverse'");
        refused(HEADER + "me,digits,pgd,natural,attacked,original,1,1,50,0.5.1,1\n", "accuracy is '0.5.1'");
        refused(HEADER + "me,digits,pgd,natural,attacked,original,1,1,150,50,1\n", "density is '150'", "0 to 100");
        refused(HEADER + "me,digits,pgd\n", "line 2: ", "is missing");
        assertThatThrownBy(() -> Published.with(List.of(home.resolve("none.csv"))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("none.csv is missing");
    }

    private void refused(String content, String... parts) throws IOException {
        Path file = home.resolve("mine.csv");
        Files.writeString(file, content);
        assertThatThrownBy(() -> Published.with(List.of(file)))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts);
    }
}
