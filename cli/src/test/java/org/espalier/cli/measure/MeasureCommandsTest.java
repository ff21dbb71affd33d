package org.espalier.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.TinyImages;
import org.espalier.lab.file.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Measurements of a search that trains in milliseconds: networks 9-6-3. */
class MeasureCommandsTest {
    @TempDir
    private Path home;

    private String search;

    @BeforeEach
    void search() {
        search = TinyImages.search(home).toString();
    }

    private static JsonNode line(CommandLineRun run) {
        assertThat(run.code()).as(run.err()).isZero();
        return Json.parse(run.out().lines().findFirst().orElseThrow(), "output");
    }

    @Test
    void singularValuesAreStoredForEachLayer() throws IOException {
        JsonNode found = line(CommandLineRun.of("spectrum", search, "--all-levels", "--json"));
        assertThat(found.path("layers")).hasSize(2);
        assertThat(found.path("layers").path(0).path("values")).hasSize(6);
        assertThat(found.path("layers").path(1).path("values")).hasSize(3);
        assertThat(Files.readString(Path.of(found.path("file").asString("")))).contains("\"kind\":\"spectrum\"");
        assertThat(CommandLineRun.of("spectrum", search, "--all-levels").out()).contains("6 x 9", "3 x 6", "condition");
    }

    @Test
    void lipschitzConstantsHaveTheirTwoSides() {
        JsonNode found = line(
                CommandLineRun.of("lipschitz", search, "--all-levels", "--epsilon", "0.1", "--images", "5", "--json"));
        assertThat(found.path("constants")).hasSize(5);
        for (JsonNode constant : found.path("constants")) {
            assertThat(constant.path("lower").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(constant.path("upper").asDouble());
        }
        assertThat(CommandLineRun.of("lipschitz", search, "--all-levels", "--epsilon", "no")
                        .err())
                .contains("--epsilon is no, expected a number above 0");
    }

    @Test
    void imagesThatNoCorruptionFitsAreRefused() {
        CommandLineRun run = CommandLineRun.of("corrupt", search, "--all-levels");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("expected 28 x 28 grey pixels or 32 x 32 pixels of three colours to corrupt");
    }
}
