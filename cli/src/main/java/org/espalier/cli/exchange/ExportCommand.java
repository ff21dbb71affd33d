package org.espalier.cli.exchange;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.collection.KeptTicket;
import org.espalier.lab.exchange.ModelCard;
import org.espalier.lab.exchange.NetworkExport;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketData;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier export}: a ticket as a file for other programs, and a model card. */
@Command(
        name = "export",
        description = "Write a ticket for other programs, with a model card.",
        footer = {
            "",
            "Formats: onnx (a graph that ONNX Runtime runs), safetensors (weights by PyTorch's names), npz (NumPy arrays), compact",
            "(surviving weights only; evaluate, certify and predict take it).",
            "Examples:",
            "  espalier export runs/quick-mlp --strategy original --trial 1 --level 3 --out ticket.onnx",
            "  espalier export ticket.safetensors --format compact"
        })
final class ExportCommand implements Runnable {
    private static final List<String> FORMATS = List.of("onnx", "safetensors", "npz", "compact");

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "onnx, safetensors, npz or compact (default: onnx).")
    private String format = "onnx";

    @Option(
            names = "--sparse",
            description = "In onnx: pruned weights are not stored. The file is smaller; runtimes are not faster.")
    private boolean sparse;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The file (default: the ticket's name with the format's ending, in the current directory).")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--no-card", description = "Write no model card beside the file.")
    private boolean noCard;

    @Option(
            names = "--replace",
            description = "Write over a file or card of the same name that Espalier did not write.")
    private boolean replace;

    @Mixin
    private TicketOptions ticketOptions;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    ExportCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return TicketOptions.ofOne(new CommandLine(new ExportCommand(console)));
        }
    }

    @Override
    public void run() {
        if (!FORMATS.contains(format)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--format is " + format + ", expected "
                            + Names.nearest(format, FORMATS)
                                    .map(near -> near + "?")
                                    .orElse("onnx, safetensors, npz or compact"));
        }
        NetworkExport.Format chosen = NetworkExport.Format.valueOf(format.toUpperCase(Locale.ROOT));
        if (sparse && chosen != NetworkExport.Format.ONNX) {
            throw new ParameterException(
                    spec.commandLine(), "--sparse is for --format onnx, but --format is " + format);
        }
        Ticket ticket = ticketOptions.ticket(given, "to export");
        checkData(ticket);
        Path file = out.orElseGet(() -> Path.of(stem(ticket) + chosen.extension()));
        if (file.toAbsolutePath()
                .normalize()
                .equals(ticket.file().toAbsolutePath().normalize())) {
            throw new UserException(file + " is the ticket itself; expected another file with --out");
        }
        String name = String.valueOf(file.getFileName());
        NetworkExport.otherEnding(name, chosen).ifPresent(other -> {
            throw new UserException("--out is " + file + ", whose ending is that of " + other + ", but --format is "
                    + format + "; expected a name as " + stem(name) + chosen.extension());
        });
        Path markdown = card(file, name);
        protect(file, NetworkExport::isOurs);
        if (!noCard) {
            protect(markdown, ModelCard::is);
        }
        ModelCard card = card(ticket);
        byte[] content = NetworkExport.encode(ticket.network(), chosen, sparse, card.metadata());
        AtomicFiles.write(file, content);
        console.out().println(String.format(Locale.ROOT, "Written: %s (%,d bytes)", file, content.length));
        if (!noCard) {
            boolean zeros = !sparse && chosen != NetworkExport.Format.COMPACT;
            AtomicFiles.write(
                    markdown,
                    card.markdown(name, zeros, Optional.of(Digests.sha256(content)))
                            .getBytes(StandardCharsets.UTF_8));
            console.out().println("Written: " + markdown);
        }
    }

    /** Checks a data set that the options name: the card and the metadata say that the ticket is of it. */
    private void checkData(Ticket ticket) {
        TicketData data = ticket.data();
        if (!ticketOptions.namesData() || data.assumed() || ticket.place().isPresent()) {
            return;
        }
        NetworkFile.read(ticket.file())
                .dataSet()
                .filter(stated -> stated.matches(Names.PATTERN) && !stated.equals(data.name()))
                .ifPresent(stated -> {
                    throw new UserException("--data is " + data.name() + ", expected " + stated + ", the data set that "
                            + ticket.file() + " names");
                });
        here(data).ifPresent(set -> TicketData.check(ticket.network(), set, ticket.file()));
    }

    /** The data set; empty if it is a known one that is not on this machine. */
    private static Optional<DataSet> here(TicketData data) {
        DataSets sets = DataSets.standard();
        String name = data.name();
        if (data.directory().isPresent() || sets.importedDirectory(name).isPresent()) {
            return Optional.of(data.load(DataProgress.NONE));
        } else if (!sets.names().contains(name)) {
            List<String> known = new ArrayList<>(sets.names());
            known.addAll(sets.importedNames());
            throw new UserException("--data is " + name + ", which is no known data set and has no --data-directory; "
                    + Names.suggestion(name, known));
        }
        try {
            return Optional.of(
                    sets.findHere(name, Optional.empty(), DataProgress.NONE).dataSet());
        } catch (UserException e) {
            return Optional.empty(); // an export fetches nothing
        }
    }

    /** The card's file: {@code STEM.md}, or {@code NAME.md} where that is the card of another export, which stays. */
    private static Path card(Path file, String name) {
        Path usual = file.resolveSibling(stem(name) + ".md");
        if (Files.isRegularFile(usual)) {
            byte[] content = AtomicFiles.read(usual);
            if (ModelCard.is(content)
                    && ModelCard.fileOf(content)
                            .filter(other -> !other.equals(name) && Files.exists(file.resolveSibling(other)))
                            .isPresent()) {
                return file.resolveSibling(name + ".md");
            }
        }
        return usual;
    }

    /** The card of a ticket. A kept ticket's file that says nothing of its figures has them in the manifest beside it. */
    private static ModelCard card(Ticket ticket) {
        ModelCard card = ModelCard.of(ticket);
        return card.stated().isEmpty() && ticket.place().isEmpty()
                ? KeptTicket.beside(ticket.file(), ticket.digest())
                        .map(kept -> card.stating(kept.stated(ticket.digest())))
                        .orElse(card)
                : card;
    }

    /** Refuses to write over what an export did not write. */
    private void protect(Path file, Predicate<byte[]> ours) {
        if (!replace && Files.exists(file) && !(Files.isRegularFile(file) && ours.test(AtomicFiles.read(file)))) {
            throw new UserException(
                    file + " exists, and no export wrote it; expected another file with --out, or --replace");
        }
    }

    private static String stem(Ticket ticket) {
        return ticket.place()
                .map(place -> place.trial().dataset() + "-" + place.trial().objective() + "-"
                        + place.trial().strategy() + "-" + place.trial().trial() + "-level-" + place.level())
                .orElseGet(() -> stem(String.valueOf(ticket.file().getFileName())));
    }

    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
