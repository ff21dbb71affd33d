package org.espalier.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The ticket, and where {@code --keep} puts what is found. The option has a value or none, and takes what follows it. A ticket behind
 * an option without a value is therefore given back to the command here.
 *
 * @param ticket that the command reads
 * @param place of what is kept, if anything is; of no characters for the usual one
 */
record KeepChoice(Path ticket, Optional<Path> place) {
    /**
     * Tells the ticket from the place.
     *
     * @param given the ticket, if it stands where it is expected
     * @param keep value of the option, if it is given
     * @throws ParameterException if there is no ticket
     */
    static KeepChoice of(CommandSpec spec, Optional<Path> given, Optional<Path> keep) {
        if (given.isPresent()) {
            return new KeepChoice(given.get(), keep);
        }
        Path swallowed = keep.filter(place -> !place.toString().isEmpty())
                .orElseThrow(() -> new ParameterException(spec.commandLine(), "missing TICKET"));
        return new KeepChoice(swallowed, Optional.of(Path.of("")));
    }
}
