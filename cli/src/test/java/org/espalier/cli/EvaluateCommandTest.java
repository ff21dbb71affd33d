package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole evaluations on a search that trains in milliseconds. */
class EvaluateCommandTest {
    @TempDir
    private Path home;

    private Path out;

    @BeforeEach
    void search() {
        out = TinyImages.search(home);
    }

    private CommandLineRun evaluate(String... arguments) {
        List<String> all = new ArrayList<>(List.of("evaluate"));
        all.addAll(List.of(arguments));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    private CommandLineRun ofLevel(String... more) {
        List<String> all =
                new ArrayList<>(List.of(out.toString(), "--strategy", "random", "--trial", "2", "--level", "1"));
        if (!List.of(more).contains("--suite")) {
            all.addAll(List.of("--suite", "fast"));
        }
        if (List.of(more).stream().noneMatch(option -> option.startsWith("--epsilon"))) {
            all.addAll(List.of("--epsilon", "0.1"));
        }
        all.addAll(List.of(more));
        return evaluate(all.toArray(String[]::new));
    }

    private List<Path> found(String name) throws IOException {
        try (var files = Files.walk(home)) {
            return files.filter(f -> f.endsWith(name)).sorted().toList();
        }
    }

    private static void refused(CommandLineRun run, int code, String... parts) {
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("espalier: ").hasLineCount(1);
        for (String part : parts) {
            assertThat(run.err()).contains(part);
        }
    }

    @Test
    void aLevelIsAttackedJudgedAndKept() throws IOException {
        CommandLineRun run = ofLevel();
        assertThat(run.code()).as(run.err()).isIn(ExitCode.DONE, ExitCode.REFUSED);
        assertThat(run.out())
                .contains("tiny fgsm random trial 2, level 1: suite fast, l-infinity 0.1, first 30")
                .contains("no attack")
                .contains("apgd-ce")
                .contains("robust accuracy ")
                .contains("95 % interval")
                .contains("verdict: ")
                .contains("inside: pass")
                .contains("certified: not checked");
        assertThat(found("summary.json")).hasSize(1);
        assertThat(found("examples.jsonl"))
                .singleElement()
                .satisfies(file -> assertThat(Files.readAllLines(file))
                        .hasSize(30)
                        .first()
                        .asString()
                        .startsWith("{\"image\":0,\"label\":0,\"predicted\":"));
    }

    @Test
    void evaluatedAgainItIsReadAndNotDoneAgain() throws IOException {
        CommandLineRun first = ofLevel();
        byte[] summary = Files.readAllBytes(found("summary.json").getFirst());
        CommandLineRun again = ofLevel("--jobs", "1");
        assertThat(again.out()).isEqualTo(first.out());
        assertThat(again.err()).contains("1 there already").doesNotContain("batch");
        assertThat(Files.readAllBytes(found("summary.json").getFirst())).isEqualTo(summary);
        CommandLineRun other = ofLevel("--seed", "2");
        assertThat(other.err()).contains("1 of 1 batch");
        assertThat(found("summary.json")).hasSize(2);
    }

    @Test
    void distancesAreShownWithTheirMedianMeanAndQuantiles() {
        assertThat(ofLevel("--suite", "distances", "--rules", "none", "--images", "12")
                        .out())
                .contains("fab-t: distance median ", ", mean ", ", quantiles 5 % ", "fmn: distance median ");
    }

    @Test
    void withoutRulesTheVerdictIsNotCheckedAndTheTimeIsSaid() {
        CommandLineRun run = ofLevel("--rules", "none", "--images", "12");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("verdict: not checked", "own-attacks: not checked");
        assertThat(run.err()).contains("s of processor time per image, without rules");
        refused(ofLevel("--rules", "some"), ExitCode.USAGE, "--rules is some, expected none?");
    }

    /** A suite of noise alone leaves more than the rules' own attacks. */
    @Test
    void aWeakSuiteDoesNotPass() throws IOException {
        Path suite = Files.writeString(home.resolve("weak.yaml"), "name: w\nattacks: [{kind: noise, draws: 1}]\n");
        CommandLineRun run = ofLevel("--suite", suite.toString(), "--epsilon", "0.3");
        assertThat(run.out()).doesNotContain("verdict: pass").contains("lowest known accuracy");
    }

    @Test
    void aFileThatWasNeverCertifiedIsNotSaidToHaveNoCertifiedImage() throws IOException {
        Path copy = Files.copy(found("trained.safetensors").getFirst(), home.resolve("never.safetensors"));
        String[] command = {
            copy.toString(),
            "--data",
            "tiny",
            "--data-directory",
            home.resolve("images").toString(),
            "--suite",
            "paper",
            "--images",
            "9"
        };
        assertThat(evaluate(command).out())
                .containsPattern("(?s)lowest\\s+known\\s+accuracy.*,\\s+not\\s+certified")
                .doesNotContain("certified 0.00 %");
        List<String> json = new ArrayList<>(List.of(command));
        json.add("--json");
        assertThat(evaluate(json.toArray(String[]::new)).out())
                .contains("\"lowest-known-accuracy\"")
                .doesNotContain("certified-accuracy");
    }

    @Test
    void aSearchIsLeftAsItWas() throws IOException {
        List<byte[]> before = new ArrayList<>();
        try (var files = Files.walk(out.resolve("levels"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                before.add(Files.readAllBytes(file));
            }
        }
        ofLevel();
        List<byte[]> after = new ArrayList<>();
        try (var files = Files.walk(out.resolve("levels"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                after.add(Files.readAllBytes(file));
            }
        }
        assertThat(after).usingRecursiveComparison().isEqualTo(before);
        // And the search goes on beside it.
        assertThat(CommandLineRun.of("run", home.resolve("tiny.yaml").toString(), "--out", out.toString())
                        .err())
                .contains("6 there already");
    }

    @Test
    void allLevelsAreShownInOneTableAndInTheReport() {
        CommandLineRun run = evaluate(out.toString(), "--all-levels", "--suite", "paper", "--epsilon", "0.1");
        assertThat(run.out())
                .contains("tiny fgsm original trial 1, level 0")
                .contains("tiny fgsm random trial 2, level 1")
                .contains("after fgsm")
                .contains("6 evaluations");
        String report = CommandLineRun.of("report", "--text", out.toString()).out();
        assertThat(report)
                .contains("tiny, original: accuracy in % under attack, suite paper, l-infinity 0.1, first 30 test")
                .contains("trained for  level  P_m %")
                .contains("pgd-10")
                .contains("Wilson's");
    }

    @Test
    void evaluationsOfAnotherSeedAreTablesOfTheirOwnAndADamagedOneIsNamed() throws IOException {
        ofLevel();
        ofLevel("--seed", "2");
        CommandLineRun both = CommandLineRun.of("report", "--text", out.toString());
        assertThat(both.code()).as(both.err()).isZero();
        assertThat(both.out()).contains("first 30 test images, seed 1\n", "first 30 test images, seed 2\n");

        Path damaged = found("examples.jsonl").getFirst();
        Files.writeString(damaged, "{}\n");
        CommandLineRun one = CommandLineRun.of("report", "--text", out.toString());
        assertThat(one.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(one.err())
                .contains(damaged + " is damaged: expected SHA-256 ", "; this evaluation is left out")
                .hasLineCount(1);
        assertThat(one.out()).contains("first 30 test images\n").doesNotContain("first 30 test images, seed");
    }

    @Test
    void anExperimentAsksForItsEvaluation() throws IOException {
        Path file = home.resolve("tiny.yaml");
        CommandLineRun run = CommandLineRun.of(
                "run",
                file.toString(),
                "--out",
                out.toString(),
                "--set",
                "robustness={suite: paper, epsilon: 0.1, images: 12}");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("6 there already").contains("6 tickets to evaluate");
        assertThat(run.out()).contains("suite paper, l-infinity 0.1, first 12 test images");
        assertThat(found("summary.json")).hasSize(6);
    }

    @Test
    void weightsOfLeastValidationLossAreKeptAndEvaluated() throws IOException {
        Path file = home.resolve("tiny.yaml");
        Path best = home.resolve("best");
        CommandLineRun run = CommandLineRun.of(
                "run",
                file.toString(),
                "--out",
                best.toString(),
                "--set",
                "robustness={suite: paper, epsilon: 0.1, weights: best-validation}");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(found("best.safetensors")).hasSize(6);
        assertThat(run.out()).contains("suite paper, best-validation weights");
        refused(ofLevel("--weights", "best-validation"), ExitCode.MISTAKE, "no weights of the least validation loss");
    }

    @Test
    void aFileAloneIsEvaluatedBesideItself() throws IOException {
        Path copy = Files.copy(found("trained.safetensors").getFirst(), home.resolve("mine.safetensors"));
        CommandLineRun run = evaluate(
                copy.toString(),
                "--data",
                "tiny",
                "--data-directory",
                home.resolve("images").toString(),
                "--suite",
                "paper",
                "--images",
                "9");
        assertThat(run.out()).as(run.err()).contains("mine.safetensors: suite paper");
        assertThat(home.resolve("mine.robustness")).isDirectory();
    }

    @Test
    void jsonIsOneLineForEachTicket() {
        CommandLineRun run = ofLevel("--json");
        assertThat(run.out())
                .hasLineCount(1)
                .startsWith("{\"directory\":")
                .contains("\"trial\":2,\"level\":1", "\"findings\":[{\"rule\":\"inside\"", "\"wilson-95\":");
    }

    @Test
    void jsonHasOneVerdictAndCertificatesAreInIt() {
        String line = ofLevel("--json").out();
        assertThat(line)
                .containsOnlyOnce("\"findings\":")
                .contains("{\"rule\":\"certified\",\"verdict\":\"not checked\"");
        assertThat(line.substring(line.indexOf("\"summary\":")))
                .doesNotContain("\"verdict\":")
                .contains("\"determined-by\":");
    }

    @Test
    void certificatesAreFoundThoughResultsAreKeptElsewhere() {
        assertThat(CommandLineRun.of(
                                "certify",
                                out.toString(),
                                "--strategy",
                                "random",
                                "--trial",
                                "2",
                                "--level",
                                "1",
                                "--epsilon",
                                "0.1")
                        .code())
                .isZero();
        assertThat(ofLevel("--out", home.resolve("elsewhere").toString()).out())
                .contains("certified: pass")
                .doesNotContain("certified: not checked");
    }

    @Test
    void anEvaluationThatCannotBeDoneIsRefusedBeforeTraining() throws IOException {
        Path suite = Files.writeString(
                home.resolve("suite.yaml"), "attacks: [{kind: apgd, loss: targeted-dlr, iterations: 5}]\n");
        Path later = home.resolve("later");
        for (String[] wrong : new String[][] {
            {"{suite: standrd, epsilon: 0.1}", "did you mean suite standard?"},
            {"{suite: paper, norm: l2, epsilon: 0.1}", "paper"},
            {"{suite: '" + suite + "', epsilon: 0.1}", "at least 4 classes, this one has 3"}
        }) {
            CommandLineRun run = CommandLineRun.of(
                    "run",
                    home.resolve("tiny.yaml").toString(),
                    "--out",
                    later.toString(),
                    "--set",
                    "robustness=" + wrong[0]);
            assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.MISTAKE);
            assertThat(run.err()).contains("espalier: robustness: ", wrong[1]);
            assertThat(later.resolve("levels")).doesNotExist();
        }
    }

    @Test
    void aSuiteOfOnesOwnIsReadAndChecked() throws IOException {
        Path suite = Files.writeString(home.resolve("suite.yaml"), """
                name: mine
                attacks:
                  - {kind: apgd, iterations: 5}
                  - {kind: apgd, loss: margin, iterations: 5}
                  - {kind: noise, draws: 3}
                """);
        assertThat(ofLevel("--suite", suite.toString()).out()).contains("suite mine", "apgd-margin", "noise");
        Files.writeString(suite, "attacks:\n  - {kind: apgd, iteration: 5}\n");
        refused(
                ofLevel("--suite", suite.toString()),
                ExitCode.MISTAKE,
                "suite.yaml, line 2",
                "iteration",
                "did you mean \"iterations\"?");
        Files.writeString(suite, "attacks:\n  - {kind: sqare}\n");
        refused(ofLevel("--suite", suite.toString()), ExitCode.MISTAKE, "line 2", "did you mean \"square\"?");
        Files.writeString(suite, "attacks: []\n");
        refused(ofLevel("--suite", suite.toString()), ExitCode.MISTAKE, "attacks has 0 elements");
        Files.writeString(suite, "attacks: [{kind: cw}]\n");
        refused(ofLevel("--suite", suite.toString()), ExitCode.MISTAKE, "cw does not support the norm l-infinity");
        Files.writeString(suite, "attacks: [{kind: apgd, loss: targeted-dlr}]\n");
        refused(ofLevel("--suite", suite.toString()), ExitCode.MISTAKE, "at least 4 classes, this one has 3");
    }

    @Test
    void mistakesAreAnsweredInOneLine() throws IOException {
        refused(evaluate(), ExitCode.USAGE, "missing TICKET");
        refused(
                CommandLineRun.of("evaluate", out.toString(), "--self-test"),
                ExitCode.USAGE,
                "the ticket " + out + " is given, expected none with --self-test");
        refused(
                CommandLineRun.of("evaluate", "--self-test", "--suite", "fast", "--jobs", "1"),
                ExitCode.USAGE,
                "--suite is given, expected none with --self-test");
        refused(evaluate(home.resolve("nowhere").toString()), ExitCode.MISTAKE, "nowhere is missing: expected");
        refused(ofLevel("--suite", "standrd"), ExitCode.MISTAKE, "did you mean suite standard?");
        for (String epsilon : List.of("-0.1", "0", "NaN", "1.5", "Infinity", "much")) {
            refused(ofLevel("--epsilon=" + epsilon), ExitCode.USAGE, "--epsilon is " + epsilon);
        }
        refused(ofLevel("--norm", "l3"), ExitCode.USAGE, "--norm is l3");
        refused(ofLevel("--images", "0"), ExitCode.USAGE, "--images is 0");
        refused(ofLevel("--images", "31"), ExitCode.MISTAKE, "--images is 31, expected at most 30");
        refused(ofLevel("--split", "tset"), ExitCode.USAGE, "--split is tset, expected test?");
        refused(
                evaluate(out.toString()),
                ExitCode.MISTAKE,
                "--strategy (original, random), --trial (1, 2), --level (0 to 1)",
                "--all-levels");
        refused(evaluate(out.toString(), "--level", "7"), ExitCode.MISTAKE, "--level is 7, expected 0 to 1");
        refused(
                evaluate(out.toString(), "--strategy", "orignal"),
                ExitCode.MISTAKE,
                "--strategy is orignal",
                "did you mean original?");
    }

    @Test
    void damagedAndUnfittingTicketsAreRefused() throws IOException {
        Path trained = found("trained.safetensors").getFirst();
        refused(
                evaluate(trained.toString(), "--level", "1"),
                ExitCode.MISTAKE,
                "is one file; options that choose levels of a search do not apply to it");
        Path foreign = Files.copy(trained, home.resolve("foreign.safetensors"));
        refused(evaluate(foreign.toString()), ExitCode.MISTAKE, "has 9 inputs, expected the 784 pixels");
        byte[] bytes = Files.readAllBytes(foreign);
        bytes[bytes.length - 3] ^= 4;
        Files.write(foreign, bytes);
        refused(evaluate(foreign.toString()), ExitCode.MISTAKE, "foreign.safetensors is damaged: expected SHA-256");
        Files.write(foreign, new byte[] {1, 2, 3});
        refused(evaluate(foreign.toString()), ExitCode.MISTAKE, "foreign.safetensors is no ticket: expected");
        ofLevel();
        Path examples = found("examples.jsonl").getFirst();
        Files.writeString(examples, Files.readString(examples).replaceFirst("label", "labels"));
        assertThat(ofLevel().code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(ofLevel().err()).contains("examples.jsonl is damaged", "remove ", " and evaluate again");
    }
}
