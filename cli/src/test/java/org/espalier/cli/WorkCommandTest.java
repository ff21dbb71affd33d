package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    void makeImages() {
        file = TinyImages.file(home);
        out = home.resolve("out");
    }

    private CommandLineRun prepare() {
        return CommandLineRun.of("run", file.toString(), "--prepare", "--out", out.toString());
    }

    private static Map<String, String> made(Path directory) throws IOException {
        Map<String, String> made = Trees.digests(directory);
        made.keySet().removeIf(name -> name.startsWith("cluster/") || name.matches("[a-z-]+\\.(csv|md)"));
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
                .contains("tiny: 4 chains (2 trials), 6 levels to train")
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
                .startsWith("tiny: 4 chains (2 trials) of 8 levels in all; 6 levels to train,")
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

    @Test
    void timeLimitsOfSlurmAreOfItsFormsAndLeaveTimeBeforeTheSignal() {
        for (String time : List.of("abc", "1:2:3:4", "1-", "-1", "4h", "1-2:3:4:5")) {
            refused(slurm("--time=" + time), ExitCode.USAGE, "--time is " + time + ", expected minutes");
        }
        refused(
                slurm("--time", "00:00:10", "--signal-before", "3600"),
                ExitCode.USAGE,
                "--time is 00:00:10, which is 10 s, expected more than --signal-before, 3600 s");
        refused(slurm("--time", "2:00"), ExitCode.USAGE, "--time is 2:00, which is 120 s");
        assertThat(out).doesNotExist();
        for (String time : List.of("60", "60:00", "01:00:00", "0-1", "0-1:00", "0-1:00:00")) {
            assertThat(slurm("--time", time, "--signal-before", "3599").code()).isZero();
            refused(
                    slurm("--time", time, "--signal-before", "3600"),
                    ExitCode.USAGE,
                    "--time is " + time + ", which is 3600 s");
        }
        assertThat(slurm("--time", "1-12").code()).isZero();
    }

    private CommandLineRun slurm(String... more) {
        List<String> all = new ArrayList<>(List.of("slurm", file.toString(), "--out", out.toString()));
        all.addAll(List.of(more));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    /** Runs a command several times at once, as on several machines. */
    private static List<CommandLineRun> together(int times, String... command) throws InterruptedException {
        List<CommandLineRun> runs = new CopyOnWriteArrayList<>();
        List<Thread> threads = IntStream.range(0, times)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> runs.add(CommandLineRun.of(command))))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(runs).hasSize(times);
        return runs;
    }

    private static Map<String, String> stored(Path directory, String kind) throws IOException {
        Map<String, String> stored = Trees.digests(directory.resolve(kind));
        assertThat(stored).isNotEmpty();
        return stored;
    }

    @Test
    void evaluationsAndCertificatesThatMachinesShareHaveTheBytesOfOne() throws Exception {
        Files.writeString(file, "robustness: {suite: fast, epsilon: 0.05, images: 30}\n", StandardOpenOption.APPEND);
        Path whole = home.resolve("whole");
        CommandLineRun.of("run", file.toString(), "--out", whole.toString());
        prepare();
        for (CommandLineRun work : together(2, "work", out.toString(), "--jobs", "1")) {
            assertThat(work.err()).contains(" evaluations, shared with other machines");
            assertThat(work.code()).isZero();
        }
        assertThat(made(out)).isEqualTo(made(whole));
        assertThat(stored(out, "robustness")).isEqualTo(stored(whole, "robustness"));

        String[] evaluate = {"evaluate", "DIR", "--all-levels", "--suite", "paper", "--epsilon", "0.1"};
        CommandLineRun alone = CommandLineRun.of(in(whole, evaluate));
        for (CommandLineRun shared : together(2, in(out, evaluate, "--shared"))) {
            assertThat(shared.out().replace(out.toString(), ""))
                    .isEqualTo(alone.out().replace(whole.toString(), ""));
        }
        assertThat(stored(out, "robustness")).isEqualTo(stored(whole, "robustness"));

        String[] certify = {"certify", "DIR", "--all-levels", "--method", "exact", "--images", "10", "--epsilon", "0.02"
        };
        CommandLineRun one = CommandLineRun.of(in(whole, certify));
        assertThat(one.code()).isZero();
        for (CommandLineRun shared : together(2, in(out, certify, "--shared"))) {
            assertThat(shared.code()).isZero();
            assertThat(shared.out()).contains("Written: ");
        }
        assertThat(stored(out, "certification")).isEqualTo(stored(whole, "certification"));
        assertThat(CommandLineRun.of(in(out, certify)).code()).isZero();
        assertThat(stored(out, "certification")).isEqualTo(stored(whole, "certification"));
        try (Stream<Path> left = Files.walk(out.resolve("cluster"))) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private static String[] in(Path directory, String[] command, String... more) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of(more));
        words.replaceAll(word -> word.equals("DIR") ? directory.toString() : word);
        return words.toArray(String[]::new);
    }

    @Test
    void whatCannotBeSharedIsToldInOneLine() throws IOException {
        prepare();
        CommandLineRun.of("work", out.toString());
        refused(
                CommandLineRun.of("evaluate", out.toString(), "--all-levels", "--shared", "--out", home.toString()),
                ExitCode.MISTAKE,
                "--out is " + home + ", expected none with --shared");
        Path ticket = home.resolve("ticket.safetensors");
        Path trained;
        try (Stream<Path> files = Files.walk(out.resolve("levels"))) {
            trained = files.filter(each -> each.endsWith("trained.safetensors"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.copy(trained, ticket);
        refused(
                CommandLineRun.of(
                        "certify",
                        ticket.toString(),
                        "--data",
                        "tiny",
                        "--data-directory",
                        home.resolve("images").toString(),
                        "--images",
                        "5",
                        "--shared"),
                ExitCode.MISTAKE,
                "--shared is for levels of a search, found the file " + ticket);
    }
}
