package org.espalier.cli.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page {@code docs/reference/commands.md}: the help of every command, as Markdown. */
final class CommandsPage {
    private final StringBuilder page = new StringBuilder();

    private CommandsPage() {}

    static String of(CommandLine espalier) {
        var made = new CommandsPage();
        made.page.append("# Commands\n\n").append(ReferencePagesTest.GENERATED).append("\n\n");
        made.paragraph(espalier.getCommandSpec().usageMessage().description());
        made.code("text", List.of(synopsis(espalier)));
        made.paragraph("In a clone the command is `./espalier`.");
        made.line("These options apply to every command. `--version` applies to `espalier` alone.");
        made.options(espalier.getCommandSpec().options());
        for (CommandLine command : espalier.getSubcommands().values()) {
            made.command(command);
        }
        made.exitCodes(espalier.getCommandSpec());
        return made.page.toString();
    }

    private void command(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        page.append("## ").append(spec.qualifiedName()).append("\n\n");
        paragraph(spec.usageMessage().description());
        code("text", List.of(synopsis(command)));
        parameters(spec.positionalParameters());
        options(spec.options().stream().filter(option -> !option.inherited()).toList());
        footer(spec.usageMessage().footer());
        for (CommandLine below : command.getSubcommands().values()) {
            command(below);
        }
    }

    private static String synopsis(CommandLine command) {
        var text = new StringBuilder(command.getCommandSpec().qualifiedName());
        if (command.getCommandSpec().options().stream().anyMatch(option -> !option.inherited())
                || command.getCommandSpec().parent() == null) {
            text.append(" [OPTIONS]");
        }
        for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
            String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
            text.append(parameter.required() ? " " + label : " [" + label + "]");
        }
        if (!command.getSubcommands().isEmpty()) {
            boolean runsAlone = List.of("presets", "tickets").contains(command.getCommandName());
            text.append(runsAlone ? " [COMMAND]" : " COMMAND");
        }
        return text.toString();
    }

    private void parameters(List<PositionalParamSpec> parameters) {
        if (!parameters.isEmpty()) {
            page.append("| parameter | meaning |\n|---|---|\n");
            for (PositionalParamSpec parameter : parameters) {
                row("`" + parameter.paramLabel() + "`", description(parameter));
            }
            page.append('\n');
        }
    }

    private void options(List<OptionSpec> options) {
        if (!options.isEmpty()) {
            page.append("| option | meaning |\n|---|---|\n");
            for (OptionSpec option : options) {
                String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
                row("`" + String.join("`, `", List.of(option.names())) + value + "`", description(option));
            }
            page.append('\n');
        }
    }

    private void row(String name, String meaning) {
        page.append("| ")
                .append(name.replace("|", "\\|"))
                .append(" | ")
                .append(meaning)
                .append(" |\n");
    }

    private static String description(ArgSpec argument) {
        return escaped(String.join(" ", argument.description()));
    }

    /** Lines that are set in are examples of command lines; the others are text. */
    private void footer(String[] lines) {
        List<String> text = new ArrayList<>();
        List<String> examples = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("  ")) {
                examples.add(line.strip());
            } else if (line.equals("Examples:")) {
                paragraph(text.toArray(String[]::new));
                text = new ArrayList<>(List.of(line));
            } else if (!line.isBlank()) {
                text.add(line);
            }
        }
        paragraph(text.toArray(String[]::new));
        if (!examples.isEmpty()) {
            code("sh", examples);
        }
    }

    private void exitCodes(CommandSpec spec) {
        page.append("## Exit codes\n\n| code | meaning |\n|---|---|\n");
        for (Map.Entry<String, String> code : spec.usageMessage().exitCodeList().entrySet()) {
            row(code.getKey().strip(), escaped(code.getValue()));
        }
    }

    private void code(String language, List<String> lines) {
        page.append("```").append(language).append('\n');
        lines.forEach(line -> page.append(line).append('\n'));
        page.append("```\n\n");
    }

    private void paragraph(String... lines) {
        if (lines.length > 0) {
            line(escaped(String.join(" ", lines)));
        }
    }

    private void line(String text) {
        page.append(text).append("\n\n");
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|")
                .replace("*", "\\*")
                .replace("<", "&lt;")
                .replace("%n", " ")
                .replace("%%", "%");
    }
}
