package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.StoredNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Constructions of tickets of a search that trains in milliseconds. */
class ConstructCommandTest {
    @TempDir
    private Path home;

    private Path out;

    @BeforeEach
    void search() {
        out = TinyImages.search(home);
    }

    private CommandLineRun construct(String... more) {
        List<String> all = new ArrayList<>(
                List.of("construct", out.toString(), "--strategy", "random", "--trial", "2", "--level", "1"));
        all.addAll(List.of(more));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    @Test
    void accuracyIsThatOfTheNetworkOfSums() throws IOException {
        CommandLineRun run = construct("--epsilon", "0.1", "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode found = new JsonMapper().readTree(run.out());
        Path file = Path.of(found.path("file").stringValue());
        assertThat(file).exists();
        StoredNetwork sums = NetworkFile.read(Path.of(file.toString().replace(".json", ".safetensors")))
                .network();
        assertThat(found.path("settings").path("samples").intValue()).isEqualTo(21);
        assertThat(found.path("drawn").longValue()).isEqualTo(21L * sums.mask().count());
        assertThat(found.path("failures").intValue()).isZero();
        assertThat(found.path("largest-error").doubleValue()).isLessThanOrEqualTo(0.01);
        JsonNode accuracy = found.path("accuracy");
        assertThat(accuracy.path("sums").doubleValue())
                .isBetween(
                        accuracy.path("target").doubleValue() - 0.1,
                        accuracy.path("target").doubleValue() + 0.1);
        assertThat(accuracy.path("sums-pgd").isNumber()).isTrue();
        // The file of sums has the accuracy that the command measured, calibration measures it too.
        CommandLineRun again = CommandLineRun.of(
                "calibrate",
                file.toString().replace(".json", ".safetensors"),
                "--data",
                found.path("settings").path("data").stringValue(),
                "--data-directory",
                home.resolve("images").toString(),
                "--json");
        assertThat(again.code()).as(again.err()).isZero();
        JsonNode measured = new JsonMapper().readTree(again.out());
        assertThat((double) measured.path("correct").intValue()
                        / measured.path("settings").path("images").intValue())
                .isEqualTo(accuracy.path("sums").doubleValue());
        // The same command gives the same file.
        byte[] bytes = Files.readAllBytes(file);
        assertThat(construct("--epsilon", "0.1").out()).contains("21 samples for each weight");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void fewSamplesFailAndTheFailuresAreCounted() {
        JsonNode found = new JsonMapper()
                .readTree(construct("--factor", "1", "--error", "0.3", "--json").out());
        assertThat(found.path("settings").path("samples").intValue()).isEqualTo(2);
        assertThat(found.path("drawn").longValue())
                .isEqualTo(2L
                        * found.path("layers")
                                .valueStream()
                                .mapToInt(layer -> layer.path("weights").intValue())
                                .sum());
        CommandLineRun table = construct("--method", "convolutions", "--samples", "5,10,15");
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("log10 weight error", "the network has no convolution", "R^2");
    }

    @Test
    void settingsThatDoNotGoTogetherAreRefusedInOneLine() {
        for (String[] wrong : new String[][] {
            {"--samples", "5"},
            {"--method", "magic"},
            {"--method", "convolutions", "--error", "0.1"},
            {"--method", "convolutions", "--samples", "50"},
            {"--factor", "9"},
            {"--error", "nothing"}
        }) {
            CommandLineRun run = construct(wrong);
            assertThat(run.code()).isNotZero();
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith("espalier: ");
        }
    }
}
