package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.cli.CommandLineRun.done;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that belongs to no search: its report, its certified answers and its records for leaderboards. */
class LoneNetworkTest {
    @TempDir
    private Path home;

    private Path ticket;
    private Path search;

    @BeforeEach
    void search() {
        search = TinyImages.search(home);
        ticket = home.resolve("net.safetensors");
        Path onnx = home.resolve("net.onnx");
        done(
                "export",
                search.toString(),
                "--strategy",
                "original",
                "--trial",
                "2",
                "--level",
                "1",
                "--out",
                onnx.toString());
        done("import", onnx.toString(), "--out", ticket.toString());
    }

    private CommandLineRun onData(String... arguments) {
        return TinyImages.onData(home, arguments);
    }

    @Test
    void theReportOfAFileShowsWhatIsStoredOfIt() throws IOException {
        assertThat(done("report", ticket.toString()).out()).contains("Nothing is evaluated or certified", "Written: ");
        CommandLineRun run = onData(
                "evaluate", ticket.toString(), "--suite", "fast", "--epsilon", "0.3", "--rules", "none", "--keep");
        assertThat(run.code()).as(run.err()).isIn(ExitCode.DONE, ExitCode.REFUSED);
        onData("certify", ticket.toString(), "--epsilon", "0.01");
        CommandLineRun report = done("report", ticket.toString());
        assertThat(report.out()).contains("suite fast, l-infinity 0.3", "Certificates, %", "weights: ");
        assertThat(home.resolve("net.report/index.html"))
                .content()
                .contains(
                        "<h2 id=\"robustness\">",
                        "Adversarial examples, fast-linf-0.3",
                        "changed by apgd-",
                        "Certificates");
        assertThat(home.resolve("net.report/results.md")).content().contains("apgd-ce");
        Path evaluation;
        try (var files = Files.list(home.resolve("net.robustness"))) {
            evaluation = files.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        for (Path directory : List.of(evaluation, home.resolve("net.robustness"))) {
            assertThat(done("report", directory.toString(), "--text").out())
                    .contains("suite fast")
                    .doesNotContain("Written");
        }
        Files.writeString(evaluation.resolve("examples.jsonl"), "{}");
        CommandLineRun damaged = CommandLineRun.of("report", ticket.toString(), "--text");
        assertThat(damaged.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(damaged.err()).contains("examples.jsonl is damaged").hasLineCount(1);
        CommandLineRun none = CommandLineRun.of("report", home.resolve("images").toString());
        assertThat(none.code()).isEqualTo(ExitCode.MISTAKE);
    }

    @Test
    void optionsThatDoNothingForAFileAreRefused() throws IOException {
        for (List<String> option : List.of(
                List.of("--csv", home.resolve("x.csv").toString()),
                List.of("--iteration", "5"),
                List.of("--confidence", "90"),
                List.of("--margin", "1"),
                List.of("--published", "nosuch.csv"))) {
            CommandLineRun run = CommandLineRun.of("report", ticket.toString(), option.getFirst(), option.getLast());
            assertThat(run.code()).as(option.getFirst()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains(option.getFirst() + " does nothing for " + ticket + ", which is no search");
        }
        byte[] network = Files.readAllBytes(ticket);
        CommandLineRun over = CommandLineRun.of("report", ticket.toString(), "--markdown", ticket.toString());
        assertThat(over.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(over.err()).contains("--markdown is " + ticket + ", the network that is reported on");
        assertThat(ticket).hasBinaryContent(network);
    }

    @Test
    void theReportOfASearchShowsKeptExamples() {
        CommandLineRun run = CommandLineRun.of(
                "evaluate",
                search.toString(),
                "--all-levels",
                "--strategy",
                "original",
                "--suite",
                "fast",
                "--epsilon",
                "0.3",
                "--rules",
                "none",
                "--keep");
        assertThat(run.code()).as(run.err()).isIn(ExitCode.DONE, ExitCode.REFUSED);
        CommandLineRun.of("report", search.toString());
        assertThat(search.resolve("report/index.html"))
                .content()
                .contains("<h3>Adversarial examples</h3>", "level 1, suite fast, l-infinity 0.3", "changed by apgd-");
    }

    @Test
    void predictCertifiesItsAnswers() throws IOException {
        Path images = Files.write(
                home.resolve("a.npy"),
                org.espalier.lab.exchange.numpy.NpyArray.of(
                                List.of(2, 9),
                                new float[] {0.8f, 0, 0, 0.8f, 0, 0, 0.8f, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0})
                        .encode());
        CommandLineRun run = done("predict", ticket.toString(), images.toString(), "--certify");
        assertThat(run.out().lines())
                .hasSize(2)
                .allMatch(
                        line -> line.matches(
                                ".*%\\), (certified for changes of each pixel by at most 0[.][0-9]+|not certified for any change)"));
        assertThat(run.err()).contains("Certified by crown: ", "radii tried");
        assertThat(done("predict", ticket.toString(), images.toString(), "--certify", "--method", "ibp", "--json")
                        .out())
                .contains("\"certified-radius\":0");
        CommandLineRun exact =
                CommandLineRun.of("predict", ticket.toString(), images.toString(), "--certify", "--method", "exact");
        assertThat(exact.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(exact.err()).contains("expected bounds: ibp").hasLineCount(1);
        assertThat(CommandLineRun.of("predict", ticket.toString(), images.toString(), "--method", "ibp")
                        .code())
                .isEqualTo(ExitCode.MISTAKE);
    }

    @Test
    void entriesHaveWhatIsKnownAndNothingElse() throws IOException {
        CommandLineRun run = onData(
                "evaluate",
                ticket.toString(),
                "--epsilon",
                "8/255",
                "--rules",
                "none",
                "--as-entry",
                "--images",
                "10",
                "--entry-field",
                "name=A ticket",
                "--entry-field",
                "additional-data=false");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains(", l-infinity 8/255, ");
        assertThat(onData("certify", ticket.toString(), "--epsilon", "1/255", "--images", "4")
                        .out())
                .contains(" 1/255 ");
        assertThat(run.err())
                .contains("left out, as not given with --entry-field: link, authors, venue, ap-key, pipeline");
        Path directory;
        try (var files = Files.list(home.resolve("net.robustness"))) {
            directory = files.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        assertThat(directory.resolve("entry-robustbench.json"))
                .content()
                .startsWith(
                        "{\"name\":\"A ticket\",\"additional_data\":false,\"number_forward_passes\":1,\"dataset\":\"tiny\",")
                .contains("\"eps\":\"8/255\"", "\"autoattack_acc\":\"", "first 10 of 30 test images")
                .doesNotContain("authors", "venue", "unreliable");
        assertThat(directory.resolve("entry-adversarial-pruning.json"))
                .content()
                .contains("\"taxonomy\":{}", "\"sparsity\":\"", "\"clean_accuracy\":\"");
        for (String wrong : List.of("nme=x", "additional-data=maybe")) {
            CommandLineRun mistake = onData("evaluate", ticket.toString(), "--as-entry", "--entry-field", wrong);
            assertThat(mistake.code()).isEqualTo(ExitCode.MISTAKE);
            assertThat(mistake.err()).hasLineCount(1);
        }
        assertThat(onData("evaluate", ticket.toString(), "--as-entry", "--suite", "fast")
                        .code())
                .isEqualTo(ExitCode.USAGE);
    }
}
