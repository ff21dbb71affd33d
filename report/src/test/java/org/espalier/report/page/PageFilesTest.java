package org.espalier.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.report.ReportFiles;
import org.espalier.report.ReportFolder;
import org.espalier.report.SyntheticRobustness;
import org.espalier.report.SyntheticStore;
import org.espalier.report.content.Report;
import org.espalier.report.content.ReportPart;
import org.espalier.report.example.AttackedImages;
import org.espalier.report.verdict.Terms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of stores in every state: what is there is shown, what is not is told of. */
class PageFilesTest {
    private static final String[] SMALL = {
        "trials=2",
        "strategies=[original, random]",
        "network.hidden=[6, 5]",
        "pruning.levels=2",
        "training.iterations=500",
        "evaluation.every=250"
    };

    private ReportPart.Written written;

    @TempDir
    private Path folder;

    @Test
    void aFinishedSearchHasAllItsFiguresOnThePageAndAsFiles() throws IOException {
        Path store = SyntheticStore.write(folder.resolve("store"), "quick-mlp", SMALL);

        String page = write(store);

        assertThat(page).contains("All 10 levels are trained", "<h2 id=\"verdict\">", "Attacked images", "&#10003;");
        assertThat(page).doesNotContain("Not everything could be read", "Nothing to show yet");
        List<String> files = files(folder.resolve("out/figures"));
        for (String figure : List.of(
                "accuracy-pgd",
                "accuracy-natural",
                "loss-pgd",
                "stopping-pgd",
                "plane-fgsm",
                "initial-weights",
                "pixels",
                "alive",
                "overlap")) {
            assertThat(files).contains("digits-pgd-" + figure + ".svg", "digits-pgd-" + figure + ".pdf");
        }
        assertThat(files).contains("time.svg", "time.pdf");
        assertThat(write(store)).as("equal stores give equal pages").isEqualTo(page);
        assertThat(page).contains("default-src 'none'");
        assertThat(page.replaceAll("(?s)<script>.*?</script>", ""))
                .as("what the network would be asked for")
                .doesNotContain("src=\"http", "href=\"http", "url(", "@import");
    }

    @Test
    void aConvolutionalSearchShowsItsFiltersAndFeatureMaps() throws IOException {
        Path store = SyntheticStore.write(
                folder.resolve("store"), "quick-mlp", "network=cnn-small", "trials=2", "pruning.levels=2");

        String page = write(store);

        assertThat(page)
                .contains("Filters of the first layer", "layers by weights remaining", "channels of conv2")
                .contains("4 x 4 convolution, stride 2, padding 1", "32 x 7 x 7", "conv2: 32 x 16 x 4 x 4")
                .doesNotContain("Input pixels that survive");
        assertThat(files(folder.resolve("out/figures")))
                .contains("digits-pgd-filters-1.svg", "digits-pgd-filters-2.pdf")
                .doesNotContain("digits-pgd-pixels.svg");
        assertThat(written.problems()).isEmpty();
    }

    @Test
    void aSearchThatPrunesEveryWeightHasNoNumberThatIsNone() throws IOException {
        List<String> settings = new ArrayList<>(List.of(SMALL));
        settings.addAll(List.of("pruning.levels=1", "pruning.hidden=1", "pruning.output=1"));
        Path store = SyntheticRobustness.write(
                SyntheticStore.write(folder.resolve("store"), "quick-mlp", settings.toArray(String[]::new)));
        Report report = Report.read(List.of(store), Terms.USUAL);

        ReportFolder.write(report, OptionalInt.empty(), folder.resolve("out"));
        Report.Run run = report.runs().getFirst();
        ReportFiles.writeCsv(run.results(), folder.resolve("out/results.csv"));
        ReportFiles.writeRobustness(run.robustness(), folder.resolve("out"), "");

        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                // The drawing library knows what NaN is.
                String data = text.replaceAll("(?s)<script>.*?</script>", "");
                assertThat(Pattern.compile("\\b(NaN|Infinity)\\b").matcher(data).find())
                        .as("%s", file)
                        .isFalse();
            }
        }
        assertThat(Files.readString(folder.resolve("out/index.html")))
                .contains("Values that an axis cannot show, such as 0 on a logarithmic axis, are left out");
        assertThat(Files.readString(folder.resolve("out/tables/quick-mlp-digits-pgd-early-stop.csv")))
                .contains("\n1,0.00,");
    }

    @Test
    void aSearchThatHasNotBegunSaysSo() throws IOException {
        Path store = SyntheticStore.write(
                folder.resolve("store"), (_, _) -> SyntheticStore.State.WAITING, "quick-mlp", SMALL);

        assertThat(write(store)).contains("0 of 10 levels are trained");
    }

    @Test
    void aSearchInItsFirstLevelShowsWhatIsMeasured() throws IOException {
        Path store = SyntheticStore.write(
                folder.resolve("store"),
                (trial, level) ->
                        trial.trial() == 1 && level == 0 ? SyntheticStore.State.BEGUN : SyntheticStore.State.WAITING,
                "quick-mlp",
                SMALL);

        assertThat(write(store))
                .contains("0 of 10 levels are trained", "Accuracy as training proceeds", "No examples yet");
    }

    @Test
    void divergedTrainingIsNoFailureOfTheReport() throws IOException {
        Path store = SyntheticStore.write(
                folder.resolve("store"),
                (trial, level) -> level == 1 && trial.strategy().equals("random")
                        ? SyntheticStore.State.FAILED
                        : level > 1 && trial.strategy().equals("random")
                                ? SyntheticStore.State.WAITING
                                : SyntheticStore.State.DONE,
                "quick-mlp",
                SMALL);

        assertThat(write(store)).contains("diverged");
    }

    @Test
    void damagedFilesAreNamedAndTheRestIsShown() throws IOException {
        Path directory = SyntheticStore.write(folder.resolve("store"), "quick-mlp", SMALL);
        Store store = Store.open(directory);
        List<StoredLevel> levels = store.levels(store.trials().getFirst());
        Files.writeString(levels.get(1).directory().resolve("initial.safetensors"), "no network");
        Files.writeString(levels.get(2).directory().resolve("metrics.jsonl"), "no measurement");
        Files.delete(levels.get(2).directory().resolve("trained.safetensors"));

        String page = write(directory);

        assertThat(written.problems())
                .as("what a terminal has to name besides what the report itself could not read")
                .singleElement()
                .asString()
                .contains(levels.get(1).key() + "/initial.safetensors")
                .endsWith("; this network is left out of the page's figures");
        assertThat(page)
                .contains("Not everything could be read", "These networks could not be read")
                .contains(
                        levels.get(1).key() + "/initial.safetensors",
                        levels.get(2).key() + "/metrics.jsonl")
                .contains("No examples: ", "data-group=\"0\"");
    }

    @Test
    void otherImagesThanThoseTrainedOnAreNotShown() throws IOException {
        Path directory = SyntheticStore.write(folder.resolve("store"), "quick-mlp", SMALL);
        Store store = Store.open(directory);
        Path level =
                store.levels(store.trials().getFirst()).getFirst().directory().resolve("level.json");
        String text = Files.readString(level);
        Files.writeString(
                level, text.replace("\"data-set\":\"digits\"", "\"data\":{\"digest\":\"" + "0".repeat(64) + "\"}"));
        assertThat(Files.readString(level)).isNotEqualTo(text);

        assertThat(write(directory))
                .contains("No examples: data set digits is not the one that was trained on")
                .doesNotContain("test image 0");
    }

    @Test
    void namesOfUsersAreTextAndNothingElse() throws IOException {
        String name = "<script>alert(1)<!-- & \"'";
        Path store = SyntheticStore.write(folder.resolve(name), "quick-mlp", SMALL);

        String page = write(store);

        assertThat(page)
                .doesNotContain(name, "<script>alert")
                .contains("&lt;script&gt;alert(1)&lt;!-- &amp; &quot;&#39;");
    }

    private String write(Path store) throws IOException {
        Path out = folder.resolve("out");
        Files.createDirectories(out);
        written = new PageFiles(new AttackedImages())
                .write(Report.read(List.of(store), Terms.USUAL), OptionalInt.empty(), out);
        assertThat(written.files()).first().isEqualTo(out.resolve("index.html"));
        return Files.readString(out.resolve("index.html"));
    }

    private static List<String> files(Path directory) throws IOException {
        var names = new ArrayList<String>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }
}
