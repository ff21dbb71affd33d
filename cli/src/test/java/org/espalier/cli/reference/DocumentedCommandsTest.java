package org.espalier.cli.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.cli.CommandLineRun;
import org.espalier.cli.reference.DocumentedCommands.Documented;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Every command line of the documents is understood, and those that take seconds run. */
class DocumentedCommandsTest {
    private static final List<List<String>> FAST =
            List.of(List.of("presets"), List.of("data", "list"), List.of("version"), List.of("schema"));

    /** A name in place of a command, in "./espalier COMMAND --help". */
    private static final String ANY_COMMAND = "COMMAND";

    static List<Documented> documented() throws IOException {
        return DocumentedCommands.in(Path.of(".."));
    }

    static Stream<Documented> fast() throws IOException {
        return documented().stream()
                .filter(command -> command.arguments().contains("--help")
                        || FAST.stream()
                                .anyMatch(start -> command.arguments()
                                        .subList(
                                                0,
                                                Math.min(
                                                        start.size(),
                                                        command.arguments().size()))
                                        .equals(start)));
    }

    @Test
    void theDocumentsShowTheMainCommands() throws IOException {
        assertThat(documented())
                .extracting(command ->
                        command.arguments().isEmpty() ? "" : command.arguments().getFirst())
                .contains("run", "report", "evaluate", "certify", "bench", "data");
    }

    @ParameterizedTest
    @MethodSource("documented")
    void isUnderstood(Documented command) {
        try {
            CommandLineRun.commandLine().parseArgs(arguments(command));
        } catch (ParameterException e) {
            fail(command + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @MethodSource("fast")
    void runs(Documented command) {
        CommandLineRun run = CommandLineRun.of(arguments(command));
        assertThat(run.code()).as(command + ": " + run.err()).isZero();
        assertThat(run.out()).isNotBlank();
    }

    @Test
    void everyCommandHasHelp() {
        CommandLine espalier = CommandLineRun.commandLine();
        assertThat(espalier.getSubcommands()).hasSizeGreaterThan(10);
        espalier.getSubcommands().forEach((name, command) -> {
            assertThat(CommandLineRun.of(name, "--help").out()).contains("Usage: espalier " + name);
            command.getSubcommands()
                    .keySet()
                    .forEach(below -> assertThat(
                                    CommandLineRun.of(name, below, "--help").out())
                            .contains("Usage: espalier " + name + " " + below));
        });
    }

    /** Picocli formats descriptions, so a lone percent sign prints a warning on every help page. */
    @Test
    void descriptionsAreValidFormats() {
        CommandLineRun.commandLine()
                .getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec()
                        .args()
                        .forEach(argument -> Stream.of(argument.description())
                                .forEach(line -> assertThatCode(() -> line.formatted())
                                        .as(command.getCommandName() + ": " + line)
                                        .doesNotThrowAnyException())));
    }

    @Test
    void commandsAreFoundAsAShellReadsThem() {
        assertThat(DocumentedCommands.of(
                        "page.md",
                        List.of(
                                "Type `./espalier status DIR`, then `espalier` again.",
                                "```sh",
                                "ESPALIER_JAVA_OPTS=-Xmx2g ./espalier run a.yaml \\",
                                "    --set 'strategies=[original, random]'   # a comment",
                                "$ espalier report --text runs/quick | less",
                                "espalier presets show quick > mine.yaml",
                                "espalier: a message",
                                "```",
                                "```yaml",
                                "espalier run no",
                                "```")))
                .containsExactly(
                        new Documented("page.md:1", List.of("status", "DIR")),
                        new Documented("page.md:3", List.of("run", "a.yaml", "--set", "strategies=[original, random]")),
                        new Documented("page.md:5", List.of("report", "--text", "runs/quick")),
                        new Documented("page.md:6", List.of("presets", "show", "quick")));
    }

    private static String[] arguments(Documented command) {
        return command.arguments().stream()
                .map(word -> word.equals(ANY_COMMAND) ? "run" : word)
                .toArray(String[]::new);
    }
}
