package org.espalier.cli;

import org.espalier.cli.console.Console;
import org.espalier.lab.experiment.JsonSchema;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.json.JsonMapper;

/** {@code espalier schema}. */
@Command(
        name = "schema",
        description = "Print the JSON Schema of experiment files, for completion and checks in editors.")
final class SchemaCommand implements Runnable {
    private final Console console;

    SchemaCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new SchemaCommand(console));
        }
    }

    @Override
    public void run() {
        console.out()
                .println(JsonMapper.shared()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(JsonSchema.ofExperiment()));
    }
}
