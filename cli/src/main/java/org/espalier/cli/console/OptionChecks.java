package org.espalier.cli.console;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.attack.Norm;
import org.espalier.lab.experiment.Names;
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
     * Checks one of several words.
     *
     * @throws ParameterException with the nearest word, or all, if it is none of them
     */
    public static void oneOf(CommandSpec spec, String option, String value, List<String> known) {
        if (!known.contains(value)) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " is " + value + ", expected "
                            + Names.nearest(value, known)
                                    .map(near -> near + "?")
                                    .orElse(String.join(" or ", known)));
        }
    }

    /**
     * The norm that a word names.
     *
     * @throws ParameterException with the nearest word, or all, if it is no norm's
     */
    public static Norm norm(CommandSpec spec, String given) {
        oneOf(
                spec,
                "--norm",
                given,
                Stream.of(Norm.values()).map(OptionChecks::word).toList());
        return Norm.valueOf(given.toUpperCase(Locale.ROOT));
    }

    private static String word(Norm norm) {
        return norm.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Checks the radius of a ball.
     *
     * @param given text of {@code --epsilon}
     * @throws ParameterException if it is not above 0 and finite, or above 1 in L-infinity
     */
    public static void epsilon(CommandSpec spec, String given, float radius, Norm norm) {
        if (!(radius > 0) || Float.isInfinite(radius) || norm == Norm.LINF && radius > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--epsilon is " + given + ", expected a number above 0"
                            + (norm == Norm.LINF ? " and at most 1: pixel values lie in 0 to 1" : ""));
        }
    }

    /**
     * Checks a name that begins names of files.
     *
     * @throws ParameterException if it has other characters than lower-case letters, digits and hyphens
     */
    public static void fileName(CommandSpec spec, String option, String value) {
        if (!Names.isPlain(value)) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", expected lower-case letters, digits and hyphens");
        }
    }
}
