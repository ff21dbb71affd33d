package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.cli.console.ExitCode;
import org.espalier.lab.collection.TicketCollection;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.store.Store;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tickets of a search that trains in milliseconds, and those that the clone keeps. */
class TicketsCommandTest {
    @TempDir
    private Path home;

    private Path folder;

    @BeforeEach
    void keep() throws IOException {
        Path images = home.resolve("images");
        TinyImages.write(images);
        Path experiment = Files.writeString(home.resolve("tiny.yaml"), """
                extends: paper
                name: tiny
                trials: 2
                data:
                  sets: [{name: tiny, directory: "%s"}]
                  validation: 20
                network:
                  hidden: [6]
                training:
                  iterations: 20
                  batch: 10
                objectives: [fgsm]
                evaluation:
                  every: 10
                  attacks: [fgsm]
                pruning:
                  levels: 1
                strategies: [original]
                """.formatted(images));
        Path out = home.resolve("out");
        assertThat(CommandLineRun.of("run", experiment.toString(), "--out", out.toString())
                        .code())
                .isZero();
        folder = home.resolve("tickets");
        CommandLineRun added = CommandLineRun.of(
                "tickets",
                "add",
                out.toString(),
                "--trial",
                "2",
                "--level",
                "1",
                "--name",
                "tiny-2",
                "--epsilon",
                "0.1",
                "--dir",
                folder.toString());
        assertThat(added.code()).as(added.err()).isZero();
    }

    private CommandLineRun tickets(String... more) {
        var arguments = new java.util.ArrayList<>(java.util.List.of(
                "tickets",
                "--dir",
                folder.toString(),
                "--data-directory",
                home.resolve("images").toString()));
        arguments.addAll(java.util.List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void measuresTheSameFiguresAgain() throws IOException {
        CommandLineRun run = tickets();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("tiny-2").contains("same figures");
        assertThat(folder.resolve("tiny-2.md")).content().contains("tiny fgsm original trial 2, level 1");
        assertThat(folder.resolve("README.md"))
                .content()
                .contains("tiny-2: tiny fgsm original trial 2, level 1 of `./espalier run ");
    }

    /** No preset can be changed into it: all have an iteration for reports, which no setting takes away. */
    @Test
    void aSearchThatIsNoPresetsIsKeptWithItsExperiment() throws IOException {
        Path experiment = Files.writeString(
                home.resolve("other.yaml"),
                TinyImages.experiment(home.resolve("images")).replace("report:\n  iteration: 10\n", ""));
        Path out = home.resolve("another");
        CommandLineRun trained = CommandLineRun.of("run", experiment.toString(), "--out", out.toString());
        assertThat(trained.code()).as(trained.err()).isZero();
        CommandLineRun added = CommandLineRun.of(
                "tickets",
                "add",
                out.toString(),
                "--strategy",
                "original",
                "--trial",
                "1",
                "--level",
                "1",
                "--name",
                "other",
                "--dir",
                folder.toString());
        assertThat(added.code()).as(added.err()).isZero();
        Path kept = folder.resolve("other.yaml");
        assertThat(folder.resolve("README.md")).content().contains("of `./espalier run " + kept);
        assertThat(ExperimentFile.read(kept.toString(), List.of()))
                .isEqualTo(Store.open(out).experiment());
    }

    @Test
    void aFigureThatDiffersIsAnError() throws IOException {
        Path manifest = folder.resolve(TicketCollection.MANIFEST);
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("\"clean\":\\d+", "\"clean\":3"));
        CommandLineRun run = tickets();
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.out()).contains("DIFFERS");
        assertThat(run.err()).contains("expected 3 of 30 test images right");
        assertThat(tickets("--list").code()).isZero();
    }

    @Test
    void aFileThatDiffersIsAnError() throws IOException {
        Path file = folder.resolve("tiny-2.espalier");
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.write(file, content);
        CommandLineRun run = tickets("--list");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err()).contains("tiny-2.espalier has SHA-256 ").contains(", which manifest.json names");
    }

    @Test
    void theCloneKeepsTicketsWithTheFiguresThatTheirManifestNames() throws IOException {
        Path kept = Path.of("..", "tickets");
        CommandLineRun run = CommandLineRun.of("tickets", "--dir", kept.toString());
        assertThat(run.code()).as(run.err()).isZero();
        TicketCollection collection = TicketCollection.read(kept, true);
        assertThat(collection.tickets()).isNotEmpty();
        assertThat(kept.resolve("README.md")).content().isEqualTo(collection.readme());
        try (var files = Files.list(kept)) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum())
                    .isLessThanOrEqualTo(TicketCollection.MOST_BYTES);
        }
    }
}
