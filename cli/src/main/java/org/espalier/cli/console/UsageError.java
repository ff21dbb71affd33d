package org.espalier.cli.console;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.espalier.lab.experiment.Names;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one sentence why a command line was not understood, with the nearest right name. */
public final class UsageError {
    private static final Set<Class<?>> WHOLE = Set.of(Integer.class, Long.class, int.class, long.class);

    private UsageError() {}

    public static String describe(ParameterException e) {
        CommandLine line = e.getCommandLine();
        if (e instanceof UnmatchedArgumentException unmatched) {
            String found = unmatched.getUnmatched().getFirst();
            if (found.startsWith("-")) {
                return "unknown option " + quoted(found) + hint(option(found), options(line));
            }
            if (!line.getSubcommands().isEmpty()) {
                return "unknown command " + quoted(found)
                        + hint(found, line.getSubcommands().keySet());
            }
            return "unexpected " + quoted(found);
        }
        if (e instanceof CommandLine.MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return missing.getMissing().getFirst() instanceof OptionSpec option
                    ? option.longestName() + " needs a value, " + option.paramLabel()
                    : "missing " + label(missing.getMissing().getFirst());
        }
        ArgSpec argument = e.getArgSpec();
        if (argument != null && e.getValue() != null && WHOLE.contains(elementType(argument))) {
            String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
            return name + " is " + e.getValue() + ", expected a whole number"
                    + (e.getValue().matches("[+-]?\\d+") ? " of fewer digits" : "");
        }
        if (argument != null && e.getValue() != null && elementType(argument) == Double.class) {
            return (argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel()) + " is "
                    + e.getValue() + ", expected a number";
        }
        String message = e.getMessage();
        return message == null || message.isEmpty()
                ? "wrong arguments"
                : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String hint(String found, Collection<String> names) {
        return Names.nearest(found, names)
                .map(name -> "; did you mean '" + name + "'?")
                .orElseGet(() -> "; there " + (names.size() == 1 ? "is " : "are ") + String.join(", ", names));
    }

    private static Class<?> elementType(ArgSpec argument) {
        Class<?>[] types = argument.auxiliaryTypes();
        return types.length > 0 ? types[0] : argument.type();
    }

    private static String label(ArgSpec argument) {
        return argument.paramLabel();
    }

    private static String option(String found) {
        int value = found.indexOf('=');
        return value < 0 ? found : found.substring(0, value);
    }

    private static List<String> options(CommandLine line) {
        var names = new ArrayList<String>();
        line.getCommandSpec().options().forEach(option -> names.addAll(List.of(option.names())));
        return names;
    }

    private static String quoted(String text) {
        return "'" + text + "'";
    }
}
