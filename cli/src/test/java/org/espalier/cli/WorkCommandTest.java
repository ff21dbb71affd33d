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

/** The commands for many machines, on a data set that trains in milliseconds. */
class WorkCommandTest {
    @TempDir
    private Path home;

    private Path file;
    private Path out;

    @BeforeEach
    void makeImages() throws IOException {
        TinyImages.write(home.resolve("images"));
        file = Files.writeString(home.resolve("tiny.yaml"), TinyImages.experiment(home.resolve("images")));
        out = home.resolve("out");
    }

    private CommandLineRun prepare() {
        return CommandLineRun.of("run", file.toString(), "--prepare", "--out", out.toString());
    }

    private static Map<String, String> made(Path directory) throws IOException {
        Map<String, String> made = Trees.digests(directory);
        made.keySet().removeIf(name -> name.startsWith("cluster/") || name.startsWith("results"));
        return made;
    }

    @Test
    void aPlannedSearchIsTrainedByAWorkerToTheBytesOfARun() throws IOException {
        CommandLineRun prepared = prepare();
        assertThat(prepared.code()).isZero();
        assertThat(prepared.out())
                .isEqualTo("Planned: " + out + "; to train it, on each machine: espalier work " + out + "\n");
        assertThat(CommandLineRun.of("status", out.toString()).out()).contains("0 of 6 levels done");
        CommandLineRun work = CommandLineRun.of(
                "work", out.toString(), "--scratch", home.resolve("scratch").toString());
        assertThat(work.err())
                .contains("tiny: 4 trials, 6 levels to train")
                .endsWith("all levels are done; for the results: espalier report " + out + "\n");
        assertThat(work.code()).isZero();
        assertThat(home.resolve("scratch")).isEmptyDirectory();
        Path whole = home.resolve("whole");
        CommandLineRun.of("run", file.toString(), "--out", whole.toString());
        assertThat(made(out)).isEqualTo(made(whole));
        assertThat(CommandLineRun.of("status", out.toString()).out()).startsWith("tiny: done\n");
        assertThat(CommandLineRun.of("work", out.toString(), "--verify", "--leave")
                        .err())
                .contains("6 there already");
    }

    @Test
    void mistakesAreToldInOneLine() throws IOException {
        refused(CommandLineRun.of("work", out.toString()), ExitCode.MISTAKE, out + " is no directory");
        prepare();
        refused(
                CommandLineRun.of("work", out.toString(), "--lease", "0"),
                ExitCode.USAGE,
                "--lease is 0, expected a number from 1");
        Path scratch = Files.writeString(home.resolve("scratch"), "in the way");
        refused(
                CommandLineRun.of("work", out.toString(), "--scratch", scratch.toString()),
                ExitCode.MISTAKE,
                "choose another with --scratch");
        Path labels = home.resolve("images").resolve("train-labels-idx1-ubyte");
        byte[] content = Files.readAllBytes(labels);
        content[content.length - 1] = (byte) ((content[content.length - 1] + 1) % 3);
        Files.write(labels, content);
        refused(
                CommandLineRun.of("work", out.toString()),
                ExitCode.MISTAKE,
                "expected the same data and the same version of Espalier on all machines");
        Files.delete(labels);
        refused(
                CommandLineRun.of("work", out.toString()),
                ExitCode.MISTAKE,
                labels.getFileName().toString());
        assertThat(out.resolve("levels")).isEmptyDirectory();
    }

    private static void refused(CommandLineRun run, int code, String words) {
        assertThat(run.err()).contains(words);
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.err().lines().filter(line -> line.startsWith("espalier: ")))
                .as(run.err())
                .hasSize(1);
    }

    @Test
    void aPlanIsShownAndNothingWritten() {
        CommandLineRun plan = CommandLineRun.of(
                "run", file.toString(), "--plan", "--cores", "2", "--cores", "50", "--out", out.toString());
        assertThat(plan.code()).isZero();
        assertThat(plan.out())
                .startsWith("tiny: 4 trials of 8 levels in all; 6 levels to train,")
                .containsPattern("\nwork +.* core-hours: .* of training, .* of evaluation\n")
                .containsPattern("\ntime +about .* on 2 cores, ")
                .containsPattern("\ntime +about .* on 50 cores, ")
                .containsPattern("\nmemory +[0-9]+ MiB for the program and its data, [0-9]+ MiB for each level")
                .containsPattern("\ndisk +[0-9]+ MiB for the store\n");
        assertThat(out).doesNotExist();
    }

    @Test
    void scriptsForSlurmAreWrittenAndPrinted() throws IOException {
        CommandLineRun slurm = CommandLineRun.of(
                "slurm",
                file.toString(),
                "--out",
                out.toString(),
                "--workers",
                "3",
                "--time",
                "10",
                "--sbatch=--mem=2G");
        assertThat(slurm.err()).isEmpty();
        assertThat(slurm.code()).isZero();
        Path array = out.resolve("cluster").resolve("slurm-array.sh");
        Path report = out.resolve("cluster").resolve("slurm-report.sh");
        assertThat(slurm.out())
                .isEqualTo("Written: " + array + " and " + report + "\nTo submit: job=$(sbatch --parsable " + array
                        + ") && sbatch --dependency=afterany:$job " + report + "\n");
        assertThat(array).content().contains("#SBATCH --array=0-2\n", "#SBATCH --mem=2G\n", "#SBATCH --time=10\n");
        assertThat(report).content().contains(" work " + out + " --verify ", " report " + out + "\n");
        assertThat(List.of("levels", "index.json", "cluster/logs")).allMatch(name -> Files.exists(out.resolve(name)));
    }
}
