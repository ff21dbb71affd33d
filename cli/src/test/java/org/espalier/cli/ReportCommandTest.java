package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.cli.console.ExitCode;
import org.espalier.fixtures.Trees;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a report may be written, and where not. */
class ReportCommandTest {
    @TempDir
    private Path home;

    private Path search;

    @BeforeEach
    void search() {
        search = TinyImages.search(home);
    }

    private CommandLineRun report(String option, Path target) {
        return CommandLineRun.of("report", search.toString(), option, target.toString());
    }

    @Test
    void filesOfTheSearchAreNotWrittenOver() throws IOException {
        Map<String, String> before = Trees.digests(search);
        for (String option : List.of("--csv", "--markdown", "--out")) {
            for (String name : List.of(
                    "index.json",
                    "experiment.yaml",
                    "provenance.json",
                    "classes.json",
                    "timings.jsonl",
                    "lock",
                    "levels/mine.csv",
                    "levels/../levels",
                    "robustness/mine.md",
                    "certification")) {
                Path target = search.resolve(name);
                CommandLineRun run = report(option, target);
                assertThat(run.code()).as(option + " " + name).isEqualTo(ExitCode.MISTAKE);
                assertThat(run.err())
                        .hasLineCount(1)
                        .contains(option + " is " + target, "belongs to the search in", "expected another place");
            }
        }
        assertThat(Trees.digests(search)).isEqualTo(before);
    }

    @Test
    void filesOfAnotherSearchAreNotWrittenOver() throws IOException {
        Path other = home.resolve("other");
        Trees.copy(search, other);
        assertThat(report("--csv", other.resolve("index.json")).code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(other.resolve("index.json")).hasSameBinaryContentAs(search.resolve("index.json"));
    }

    @Test
    void otherFilesInTheSearchMayBeWritten() {
        assertThat(report("--csv", search.resolve("results.csv")).code()).isZero();
        assertThat(report("--csv", search.resolve("mine.csv")).code()).isZero();
        assertThat(report("--markdown", search.resolve("results.md")).code()).isZero();
        assertThat(report("--out", search.resolve("report")).code()).isZero();
        assertThat(report("--out", search.resolve("report")).code()).isZero();
        assertThat(search.resolve("mine.csv")).exists();
    }

    @Test
    void aPageOfSomeoneElseIsNotWrittenOver() throws IOException {
        Path site = Files.createDirectory(home.resolve("site"));
        Path page = Files.writeString(site.resolve("index.html"), "<p>mine</p>");
        CommandLineRun run = report("--out", site);
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).contains("--out is " + site + ", where index.html is no page of Espalier's");
        assertThat(page).hasContent("<p>mine</p>");
        assertThat(site.resolve("results.csv")).doesNotExist();
    }

    @Test
    void textAndFilesDoNotGoTogether() {
        for (String option : List.of("--csv", "--markdown", "--out")) {
            CommandLineRun run = CommandLineRun.of(
                    "report",
                    search.toString(),
                    "--text",
                    option,
                    home.resolve("x").toString());
            assertThat(run.code()).as(option).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains(option + " names what to write, but --text writes no file");
        }
    }
}
