package org.espalier.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.TinyImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyCommandTest {
    @TempDir
    private Path home;

    @Test
    void studiesAreRunKeptAndReported() throws IOException {
        String out = TinyImages.search(home).toString();
        CommandLineRun study = CommandLineRun.of(
                "study", "linear-mode-connectivity", out, "--set", "shared=[0]", "--set", "points=3", "--jobs", "2");
        assertThat(study.code()).as(study.err()).isZero();
        assertThat(study.out()).contains("barrier").contains("fgsm");
        assertThat(CommandLineRun.of("study", "mask-overlap", out).out()).contains("by chance");
        assertThat(CommandLineRun.of("report", out).code()).isZero();
        try (var files = Files.walk(home.resolve("out"))) {
            assertThat(files.map(each -> String.valueOf(each.getFileName())))
                    .anyMatch(name -> name.endsWith("linear-mode-connectivity-barriers.csv"))
                    .anyMatch(name -> name.endsWith("overlap-overlap.md"))
                    .anyMatch(name -> name.contains("line-level-0") && name.endsWith(".svg"));
        }
    }

    @Test
    void studiesAreListedAndMistakesRefusedInOneLine() {
        assertThat(CommandLineRun.of("study", "--list").out())
                .contains("linear-mode-connectivity")
                .contains("mask-overlap");
        for (String[] wrong : new String[][] {
            {"study"}, {"study", "mask-overlap"}, {"study", "mask-overlp", "x"}, {"study", "mask-overlap", "nowhere"}
        }) {
            CommandLineRun run = CommandLineRun.of(wrong);
            assertThat(run.code()).isNotZero();
            assertThat(run.err()).startsWith("espalier: ");
        }
    }
}
