package org.espalier.cli;

import org.espalier.cli.console.Console;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.experiment.Presets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier presets}: the experiments that come with Espalier. */
@Command(
        name = "presets",
        description = "List the experiments that come with Espalier.",
        footer = {"", "To write an experiment of your own, start from a preset: espalier presets show quick > mine.yaml"
        })
final class PresetsCommand implements Runnable {
    private final Console console;

    PresetsCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new PresetsCommand(console)).addSubcommand(new Show(console));
        }
    }

    @Override
    public void run() {
        int width = Presets.names().stream().mapToInt(String::length).max().orElse(0);
        for (String name : Presets.names()) {
            console.out().println(name + " ".repeat(width - name.length()) + "  " + Presets.describe(name));
        }
    }

    /** The error for a name that is not a preset's, with the nearest name. */
    static ParameterException unknown(CommandSpec spec, String message, String name) {
        return new ParameterException(
                spec.commandLine(),
                message
                        + Names.nearest(name, Presets.names())
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse("; 'espalier presets' lists the presets"));
    }

    @Command(name = "show", description = "Print a preset's file, with comments and units.")
    private static final class Show implements Runnable {
        private final Console console;

        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "PRESET", description = "A preset's name.")
        private String name;

        @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
        Show(Console console) {
            this.console = console;
        }

        @Override
        public void run() {
            if (!Presets.names().contains(name)) {
                throw unknown(spec, "there is no preset '" + name + "'", name);
            }
            console.out().print(Presets.text(name));
        }
    }
}
