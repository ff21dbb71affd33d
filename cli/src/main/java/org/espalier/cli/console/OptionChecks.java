package org.espalier.cli.console;

import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of options' values that several commands make. */
public final class OptionChecks {
    private OptionChecks() {}

    /**
     * Checks a number of things.
     *
     * @throws ParameterException if it is below 1
     */
    public static void atLeastOne(CommandSpec spec, String option, int value) {
        if (value < 1) {
            throw new ParameterException(spec.commandLine(), option + " is " + value + ", expected a number from 1");
        }
    }

    /**
     * Checks a number of things that may be left out.
     *
     * @throws ParameterException if it is given and below 1
     */
    public static void atLeastOne(CommandSpec spec, String option, Optional<Integer> value) {
        value.ifPresent(number -> atLeastOne(spec, option, number));
    }

    /**
     * Checks a name that begins names of files.
     *
     * @throws ParameterException if it has other characters than lower-case letters, digits and hyphens
     */
    public static void fileName(CommandSpec spec, String option, String value) {
        if (!value.matches("[a-z0-9][a-z0-9-]*")) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", expected lower-case letters, digits and hyphens");
        }
    }
}
