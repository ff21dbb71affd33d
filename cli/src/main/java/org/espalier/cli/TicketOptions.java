package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.TicketData;
import org.espalier.lab.tickets.Tickets;
import org.espalier.lab.tickets.WeightChoice;
import picocli.CommandLine.Option;

/** Options that select tickets. */
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class TicketOptions {
    static final String GIVEN = "Directory of a search, directory of a level, or a safetensors file.";

    @Option(names = "--data-set", paramLabel = "NAME", description = "In a search: only levels of this data set.")
    private Optional<String> dataset;

    @Option(names = "--objective", paramLabel = "NAME", description = "In a search: only levels of this objective.")
    private Optional<String> objective;

    @Option(names = "--strategy", paramLabel = "NAME", description = "In a search: only levels of this strategy.")
    private Optional<String> strategy;

    @Option(names = "--trial", paramLabel = "N", description = "In a search: only levels of this trial, from 1.")
    private Optional<Integer> trial;

    @Option(names = "--level", paramLabel = "N", description = "In a search: only this level; 0 is the dense network.")
    private Optional<Integer> level;

    @Option(names = "--all-levels", description = "In a search: all trained levels that match the options above.")
    private boolean allLevels;

    @Option(
            names = "--weights",
            paramLabel = "WHICH",
            description = "Weights of a level: final or best-validation (default: final).")
    private String weights = "final";

    @Option(
            names = "--data",
            paramLabel = "NAME",
            description = "For a safetensors file: the data set (default: digits).")
    private String data = "digits";

    @Option(
            names = "--data-directory",
            paramLabel = "DIR",
            description = "For a safetensors file: directory of the data set's four IDX files.")
    private Optional<Path> dataDirectory;

    /** The value of {@code --weights}. */
    String weights() {
        return weights;
    }

    /**
     * The tickets chosen, at least one.
     *
     * @param given a search's directory, a level's directory, or a safetensors file
     * @throws UserException if there is none
     */
    List<Ticket> tickets(Path given) {
        WeightChoice which = switch (weights) {
            case "final" -> WeightChoice.FINAL;
            case "best-validation" -> WeightChoice.BEST_VALIDATION;
            default -> throw new UserException("--weights is " + weights + ", expected final or best-validation");
        };
        var choice = new TicketChoice(dataset, objective, strategy, trial, level, allLevels, which);
        List<Ticket> tickets = Tickets.at(given, choice, TicketData.of(data, dataDirectory));
        if (tickets.isEmpty()) {
            throw new UserException(given + " has no trained level that matches the options");
        }
        return tickets;
    }
}
