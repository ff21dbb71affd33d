package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class CliTest {
    @Test
    void showsItsVersion() {
        CommandLineRun run = CommandLineRun.of("version");
        assertThat(run.code()).isZero();
        assertThat(run.out()).matches("(?s)Espalier \\d+\\.\\d+\\.\\d+\\S*\nJava 25.*\n");
        assertThat(CommandLineRun.of("--version").out()).isEqualTo(run.out());
    }

    @Test
    void helpListsCommandsAndExitCodes() {
        CommandLineRun run = CommandLineRun.of("--help");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("version", "Exit codes:", "130");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void printsTheSchemaThatIsPublished() throws IOException {
        CommandLineRun run = CommandLineRun.of("schema");
        assertThat(run.code()).isZero();
        assertThat(JsonMapper.shared().readTree(run.out()))
                .isEqualTo(JsonMapper.shared().readTree(Path.of("..", "docs", "experiment.schema.json")));
    }

    @Test
    void listsAndShowsPresets() {
        assertThat(CommandLineRun.of("presets").out())
                .startsWith("quick ")
                .contains("\npaper ", "\nas-published ", "\nfashion-pgd-adversarial-continued ");
        assertThat(CommandLineRun.of("presets", "show", "paper").out())
                .contains("iterations: 50000          # updates in each level");
    }

    @Test
    void aMistypedCommandIsAnsweredWithTheNearestOne() {
        assertThat(CommandLineRun.of("versoin"))
                .isEqualTo(new CommandLineRun(
                        ExitCode.USAGE,
                        "",
                        "espalier: unknown command 'versoin'; did you mean 'version'? (see espalier --help)\n"));
    }

    @Test
    void aMistypedOptionIsAnsweredWithTheNearestOne() {
        assertThat(CommandLineRun.of("version", "--debgu"))
                .isEqualTo(new CommandLineRun(
                        ExitCode.USAGE,
                        "",
                        "espalier: unknown option '--debgu'; did you mean '--debug'? (see espalier version --help)\n"));
    }

    @Test
    void withoutACommandItSaysSo() {
        CommandLineRun run = CommandLineRun.of();
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).isEqualTo("espalier: a command is missing (see espalier --help)\n");
    }

    @Test
    void aReaderThatWentAwayEndsItQuietly() {
        var err = new ByteArrayOutputStream();
        int code = new Cli(new Console(failing("Broken pipe"), err, StandardCharsets.UTF_8, false)).run("--help");
        assertThat(code).isEqualTo(ExitCode.BROKEN_PIPE);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aFullDiskBehindTheOutputIsTold() {
        var err = new ByteArrayOutputStream();
        int code = new Cli(new Console(failing("No space left on device"), err, StandardCharsets.UTF_8, false))
                .run("version");
        assertThat(code).isEqualTo(ExitCode.MISTAKE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("espalier: the output cannot be written: No space left on device\n");
    }

    @Test
    void controlCharactersInTextDoNotReachTheTerminal() {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        Console console = new Console(out, err, StandardCharsets.UTF_8, false);
        console.out().println("name\033[31m\tred");
        console.out().printf("%s %d%n", "bell\007", 5);
        console.out().print("two\nlines\r");
        console.complain("one\r\n line\b");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("name?[31m\tred\nbell? 5\ntwo\nlines?");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("espalier: one line?\n");
    }

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException(reason);
            }
        };
    }
}
