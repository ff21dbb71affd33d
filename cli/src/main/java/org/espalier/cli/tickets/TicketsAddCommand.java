package org.espalier.cli.tickets;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.UserException;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.OptionChecks;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.lab.collection.KeptTicket;
import org.espalier.lab.collection.TicketCollection;
import org.espalier.lab.collection.TicketFigures;
import org.espalier.lab.exchange.ModelCard;
import org.espalier.lab.exchange.NetworkExport;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.experiment.PresetCommand;
import org.espalier.lab.robustness.StoredEvaluation;
import org.espalier.lab.robustness.StoredEvaluations;
import org.espalier.lab.store.Store;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketDetails;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier tickets add}: keeps a level of a search as a small file with its figures. */
@Command(
        name = "add",
        description = {
            "Keep a level of a search: compact file, model card, figures and the command that makes the search, with the"
                    + " experiment file if no preset can be changed into it.",
            "A ticket of the same name is replaced. Evaluate and certify the level first: the card states what is stored."
        })
final class TicketsAddCommand implements Runnable {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "Directory of a search.")
    private Path run;

    @Mixin
    private TicketOptions ticketOptions;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "Name of the ticket's files.")
    private String name;

    @Option(names = "--title", paramLabel = "TEXT", description = "What it is, in a few words (default: its origin).")
    private Optional<String> title = Optional.empty();

    @Option(
            names = "--epsilon",
            paramLabel = "E",
            description =
                    "Radius of the ball of suite fast (default: that of the stored evaluations, or 0.3 without any).")
    private Optional<Float> epsilon = Optional.empty();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Folder of the tickets (default: " + TicketsCommand.FOLDER + ").")
    private Path directory = Path.of(TicketsCommand.FOLDER);

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    TicketsAddCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        OptionChecks.fileName(spec, "--name", name);
        List<Ticket> tickets = ticketOptions.tickets(run);
        if (tickets.size() != 1) {
            throw new UserException(run + " has " + tickets.size() + " such levels, expected one to keep");
        }
        Ticket ticket = tickets.getFirst();
        Ticket.Place place = ticket.place()
                .orElseThrow(() -> new UserException(
                        run + " belongs to no search; expected a search's directory, which says how it is made"));
        Store store = Store.open(place.store());
        TicketCollection before = TicketCollection.read(directory, false);
        Optional<List<String>> preset = PresetCommand.of(store.experiment());
        Optional<String> experiment =
                preset.isPresent() ? Optional.empty() : Optional.of(ExperimentFile.write(store.experiment()));
        String command = PresetCommand.typed(
                preset.orElseGet(() -> List.of("run", before.experiment(name).toString())));
        List<StoredEvaluation> evaluations = StoredEvaluations.of(ticket).stream()
                .filter(evaluation -> evaluation.split().equals("test"))
                .toList();
        DataSet set;
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            set = ticket.data().load(lines);
        }
        KeptTicket.Figures figures = TicketFigures.of(
                ticket, set, radius(evaluations), Runtime.getRuntime().availableProcessors());
        var card = new ModelCard(
                ticket,
                evaluations,
                ModelCard.certificates(ticket).stream()
                        .filter(certificate -> certificate.split().equals("test"))
                        .toList(),
                TicketDetails.of(ticket));
        byte[] content = NetworkExport.encode(ticket.network(), NetworkExport.Format.COMPACT, false, card.metadata());
        String origin = place.trial() + ", level " + place.level();
        var kept = new KeptTicket(
                name,
                title.orElse(origin),
                Digests.sha256(content),
                ticket.network().mask().architecture().toString(),
                ticket.network().mask().count(),
                ticket.density(),
                set.name(),
                set.digest(),
                origin,
                place.key(),
                store.digest(),
                command,
                figures,
                evaluations.stream().map(TicketsAddCommand::evaluation).toList());
        TicketCollection collection = before.with(kept, content, card.markdown(kept.file(), false), experiment);
        console.out()
                .println(String.format(
                        Locale.ROOT,
                        "Written: %s (%,d bytes), its card, and the manifest of %d tickets",
                        directory.resolve(kept.file()),
                        content.length,
                        collection.tickets().size()));
    }

    private float radius(List<StoredEvaluation> evaluations) {
        float radius = epsilon.orElseGet(() ->
                evaluations.isEmpty() ? 0.3f : evaluations.getFirst().threat().epsilon());
        if (!(radius > 0 && radius <= 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--epsilon is " + radius + ", expected a number above 0 and at most 1");
        }
        return radius;
    }

    private static KeptTicket.Evaluation evaluation(StoredEvaluation stored) {
        return new KeptTicket.Evaluation(
                stored.suite(),
                stored.threat().norm().name().toLowerCase(Locale.ROOT),
                Double.parseDouble(Float.toString(stored.threat().epsilon())),
                stored.robust().images(),
                stored.clean().correct(),
                stored.lowestKnown().correct(),
                stored.certified()
                        .map(certified -> OptionalInt.of(certified.correct()))
                        .orElseGet(OptionalInt::empty),
                stored.verdict().toString());
    }
}
