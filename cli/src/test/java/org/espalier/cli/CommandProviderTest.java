package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command is one class and one line of registration. */
class CommandProviderTest {
    @TempDir
    private Path home;

    /** An added command. */
    @Command(name = "greet", description = "Print a greeting.")
    public static final class Greet implements CommandProvider, Runnable {
        private Console console = CommandLineRun.console();

        @Option(names = "--name", paramLabel = "NAME", defaultValue = "world", description = "Name (default: world).")
        private String name = "";

        @Override
        public CommandLine command(Console shown) {
            console = shown;
            return new CommandLine(this);
        }

        @Override
        public void run() {
            if (name.isEmpty()) {
                throw new UserException("--name is empty, expected a name");
            }
            console.out().println("hello " + name);
        }
    }

    /** A command whose name is taken. */
    public static final class SecondVersion implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(CommandLine.Model.CommandSpec.create().name("version"));
        }
    }

    @Test
    void aRegisteredCommandRunsAndIsListedAfterTheBuiltInOnes() throws IOException {
        String registered = Greet.class.getName();
        assertThat(run(registered, "greet", "--name", "tree"))
                .isEqualTo(new CommandLineRun(ExitCode.DONE, "hello tree\n", ""));
        assertThat(run(registered, "--help").out()).containsPattern("(?s)version .*greet +Print a greeting\\.");
        assertThat(run(registered, "greet", "--help").out()).contains("--name=NAME", "--debug");
        assertThat(run(registered, "greet", "--name", ""))
                .isEqualTo(new CommandLineRun(ExitCode.MISTAKE, "", "espalier: --name is empty, expected a name\n"));
        assertThat(run(registered, "gret").err()).contains("did you mean 'greet'?");
    }

    @Test
    void aNameThatIsTakenIsRefused() throws IOException {
        CommandLineRun run = run(SecondVersion.class.getName(), "version");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err())
                .isEqualTo("espalier: command version is registered twice, the second time by "
                        + SecondVersion.class.getName() + "\n");
    }

    @Test
    void aClassThatIsMissingIsNamed() throws IOException {
        CommandLineRun run = run("org.example.Missing", "version");
        assertThat(run.code()).isEqualTo(ExitCode.MISTAKE);
        assertThat(run.err())
                .startsWith("espalier: a command cannot be loaded: ")
                .contains("org.example.Missing");
    }

    /** Runs a command line with one more line of registration on the class path. */
    private CommandLineRun run(String registration, String... arguments) throws IOException {
        Path services = Files.createDirectories(home.resolve("META-INF/services"));
        Files.writeString(services.resolve(CommandProvider.class.getName()), registration + "\n");
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var loader =
                new URLClassLoader(new URL[] {home.toUri().toURL()}, getClass().getClassLoader())) {
            int code = new Cli(new Console(out, err, StandardCharsets.UTF_8, false), loader).run(arguments);
            return new CommandLineRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }
}
