package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.TicketData;
import org.espalier.lab.tickets.Tickets;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that select tickets. */
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
public final class TicketOptions {
    public static final String GIVEN = "Directory of a search, directory of a level, or a file of a ticket.";

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
            description = "For a ticket's file: the data set (default: the one that the file names, or else digits).")
    private Optional<String> data;

    @Option(
            names = "--data-directory",
            paramLabel = "DIR",
            description = "Directory with the files of that data set, or of a search's one.")
    private Optional<Path> dataDirectory;

    /** The options that were given, for another command on the same tickets, with a blank before each. */
    String given() {
        StringBuilder text = new StringBuilder();
        dataset.ifPresent(value -> text.append(" --data-set ").append(value));
        objective.ifPresent(value -> text.append(" --objective ").append(value));
        strategy.ifPresent(value -> text.append(" --strategy ").append(value));
        trial.ifPresent(value -> text.append(" --trial ").append(value));
        level.ifPresent(value -> text.append(" --level ").append(value));
        text.append(weights.equals("final") ? "" : " --weights " + weights);
        data.ifPresent(value -> text.append(" --data ").append(value));
        dataDirectory.ifPresent(value -> text.append(" --data-directory ").append(value));
        return text.toString();
    }

    /** The value of {@code --weights}. */
    public String weights() {
        return weights;
    }

    /** Whether the user names a data set for files that belong to no search. */
    public boolean namesData() {
        return data.isPresent() || dataDirectory.isPresent();
    }

    /**
     * The directory that several processes meet in: the search's.
     *
     * @param out the value of {@code --out}
     * @param option the option that asks for several processes
     * @throws UserException if there is none
     */
    static Path sharedRoot(List<Ticket> tickets, Optional<Path> out, String option) {
        out.ifPresent(elsewhere -> {
            throw new UserException("--out is " + elsewhere + ", expected none with " + option
                    + ": the results of all machines go to the search's directory");
        });
        Ticket first = tickets.getFirst();
        return first.place()
                .map(Ticket.Place::store)
                .orElseThrow(
                        () -> new UserException(option + " is for levels of a search, found the file " + first.file()));
    }

    /** A search names its data set itself; only the directory of its files may be given. */
    private Ticket withData(Ticket ticket) {
        if (ticket.data().digest().isEmpty()) {
            return ticket;
        }
        data.filter(name -> !name.equals(ticket.data().name())).ifPresent(name -> {
            throw new UserException("--data is " + name + ", but " + ticket.label() + " was trained on "
                    + ticket.data().name() + "; expected --data-set to choose among a search's levels");
        });
        return dataDirectory.map(ticket::withDataIn).orElse(ticket);
    }

    /** A command that takes one ticket: it has no option for all levels of a search. */
    public static CommandLine ofOne(CommandLine command) {
        command.getCommandSpec().remove(command.getCommandSpec().findOption("--all-levels"));
        return command;
    }

    /**
     * The ticket chosen.
     *
     * @param given a search's directory, a level's directory, or a safetensors file
     * @param purpose what it is for, as in "to export"
     * @throws UserException if there is none, or more than one
     */
    public Ticket ticket(Path given, String purpose) {
        try {
            return tickets(given).getFirst(); // without the option for all, there is one
        } catch (UserException e) {
            throw new UserException(
                    String.valueOf(e.getMessage()).replace(TicketChoice.OR_ALL, ": expected one " + purpose), e);
        }
    }

    /**
     * The tickets chosen, at least one.
     *
     * @param given a search's directory, a level's directory, or a safetensors file
     * @throws UserException if there is none
     */
    public List<Ticket> tickets(Path given) {
        WeightChoice which = switch (weights) {
            case "final" -> WeightChoice.FINAL;
            case "best-validation" -> WeightChoice.BEST_VALIDATION;
            default -> throw new UserException("--weights is " + weights + ", expected final or best-validation");
        };
        var choice = new TicketChoice(dataset, objective, strategy, trial, level, allLevels, which);
        TicketData named = data.map(name -> TicketData.of(name, dataDirectory))
                .orElseGet(() -> TicketData.assumed("digits", dataDirectory));
        List<Ticket> tickets =
                Tickets.at(given, choice, named).stream().map(this::withData).toList();
        if (tickets.stream().map(ticket -> ticket.data().name()).distinct().count() > 1 && dataDirectory.isPresent()) {
            throw new UserException("--data-directory is one directory, but these levels have several data sets;"
                    + " choose one with --data-set");
        }
        if (tickets.isEmpty()) {
            throw new UserException(given + " has no trained level that matches the options");
        }
        return tickets;
    }

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
}
