package org.espalier.report.reproduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.report.SyntheticStore;
import org.espalier.report.format.Csv;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results that are kept for documents, from made-up stores of the reproduction. */
class FindingsFilesTest {
    @TempDir
    private Path folder;

    private void write(String home, String training, int trials) {
        String name = "as-published-digits-" + training;
        SyntheticStore.write(
                folder.resolve(home).resolve(name),
                "as-published",
                "name=" + name,
                "trials=" + trials,
                "network.hidden=[20, 10]",
                "data.sets=[digits]",
                "objectives=[" + training + "]",
                "strategies=[as-published]",
                "evaluation.attacks=" + (training.equals("natural") ? "[fgsm, pgd]" : "[" + training + "]"));
    }

    private void keep(String home, String kept) {
        FindingsFiles.keep(folder.resolve(home), "paper", folder.resolve(kept));
    }

    private Map<String, String> files(String kept) throws IOException {
        var files = new TreeMap<String, String>();
        try (Stream<Path> all = Files.walk(folder.resolve(kept))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.resolve(kept).relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }

    @Test
    void storesKeptOneAfterTheOtherGiveTheFilesOfOneFolder() throws IOException {
        write("all", "pgd", 2);
        write("all", "natural", 1);
        write("first", "pgd", 1);
        write("first", "natural", 1);
        write("second", "pgd", 2);

        keep("all", "at-once");
        keep("first", "one-by-one");
        assertThat(trials("one-by-one")).containsExactlyInAnyOrder("pgd 1", "natural 1");
        keep("second", "one-by-one");

        assertThat(files("one-by-one")).isEqualTo(files("at-once"));
        assertThat(trials("one-by-one")).containsExactlyInAnyOrder("pgd 2", "natural 1");
    }

    private Set<String> trials(String kept) {
        return Csv.read(folder.resolve(kept).resolve("paper-differences.csv")).stream()
                .filter(row -> !row.get("ours").isEmpty()) // the densities of a network this small differ in part
                .map(row -> row.get("training") + " " + row.get("ours-trials"))
                .collect(Collectors.toSet());
    }

    @Test
    void aStoreWithFewerLevelsReplacesNone() throws IOException {
        write("all", "pgd", 2);
        write("first", "pgd", 1);
        keep("all", "kept");
        Map<String, String> before = files("kept");
        assertThatThrownBy(() -> keep("first", "kept"))
                .isInstanceOf(UserException.class)
                .hasMessage(folder.resolve("first/as-published-digits-pgd")
                        + " has 21 trained levels; expected 42 or more, as " + folder.resolve("kept/stores.csv")
                        + " has of this store (delete the row there to keep fewer)");
        assertThat(files("kept")).isEqualTo(before);
    }

    @Test
    void aSearchAndThePaperHaveNamesOfTheirOwn() throws IOException {
        write("all", "pgd", 1);
        Path stores = Files.createDirectory(folder.resolve("kept")).resolve("stores.csv");
        String row = "paper,as-published-digits-pgd,1,00,espalier ";
        Files.writeString(stores, "name,store,levels,digest,command\n" + row + "run quick\n");
        assertThatThrownBy(() -> keep("all", "kept"))
                .isInstanceOf(UserException.class)
                .hasMessage("--name paper is that of a search in " + stores + "; expected another name");
        Files.writeString(stores, "name,store,levels,digest,command\n" + row + "reproduce paper --trials 1\n");
        assertThatThrownBy(() -> keep("all/as-published-digits-pgd", "kept"))
                .isInstanceOf(UserException.class)
                .hasMessage("--name paper is that of the paper's stores in " + stores + "; expected another name");
    }

    @Test
    void rowsThatStayMustHaveTheSameColumns() throws IOException {
        String made = "setting,dataset,training,ours\n";
        Path kept =
                Files.writeString(folder.resolve("kept.csv"), "setting,dataset,training\nas-published,digits,pgd\n");
        assertThatThrownBy(() -> PaperRows.merged(made, kept, Set.of()))
                .isInstanceOf(UserException.class)
                .hasMessage(kept
                        + " has the columns setting, dataset, training; expected setting, dataset, training, ours");
        assertThat(PaperRows.merged(made, kept, Set.of("as-published-digits-pgd")))
                .isEqualTo("setting,dataset,training,ours\n");
    }

    @Test
    void whatASearchNoLongerHasDoesNotStay() throws IOException {
        write("all", "pgd", 1);
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Files.writeString(kept.resolve("q-robustness.csv"), "of an earlier state\n");
        Files.writeString(kept.resolve("q-certificates.csv"), "of an earlier state\n");
        FindingsFiles.keep(folder.resolve("all/as-published-digits-pgd"), "q", kept);
        assertThat(files("kept")).containsKey("stores.csv");
        assertThat(kept.resolve("q-robustness.csv")).doesNotExist();
        assertThat(kept.resolve("q-certificates.csv")).doesNotExist();
    }

    @Test
    void aFigureThatCannotBeDrawnLeavesAllFilesAsTheyWere() throws IOException {
        write("all", "pgd", 1);
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Path broken = Files.writeString(
                kept.resolve("benchmark-digits-mlp.csv"), "pruned,sparsity,method,robust\nweights,many,a,0.5\n");
        Map<String, String> before = files("kept");
        assertThatThrownBy(() -> FindingsFiles.keep(folder.resolve("all/as-published-digits-pgd"), "q", kept))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(broken + " cannot be drawn");
        assertThatThrownBy(() -> keep("all", "kept")).isInstanceOf(UserException.class);
        assertThat(files("kept")).isEqualTo(before);
    }

    @Test
    void figuresShowTheFilesAsTheyWillBe() throws IOException {
        write("all", "pgd", 1);
        keep("all", "kept");
        assertThat(files("kept").get("figures/paper-pgd.svg"))
                .isEqualTo(FindingsFigures.drawn(folder.resolve("kept")).get("paper-pgd.svg"))
                .startsWith("<svg");
    }

    @Test
    void aRunThatIsMissingIsNamedAndLeavesNoFolder() {
        Path none = folder.resolve("nosuch");
        assertThatThrownBy(() -> keep("nosuch", "fresh"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(none + " is missing; expected the directory of a search");
        assertThat(folder.resolve("fresh")).doesNotExist();
    }

    @Test
    void aFolderWithoutStoresLeavesNoFolder() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> keep("empty", "fresh"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("empty holds no store of the reproduction");
        assertThat(folder.resolve("fresh")).doesNotExist();
    }

    @Test
    void aRowWithOtherFieldsIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("kept.csv"), "name,store\na,b\n<<<<<<< HEAD\n");
        assertThatThrownBy(() -> Csv.read(file))
                .isInstanceOf(UserException.class)
                .hasMessage(file + " has 1 fields in row 2; expected 2");
    }
}
