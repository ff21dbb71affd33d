package org.espalier.cli.tickets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.DataSet;
import org.espalier.lab.collection.KeptTicket;
import org.espalier.lab.collection.TicketCollection;
import org.espalier.lab.collection.TicketFigures;
import org.espalier.lab.experiment.Experiment.WeightChoice;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketChoice;
import org.espalier.lab.tickets.TicketData;
import org.espalier.lab.tickets.Tickets;
import org.espalier.report.format.TextTable;
import org.espalier.report.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code espalier tickets}: the tickets of a folder, checked. */
@Command(
        name = "tickets",
        description = {
            "List the tickets that the clone keeps, check their digests, and measure their figures again in seconds.",
            "A figure or digest that differs is an error."
        },
        footer = {
            "",
            "Examples:",
            "  espalier tickets",
            "  espalier tickets --list",
            "  espalier tickets add runs/certified --trial 1 --level 1 --name certified-10"
        })
final class TicketsCommand implements Callable<Integer> {
    /** Usual folder, of a clone. */
    static final String FOLDER = "tickets";

    private final Console console;

    @Option(names = "--dir", paramLabel = "DIR", description = "Folder of the tickets (default: " + FOLDER + ").")
    private Path directory = Path.of(FOLDER);

    @Option(names = "--list", description = "Measure nothing: list, and check digests only.")
    private boolean listOnly;

    @Option(
            names = "--data-directory",
            paramLabel = "DIR",
            description = "Directory with the files of the tickets' data set, if they are not of a known one.")
    private Optional<Path> dataDirectory = Optional.empty();

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    TicketsCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new TicketsCommand(console)).addSubcommand(new TicketsAddCommand(console));
        }
    }

    @Override
    public Integer call() {
        TicketCollection collection = TicketCollection.read(directory, true);
        List<String> problems = new ArrayList<>();
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        Map<String, DataSet> sets = new HashMap<>();
        for (KeptTicket kept : collection.tickets()) {
            String found = check(collection, kept, sets, problems);
            keys.add(List.of(kept.name(), kept.dataset()));
            rows.add(List.of(
                    String.format(Locale.ROOT, "%,d (%.1f %%)", kept.weights(), 100 * kept.density()),
                    String.format(
                            Locale.ROOT, "%.2f %%", 100 * kept.figures().clean().accuracy()),
                    kept.figures().fast().correct() + "/"
                            + kept.figures().fast().images() + " at "
                            + Float.toString(kept.figures().epsilon()),
                    found,
                    kept.title()));
        }
        console.out()
                .print(TextTable.of(
                        new Table(
                                collection.tickets().size() + " "
                                        + Names.noun(collection.tickets().size(), "ticket") + " in " + directory,
                                new Table.Block("", List.of("ticket", "data set"), keys, true),
                                List.of(new Table.Block(
                                        "",
                                        List.of("weights", "right", "suite fast", "checked", "what it is"),
                                        rows,
                                        Set.of(3, 4))),
                                List.of(
                                        "right: of all test images; suite fast: right under it, of the first test images, in an L-infinity ball",
                                        "the suite fast is no proof of robustness: model cards have the stronger evaluations")),
                        console.resultWidth()));
        console.out().flush();
        problems.forEach(console::complain);
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.MISTAKE;
    }

    /** What was checked of a ticket, in a word; adds what differs. */
    private String check(
            TicketCollection collection, KeptTicket kept, Map<String, DataSet> sets, List<String> problems) {
        try {
            collection.content(kept);
            if (listOnly) {
                return "digest";
            }
            Ticket ticket = ticket(collection, kept);
            DataSet set;
            try (DataProgressLines lines = DataProgressLines.on(console)) {
                set = sets.computeIfAbsent(kept.dataset(), _ -> ticket.data().load(lines));
            }
            if (!set.digest().equals(kept.data())) {
                problems.add(kept.name() + ": data set " + kept.dataset() + " has SHA-256 " + set.digest()
                        + ", expected " + kept.data());
                return "WRONG DATA";
            }
            KeptTicket.Figures measured = TicketFigures.of(
                    ticket, set, kept.figures().epsilon(), Runtime.getRuntime().availableProcessors());
            if (!measured.equals(kept.figures())) {
                problems.add(kept.name() + " has " + text(measured) + ", expected " + text(kept.figures())
                        + ", which the manifest names");
                return "DIFFERS";
            }
            return "same figures";
        } catch (UserException e) {
            problems.add(String.valueOf(e.getMessage()));
            return "DAMAGED";
        }
    }

    private Ticket ticket(TicketCollection collection, KeptTicket kept) {
        return Tickets.at(
                        collection.directory().resolve(kept.file()),
                        TicketChoice.none(WeightChoice.FINAL),
                        TicketData.of(kept.dataset(), dataDirectory))
                .getFirst();
    }

    private static String text(KeptTicket.Figures figures) {
        return figures.clean().correct() + " of " + figures.clean().images() + " test images right and "
                + figures.fast().correct() + " of " + figures.fast().images() + " under suite fast";
    }
}
