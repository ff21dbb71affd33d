package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.memory.MemoryLimit;
import org.espalier.cli.memory.MemoryNeed;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines on a data set that trains in milliseconds. */
class RunCommandTest {
    @TempDir
    private Path home;

    private Path file;
    private Path out;

    @BeforeEach
    void makeImages() {
        file = TinyImages.file(home);
        out = home.resolve("out");
    }

    private CommandLineRun run(String... more) {
        var arguments = new java.util.ArrayList<>(List.of("run", file.toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void aSearchEndsWithTablesAndFiles() throws IOException {
        CommandLineRun run = run();
        assertThat(run.err())
                .contains("tiny: 4 chains (2 trials), 6 levels to train")
                .contains("tiny fgsm original trial 1, level 0 of 1, 100.0 % of weights: natural ");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("tiny, fgsm training, test accuracy in % at iteration 10\n")
                .contains("at the last iteration of each level\n")
                .containsPattern("at early stopping \\(least validation loss, 0.5 natural \\+ 0.5\\s+fgsm\\)\n")
                .contains("2/2")
                .doesNotContain("...");
        List<String> csv = Files.readAllLines(out.resolve("results.csv"));
        assertThat(csv.getFirst())
                .isEqualTo("dataset,objective,strategy,trial,level,density,iteration,split,attack,accuracy,loss");
        // strategies x trials x levels x (0, 10, 20) x splits x (natural, fgsm)
        assertThat(csv).hasSize(1 + 2 * 2 * 2 * 3 * 2 * 2);
        assertThat(csv.get(1)).startsWith("tiny,fgsm,original,1,0,1,0,test,none,");
        assertThat(out.resolve("results.md")).content().startsWith("# tiny\n\n### tiny, fgsm training");
    }

    /** Also where several trials and strategies have such a level, and where there is none but the dense one. */
    @Test
    void theCommandThatComesNextRuns() {
        for (List<String> settings : List.of(List.<String>of(), List.of("--set", "strategies=[none]"))) {
            out = home.resolve("out" + settings.size());
            String next = run(settings.toArray(String[]::new))
                    .err()
                    .lines()
                    .filter(line -> line.startsWith("Next: espalier certify "))
                    .findFirst()
                    .orElseThrow();
            var arguments = new java.util.ArrayList<>(
                    List.of(next.substring("Next: espalier ".length()).split(" ")));
            arguments.addAll(List.of("--images", "3"));
            CommandLineRun certified = CommandLineRun.of(arguments.toArray(String[]::new));
            assertThat(certified.code()).as(next + certified.err()).isZero();
            assertThat(certified.out()).contains("Written: ");
        }
    }

    @Test
    void anUnknownDataSetIsNamedBesideTheNearestOne() {
        CommandLineRun run = run("--set", "data.sets=[{name: tiny, directory: /nowhere}, digitz]");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err())
                .contains("data.sets of the experiment has \"digitz\", which is no data set and has no directory;"
                        + " did you mean \"digits\"?");
        assertThat(out.resolve("index.json")).doesNotExist();
    }

    @Test
    void kernelsAreNamedAndKeptInTheProvenance() throws IOException {
        assertThat(run("--kernels", "sparse").code()).isZero();
        assertThat(out.resolve("provenance.json")).content().contains(", sparse kernels");
        CommandLineRun misspelt = run("--kernels", "denes");
        assertThat(misspelt.code()).isEqualTo(ExitCode.USAGE);
        assertThat(misspelt.err())
                .contains("'--kernels'")
                .contains("'denes', expected auto, dense or sparse; did you mean 'dense'?");
    }

    @Test
    void aLevelThatStrategiesShareStandsOnceForEach() throws IOException {
        run();
        List<String> csv = Files.readAllLines(out.resolve("results.csv"));
        List<String> original = csv.stream()
                .filter(r -> r.startsWith("tiny,fgsm,original,1,0,"))
                .toList();
        List<String> random =
                csv.stream().filter(r -> r.startsWith("tiny,fgsm,random,1,0,")).toList();
        assertThat(original).hasSize(12);
        assertThat(random.stream().map(r -> r.replace(",random,", ",original,")))
                .isEqualTo(original);
    }

    @Test
    void runningAgainTrainsNothingAndShowsTheSame() throws IOException {
        CommandLineRun first = run();
        byte[] csv = Files.readAllBytes(out.resolve("results.csv"));
        CommandLineRun again = run("--jobs", "1");
        assertThat(again.out()).isEqualTo(first.out());
        assertThat(again.err()).contains("6 there already").doesNotContain("level 0 of 1");
        assertThat(out.resolve("results.csv")).hasBinaryContent(csv);
    }

    @Test
    void moreTrialsAreAddedToASearch() {
        run("--trials", "1");
        CommandLineRun more = run();
        assertThat(more.code()).isZero();
        assertThat(more.err()).contains("6 levels to train, 3 there already");
        assertThat(more.out()).contains("2/2");
    }

    @Test
    void statusTellsThatAllIsDone() {
        run();
        CommandLineRun status = CommandLineRun.of("status", out.toString());
        assertThat(status.code()).isZero();
        assertThat(status.out())
                .startsWith("tiny: done\n")
                .contains("tiny      fgsm       original  1     | 2/2          -\n")
                .contains("6 of 6 levels done, 0 begun, 0 waiting");
    }

    @Test
    void statusAndReportOfASearchThatLacksLevelsSayWhatIsMissing() throws IOException {
        run();
        // As if stopped before the last level of "random" in trial 2.
        Path last = out.resolve("levels").resolve(keyOfLastLevel());
        try (var files = Files.list(last)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(last);
        CommandLineRun status = CommandLineRun.of("status", out.toString());
        assertThat(status.out())
                .startsWith("tiny: not running; run it again to continue\n")
                .contains("tiny      fgsm       random    2     | 1/2          1 waiting\n")
                .contains("5 of 6 levels done, 0 begun, 1 waiting");
        CommandLineRun report = CommandLineRun.of("report", out.toString());
        assertThat(report.code()).isZero();
        assertThat(report.out()).contains("1/2").contains("(-) one trial alone has no standard deviation");
    }

    private String keyOfLastLevel() throws IOException {
        String index = Files.readString(out.resolve("index.json"));
        int end = index.lastIndexOf('"');
        return index.substring(index.lastIndexOf('"', end - 1) + 1, end);
    }

    @Test
    void reportShowsAnotherIterationAndWritesWhereAsked() {
        run();
        CommandLineRun report = CommandLineRun.of(
                "report",
                out.toString(),
                "--iteration",
                "13",
                "--csv",
                home.resolve("a.csv").toString(),
                "--markdown",
                home.resolve("a.md").toString());
        assertThat(report.code()).isZero();
        assertThat(report.out()).contains("at iteration 10 (the nearest measured one to 13)");
        assertThat(home.resolve("a.csv")).exists();
        assertThat(home.resolve("a.md")).exists();
    }

    @Test
    void reportWritesNoTwoThingsIntoOneFile() {
        run();
        String file = home.resolve("a").toString();
        String again = home.resolve("b").resolve("..").resolve("a").toString();
        CommandLineRun report = CommandLineRun.of("report", out.toString(), "--csv", file, "--markdown", again);
        assertThat(report.code()).isNotZero();
        assertThat(report.err()).contains("--csv and --markdown are both " + file + ", expected two files");
        assertThat(home.resolve("a")).doesNotExist();
    }

    @Test
    void reportInCharactersWritesNoFile() {
        run();
        CommandLineRun report = CommandLineRun.of("report", "--text", out.toString());
        assertThat(report.code()).isZero();
        assertThat(report.out())
                .startsWith("Is there a winning robust ticket?\n")
                .contains("fgsm accuracy at early stopping, %, by P_m", "Two trials are few")
                .doesNotContain("Written: ");
        assertThat(out.resolve("report")).doesNotExist();
    }

    @Test
    void aReportWithAFolderOfItsOwnLeavesTheSearchAlone() throws IOException {
        run();
        Files.delete(out.resolve("results.csv"));
        Path folder = home.resolve("elsewhere");
        CommandLineRun report = CommandLineRun.of("report", out.toString(), "--out", folder.toString());
        assertThat(report.err()).isEmpty();
        assertThat(report.code()).isZero();
        assertThat(out.resolve("results.csv")).doesNotExist();
        assertThat(out.resolve("report")).doesNotExist();
        assertThat(folder.resolve("results.csv")).exists();
        assertThat(folder.resolve("tables").resolve("verdict.tex")).exists();
    }

    @Test
    void aDamagedNetworkIsNamedInOneLineAfterTheReport() throws IOException {
        run();
        Path network;
        try (var files = Files.walk(out)) {
            network = files.filter(file -> file.endsWith("initial.safetensors"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        Files.writeString(network, "no network");
        CommandLineRun report = CommandLineRun.of("report", out.toString());
        assertThat(report.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(report.out())
                .startsWith("Is there a winning robust ticket?\n")
                .contains("Written: ");
        assertThat(report.err().lines())
                .singleElement()
                .asString()
                .startsWith("espalier: " + network)
                .endsWith(" to have the level computed again");
        CommandLineRun status = CommandLineRun.of("status", out.toString());
        assertThat(status.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(status.out()).contains("levels done");
        assertThat(status.err()).isEqualTo(report.err());
    }

    @Test
    void whatCannotBeWrittenIsToldInOneLineAfterTheReport() throws IOException {
        run();
        Files.writeString(out.resolve("report"), "in the way");
        CommandLineRun report = CommandLineRun.of("report", out.toString());
        assertThat(report.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(report.out())
                .startsWith("Is there a winning robust ticket?\n")
                .contains("Written: ", "results.csv");
        assertThat(report.err())
                .isEqualTo("espalier: " + out.resolve("report")
                        + " cannot be made: a file is in its place; the report above is complete, but some"
                        + " files are missing\n");
    }

    @Test
    void severalSearchesAreReportedTogether() {
        run();
        Path other = home.resolve("other");
        CommandLineRun.of("run", file.toString(), "--out", other.toString(), "--seed", "7");
        CommandLineRun report = CommandLineRun.of("report", "--text", out.toString(), other.toString());
        assertThat(report.code()).isZero();
        assertThat(report.out()).contains("== other (" + other + ")");
        CommandLineRun csv = CommandLineRun.of("report", out.toString(), other.toString(), "--csv", "x.csv");
        refused(csv, ExitCode.USAGE, "--csv and --markdown name the file of one search, found 2 searches");
    }

    @Test
    void termsOfVerdictsAreChecked() {
        run();
        refused(
                CommandLineRun.of("report", out.toString(), "--confidence", "0.95"),
                ExitCode.USAGE,
                "--confidence is 0.95, expected a percentage above 50");
        refused(CommandLineRun.of("report", out.toString(), "--margin", "-1"), ExitCode.USAGE, "--margin is -1");
        refused(CommandLineRun.of("report", out.toString(), "--margin", "x"), ExitCode.USAGE, "--margin is x");
        assertThat(CommandLineRun.of("report", "--text", "--margin", "2", "--confidence", "90", out.toString())
                        .out())
                .containsPattern("at\\s+90\\s+%\\s+confidence")
                .containsPattern("by\\s+more\\s+than\\s+2\\s+points");
    }

    @Test
    void divergedTrialsAreLeftOutAndTheExitCodeTells() {
        CommandLineRun run = run("--set", "training.optimizer={kind: sgd, rate: 1e30}");
        assertThat(run.code()).isEqualTo(ExitCode.DIVERGED);
        assertThat(run.err())
                .containsPattern("espalier: tiny fgsm original trial 1 ended at level 0, iteration \\d+: ")
                .doesNotContain("\tat ");
        assertThat(run.out()).contains("left out: original, trial 1 diverged at level 0");
        assertThat(CommandLineRun.of("status", out.toString()).out()).contains("ended, with diverged trials");
    }

    @Test
    void jobsAreAsManyAsCoresChainsAndMemoryAllow() {
        Experiment experiment = ExperimentFile.read("paper", List.of("data.sets=[digits]"));
        MemoryLimit usual = limit(640);
        // 60,000 images of 784 pixels for training and 10,000 for tests.
        MemoryNeed need = new MemoryNeed(130L * 1000 * 784, (8L << 20) + 266_200 * 64, 0);
        assertThat(RunCommand.usualJobs(experiment, need, 2, usual)).isEqualTo(2);
        assertThat(RunCommand.usualJobs(experiment, need, 128, usual)).isBetween(10, 22);
        assertThat(RunCommand.usualJobs(experiment, need, 128, limit(64 << 10))).isEqualTo(3 * 3 * 5);
        assertThat(RunCommand.usualJobs(experiment, need, 128, limit(64))).isEqualTo(1);
    }

    @Test
    void adviceOnMemorySaysWhatIsNeededAndNamesJobsOnlyWhereTheyHelp() {
        MemoryNeed need = new MemoryNeed(300L << 20, 25L << 20, 0);
        assertThat(need.advice(4, limit(400)))
                .isEqualTo("the memory is full: 400 MiB may be used, this search needs about 464 MiB: 364 MiB for the"
                        + " program and its data and 25 MiB for each of 4 jobs; give it more with"
                        + " ESPALIER_JAVA_OPTS=-Xmx600m, or run fewer levels at once with --jobs 1");
        assertThat(need.advice(1, limit(380))).contains("about 389 MiB").doesNotContain("--jobs");
        assertThat(need.advice(4, limit(100))).contains("-Xmx464m").doesNotContain("--jobs");
        // Maps lie outside the heap.
        MemoryNeed maps = new MemoryNeed(300L << 20, 25L << 20, 500L << 20);
        assertThat(maps.jobs(new MemoryLimit(640L << 20, 1024L << 20))).isEqualTo(2);
        assertThat(maps.jobs(new MemoryLimit(400L << 20, 1L << 40))).isEqualTo(1);
        assertThat(maps.advice(4, new MemoryLimit(640L << 20, 1024L << 20)))
                .isEqualTo(
                        "the memory is full: 1024 MiB outside the heap may be used, this search needs about 2000 MiB:"
                                + " 500 MiB for each of 4 jobs; give it more with"
                                + " ESPALIER_JAVA_OPTS=-XX:MaxDirectMemorySize=2000m, or run fewer levels at once with"
                                + " --jobs 2");
    }

    /** As much heap as memory outside. */
    private static MemoryLimit limit(long mib) {
        return new MemoryLimit(mib << 20, mib << 20);
    }

    @Test
    void theNeedComesFromTheSizesOfDataAndNetworks() {
        Experiment experiment = ExperimentFile.read("quick-mlp", List.of("network.hidden=[100]"));
        Split split = new Split("train", new ImageShape(10, 10), new byte[5000], new int[50]);
        DataSet set = new DataSet("digits", 10, 10, 7, split, split, Map.of());
        assertThat(MemoryNeed.of(experiment, Map.of("digits", set), Optional.empty()))
                .isEqualTo(new MemoryNeed(3 * 5200, (8L << 20) + 64 * (100 * 100 + 100 * 7), 0));
    }

    /** One line, no stack trace, nothing on the output. */
    private static void refused(CommandLineRun run, int code, String... parts) {
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("espalier: ").hasLineCount(1).contains(parts);
    }

    @Test
    void anUnknownPresetIsAnsweredWithTheNearest() {
        refused(
                CommandLineRun.of("run", "quik"),
                ExitCode.USAGE,
                "no preset and no file 'quik'",
                "did you mean 'quick'?");
        refused(CommandLineRun.of("presets", "show", "papr"), ExitCode.USAGE, "'papr'", "did you mean 'paper'?");
    }

    @Test
    void anUnknownSettingIsAnsweredWithTheNearest() {
        refused(run("--set", "training.iteration=5"), ExitCode.MISTAKE, "iteration", "iterations");
    }

    @Test
    void wrongTypesAndImpossibleValuesAreRefused() {
        refused(run("--set", "training.batch=many"), ExitCode.MISTAKE, "training.batch", "many");
        refused(run("--set", "training.batch=0"), ExitCode.MISTAKE, "training.batch", "0");
        refused(run("--set", "pruning.hidden=1.5"), ExitCode.MISTAKE, "pruning.hidden", "1.5");
        refused(run("--set", "attacks.fgsm.epsilon=-0.1"), ExitCode.MISTAKE, "epsilon", "-0.1");
        refused(run("--set", "network.outputs=2"), ExitCode.MISTAKE, "outputs", "2", "3");
        refused(run("--set", "nonsense"), ExitCode.MISTAKE, "nonsense");
        refused(run("--trials", "0"), ExitCode.USAGE, "--trials is 0, expected a number from 1");
        refused(
                run("--trials", "2147483647", "--plan"),
                ExitCode.USAGE,
                "--trials is 2147483647, expected at most 1000000");
        refused(run("--trials", "x"), ExitCode.USAGE, "--trials is x, expected a whole number");
        refused(run("--jobs", "0"), ExitCode.USAGE, "--jobs is 0");
        assertThat(out).doesNotExist();
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefusedBeforeAnyTraining() {
        refused(run("--cores", "4"), ExitCode.USAGE, "--cores is given, expected --plan with it");
        refused(run("--prepare", "--plan"), ExitCode.USAGE, "--prepare is given, expected none with --plan");
        refused(run("--plan", "--cores", "0"), ExitCode.USAGE, "--cores is 0, expected a number from 1");
        assertThat(out).doesNotExist();
    }

    @Test
    void textOfStoredFilesDoesNotSteerTheTerminal() throws IOException {
        run();
        Path index = out.resolve("index.json");
        String text = Files.readString(index);
        Files.writeString(index, text.replaceFirst("\"strategy\":\"original\"", "\"strategy\":\"\\\\u001b[31m\""));
        CommandLineRun status = CommandLineRun.of("status", out.toString());
        refused(status, ExitCode.MISTAKE, "tiny fgsm ?[31m trial 1 is no trial of experiment.yaml");
        assertThat(status.err()).doesNotContain("\033");
    }

    @Test
    void anEmptyExperimentOfASearchIsNamed() throws IOException {
        run();
        Path stored = out.resolve("experiment.yaml");
        Files.writeString(stored, "");
        for (CommandLineRun answer : List.of(CommandLineRun.of("status", out.toString()), run())) {
            assertThat(answer.code()).isEqualTo(ExitCode.MISTAKE);
            assertThat(answer.err())
                    .contains(stored + " is damaged: it is empty")
                    .doesNotContain("holds another search");
        }
    }

    @Test
    void aDirectoryThatIsNoSearchIsRefused() {
        refused(CommandLineRun.of("report", home.resolve("nowhere").toString()), ExitCode.MISTAKE, "nowhere");
        refused(CommandLineRun.of("status", home.toString()), ExitCode.MISTAKE, home.toString());
    }

    @Test
    void anOutputThatIsAFileIsRefused() throws IOException {
        Files.writeString(out, "not a directory");
        refused(run(), ExitCode.MISTAKE, out.toString());
    }

    @Test
    void otherSettingsInTheSameDirectoryAreRefused() {
        run();
        CommandLineRun other = run("--set", "training.batch=9");
        assertThat(other.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(other.err()).hasLineCount(1).contains(out.toString(), "batch");
    }

    @Test
    void aDamagedStoreIsToldByFile() throws IOException {
        run();
        Path metrics;
        try (var files = Files.walk(out)) {
            metrics = files.filter(f -> f.endsWith("metrics.jsonl")).findFirst().orElseThrow();
        }
        Files.writeString(metrics, Files.readString(metrics).replaceFirst("\"correct\":\\d+", "\"correct\":1"));
        CommandLineRun report = CommandLineRun.of("report", out.toString());
        assertThat(report.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(report.err())
                .hasLineCount(1)
                .contains(metrics.toString(), "damaged", "; this level is left out")
                .doesNotContain("\tat ");
        assertThat(report.out()).contains("1/2", "Written: ");
        Files.writeString(out.resolve("index.json"), "{");
        refused(CommandLineRun.of("report", out.toString()), ExitCode.MISTAKE, "index.json");
    }
}
