package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.cli.CommandLineRun.done;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.cli.console.ExitCode;
import org.espalier.lab.counterexample.KeptDirectory;
import org.espalier.lab.counterexample.KeptExamples;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adversarial examples kept by evaluate and certify, and checked against the same network and another one. */
class KeepAndCheckTest {
    @TempDir
    private Path home;

    private Path ticket;
    private Path other;

    @BeforeEach
    void search() {
        Path out = TinyImages.search(home);
        ticket = exported(out, 1);
        other = exported(out, 0);
    }

    private Path exported(Path search, int level) {
        Path file = home.resolve("level" + level + ".espalier");
        done(
                "export",
                search.toString(),
                "--strategy",
                "original",
                "--trial",
                "2",
                "--level",
                Integer.toString(level),
                "--format",
                "compact",
                "--out",
                file.toString());
        return file;
    }

    private CommandLineRun onData(String... arguments) {
        return TinyImages.onData(home, arguments);
    }

    private CommandLineRun evaluated(Path network, String... more) {
        List<String> all = new ArrayList<>(
                List.of("evaluate", network.toString(), "--suite", "fast", "--epsilon", "0.3", "--rules", "none"));
        all.addAll(List.of(more));
        CommandLineRun run = onData(all.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isIn(ExitCode.DONE, ExitCode.REFUSED);
        return run;
    }

    private static KeptDirectory kept(Path below) throws IOException {
        try (var files = Files.walk(below)) {
            return new KeptDirectory(files.filter(file -> file.endsWith("examples.npz"))
                    .findFirst()
                    .orElseThrow()
                    .getParent());
        }
    }

    @Test
    void keptExamplesFoolTheirNetworkAndEnterTheIntervalOfAnother() throws IOException {
        CommandLineRun plain = evaluated(ticket);
        CommandLineRun keeping = evaluated(ticket, "--keep");
        assertThat(keeping.out()).isEqualTo(plain.out());
        assertThat(keeping.err()).contains("evaluated before without --keep", "Kept: ");
        KeptDirectory kept = kept(home.resolve("level1.robustness"));
        KeptExamples examples = kept.read();
        assertThat(examples.rows()).isNotEmpty();
        assertThat(kept.path()).isDirectoryContaining("glob:**/apgd-*-1.png");
        // In a place of one's own; the option before the ticket.
        Path place = home.resolve("mine");
        onData(
                "evaluate",
                "--keep",
                place.toString(),
                ticket.toString(),
                "--suite",
                "fast",
                "--epsilon",
                "0.3",
                "--rules",
                "none");
        assertThat(Files.readAllBytes(kept(place).file())).isEqualTo(Files.readAllBytes(kept.file()));

        CommandLineRun alone = done("check", kept.file().toString(), "--network", ticket.toString());
        assertThat(alone.out())
                .contains("fools the network |", "robust accuracy at most 0.00 %")
                .doesNotContain("invalid", "Written");
        // Half of the ball: all examples are too far, or inside and harmless or not.
        CommandLineRun far =
                onData("check", kept.file().toString(), "--network", ticket.toString(), "--epsilon", "0.01");
        assertThat(far.out())
                .contains("invalid: outside the ball", "invalid examples, by place from 0: 0 (distance 0.3");

        // Another network, evaluated by an attack that finds nothing.
        Path weak = Files.writeString(home.resolve("weak.yaml"), "name: weak\nattacks: [{kind: noise, draws: 1}]\n");
        onData("evaluate", other.toString(), "--suite", weak.toString(), "--epsilon", "0.3", "--rules", "none");
        CommandLineRun checked = onData("check", kept.file().toString(), "--network", other.toString());
        assertThat(checked.code()).as(checked.err()).isZero();
        assertThat(checked.out())
                .contains("all 30 test images: robust accuracy at most", "Written: ")
                .containsPattern(
                        "suite weak, first 30 test images: lowest known accuracy [0-9.]+ % \\([0-9.]+ % under the suite;"
                                + " beyond the suite: image.* by examples of examples.npz of check-linf-0.3");
        // The model card says both.
        Path again = home.resolve("again.espalier");
        assertThat(onData("export", other.toString(), "--format", "compact", "--out", again.toString())
                        .code())
                .isZero();
        Matcher row = Pattern.compile(
                        "\\| weak \\| 30 test \\| [^|]+ \\| ([0-9.]+) % [^|]+ \\| ([0-9.]+) % [^|]+ \\| not certified \\|")
                .matcher(Files.readString(home.resolve("again.md")));
        assertThat(row.find()).isTrue();
        assertThat(Double.parseDouble(row.group(2))).isLessThan(Double.parseDouble(row.group(1)));
        assertThat(home.resolve("again.md"))
                .content()
                .contains("robust accuracy, suite weak, L-infinity ball of radius 0.3, and all other attacks known");
        assertThat(onData(
                                "evaluate",
                                other.toString(),
                                "--suite",
                                weak.toString(),
                                "--epsilon",
                                "0.3",
                                "--rules",
                                "none")
                        .out())
                .contains("examples of examples.npz");
        // A smaller ball does not hold them.
        assertThat(onData(
                                "evaluate",
                                other.toString(),
                                "--suite",
                                weak.toString(),
                                "--epsilon",
                                "0.2",
                                "--rules",
                                "none")
                        .out())
                .doesNotContain("examples of examples.npz");
        assertThat(onData("check", kept.file().toString(), "--network", other.toString(), "--json", "--no-store")
                        .out())
                .contains("\"outcomes\":{\"fools\":", "\"rows\":[\"")
                .doesNotContain("\"stored\"");
    }

    @Test
    void counterexamplesOfExactVerificationAreKept() throws IOException {
        CommandLineRun run = onData(
                "certify", ticket.toString(), "--method", "exact", "--epsilon", "0.3", "--images", "30", "--keep");
        assertThat(run.code()).as(run.err()).isZero();
        KeptDirectory kept = kept(home.resolve("level1.certification"));
        assertThat(run.err()).contains("Kept: " + kept.file());
        for (KeptExamples.Row row : kept.read().rows()) {
            assertThat(row.attack()).isEqualTo("exact");
            assertThat(row.attacked()).isNotEqualTo(row.label());
        }
        // The ticket behind the option, which takes what follows it.
        CommandLineRun behind = onData(
                "certify", "--method", "exact", "--epsilon", "0.3", "--images", "30", "--keep", ticket.toString());
        assertThat(behind.code()).as(behind.err()).isZero();
        assertThat(behind.out()).isEqualTo(run.out());
        assertThat(behind.err()).contains("Kept: " + kept.file());
        assertThat(onData("certify", "--method", "exact", "--keep").err()).contains("missing TICKET");
        CommandLineRun bounds = onData("certify", ticket.toString(), "--keep");
        assertThat(bounds.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(bounds.err()).contains("--keep needs --method exact");
    }

    private Path arrays(String name, Map<String, NpyArray> arrays) throws IOException {
        return Files.write(home.resolve(name), NpzFile.encode(arrays));
    }

    @Test
    void aFileWithoutExamplesBrokeNothing() throws IOException {
        NpyArray none = NpyArray.of(List.of(0, 3, 3), new float[0]);
        Path file = arrays("none.npz", new LinkedHashMap<>(Map.of("x", none, "x_adv", none)));
        CommandLineRun run = done("check", file.toString(), "--network", ticket.toString(), "--epsilon", "0.1");
        assertThat(run.out()).isEqualTo(file + ": no examples: nothing was broken\n");
    }

    @Test
    void aMissingOrUnfittingArrayIsNamedBeforeTheRadius() throws IOException {
        NpyArray images = NpyArray.of(List.of(2, 3, 3), new float[18]);
        for (String name : List.of("x", "foo")) {
            Path file = arrays("noadv.npz", new LinkedHashMap<>(Map.of(name, images)));
            assertThat(CommandLineRun.of("check", file.toString(), "--network", ticket.toString())
                            .err())
                    .startsWith("espalier: " + file + " has no array x_adv: it has " + name
                            + ", expected adversarial examples called ")
                    .doesNotContain("epsilon");
        }
        Path wide = arrays(
                "wide.npz",
                new LinkedHashMap<>(Map.of("x", images, "adv", NpyArray.of(List.of(2, 4, 4), new float[32]))));
        assertThat(CommandLineRun.of("check", wide.toString(), "--network", ticket.toString())
                        .err())
                .contains(wide + ": entry adv has an array of shape [2, 4, 4], expected images of");
    }

    @Test
    void mistakesAreOneSentence() throws IOException {
        Path text = Files.writeString(home.resolve("a.txt"), "x");
        for (List<String> arguments : List.of(
                List.of("check", text.toString(), "--network", ticket.toString()),
                List.of("check", home.resolve("none.npz").toString(), "--network", ticket.toString()),
                List.of(
                        "check",
                        text.toString(),
                        "--network",
                        home.resolve("none").toString()))) {
            CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
            assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
            assertThat(run.err()).hasLineCount(1);
        }
    }
}
