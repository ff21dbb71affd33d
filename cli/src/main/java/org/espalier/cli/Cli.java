package org.espalier.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.espalier.UserException;
import org.espalier.cli.console.CheckedOutput;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.console.Logging;
import org.espalier.cli.console.UsageError;
import org.espalier.cli.console.Version;
import org.espalier.cli.memory.MemoryLimit;
import org.espalier.setting.Plugins;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The whole command line: its commands, and the message and exit code of each kind of failure. */
@Command(
        name = "espalier",
        description = "Finds sparse, adversarially robust neural networks.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {"", "Start with: espalier run quick"})
final class Cli implements Runnable {
    private final Console console;
    private final ClassLoader commands;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show the options of a command.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show log messages and stack traces of errors.")
    private boolean debug;

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:ESPALIER_PLUGINS}",
            description = "Directory of plug-in jars. ESPALIER_PLUGINS names one for all commands.")
    private @Nullable Path plugins;

    Cli(Console console) {
        this(console, Cli.class.getClassLoader());
    }

    /**
     * The command line with the commands that a class loader finds.
     *
     * @param commands finds the implementations of {@link CommandProvider}
     */
    @SuppressWarnings("NullAway.Init")
    Cli(Console console, ClassLoader commands) {
        this.console = console;
        this.commands = commands;
    }

    /** Runs one command line and returns its exit code. */
    int run(String... arguments) {
        int code;
        try {
            code = commandLine().execute(arguments);
        } catch (RuntimeException | Error e) {
            // Picocli's own handlers see what commands throw; this is what its set-up or an Error throws.
            code = failed(e);
        }
        CheckedOutput output = console.written();
        if (output.brokenPipe()) {
            return ExitCode.BROKEN_PIPE;
        }
        if (output.failure().isPresent()) {
            console.complain(
                    "the output cannot be written: " + output.failure().get().getMessage());
            return ExitCode.MISTAKE;
        }
        return code;
    }

    CommandLine commandLine() {
        CommandLine line = new CommandLine(this);
        addCommands(line);
        line.registerConverter(Path.class, new PathConverter());
        line.setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setUsageHelpWidth(100)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, _) -> misunderstood(e))
                .setExecutionExceptionHandler((e, _, _) -> failed(e))
                .setExecutionStrategy(this::execute);
        line.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
        return line;
    }

    private void addCommands(CommandLine line) {
        try {
            for (CommandProvider provider : ServiceLoader.load(CommandProvider.class, commands)) {
                CommandLine command = provider.command(console);
                String name = command.getCommandName();
                if (line.getSubcommands().containsKey(name)) {
                    throw new UserException("command " + name + " is registered twice, the second time by "
                            + provider.getClass().getName());
                }
                line.addSubcommand(command);
            }
        } catch (ServiceConfigurationError e) {
            throw new UserException("a command cannot be loaded: " + e.getMessage(), e);
        }
    }

    private int execute(CommandLine.ParseResult parsed) {
        Logging.to(console, debug);
        if (plugins != null && !plugins.toString().isEmpty()) {
            Plugins.use(plugins);
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Without a command there is nothing to do: an error. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private int misunderstood(ParameterException e) {
        CommandLine line = e.getCommandLine();
        String name = line.getCommandSpec().qualifiedName();
        console.complain(UsageError.describe(e) + " (see " + name + " --help)");
        if (debug) {
            e.printStackTrace(console.err());
        }
        return ExitCode.USAGE;
    }

    private int failed(Throwable e) {
        if (debug) {
            e.printStackTrace(console.err());
        }
        switch (e) {
            case UserException mistake -> {
                console.complain(mistake.getMessage());
                return ExitCode.MISTAKE;
            }
            case OutOfMemoryError full -> {
                MemoryLimit memory = MemoryLimit.here();
                boolean outside = full.getMessage() != null && full.getMessage().contains("direct");
                long mib = (outside ? memory.outside() : memory.heap()) >> 20;
                console.complain(
                        "the memory is full (" + mib + " MiB may be used" + (outside ? " outside the heap" : "")
                                + "): give it more with ESPALIER_JAVA_OPTS="
                                + (outside ? "-XX:MaxDirectMemorySize=" : "-Xmx") + 2 * mib + "m");
                return ExitCode.MISTAKE;
            }
            default -> {
                console.complain("internal error: " + e + (debug ? "" : "; run it again with --debug for the details"));
                return ExitCode.INTERNAL;
            }
        }
    }
}
