package org.espalier.cli.exchange;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.data.DataDetails;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.classify.Classifier;
import org.espalier.lab.classify.InputFiles;
import org.espalier.lab.dataset.read.FeatureRows;
import org.espalier.lab.file.Json;
import org.espalier.lab.tickets.Ticket;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier predict}: the classes of images. */
@Command(
        name = "predict",
        description = "Classify images with a ticket.",
        footer = {
            "",
            "Files: PNG and JPEG pictures of the network's size, NumPy arrays of images (.npy, .npz), and CSV tables with the",
            "features of an imported table.",
            "Examples:",
            "  espalier predict runs/quick --strategy original --trial 1 --level 3 seven.png",
            "  espalier predict ticket.safetensors images.npy --json"
        })
final class PredictCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Pictures, arrays or tables.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--json", description = "Print one line of JSON for each image, with all probabilities.")
    private boolean json;

    @Mixin
    private TicketOptions ticketOptions;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    PredictCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new PredictCommand(console));
        }
    }

    @Override
    public void run() {
        List<Ticket> tickets = ticketOptions.tickets(given);
        if (tickets.size() != 1) {
            throw new UserException(given + " has " + tickets.size() + " such tickets, expected one to predict with");
        }
        Ticket ticket = tickets.getFirst();
        Classifier classifier = Classifier.of(ticket.network());
        DataDetails details =
                DataSets.standard().details(ticket.data().name(), ticket.data().directory());
        for (Path file : files) {
            InputFiles.Inputs inputs = inputs(file, classifier, details);
            float[] probabilities = new float[inputs.count() * classifier.classes()];
            classifier.probabilities(inputs.values(), inputs.count(), probabilities);
            for (int i = 0; i < inputs.count(); i++) {
                print(file + (inputs.array() ? " [" + i + "]" : ""), i, classifier.classes(), probabilities, details);
            }
        }
    }

    private static InputFiles.Inputs inputs(Path file, Classifier classifier, DataDetails details) {
        if (!FeatureRows.is(file)) {
            return InputFiles.read(file, classifier.input(), classifier.inputs());
        } else if (details.features().size() != classifier.inputs()) {
            throw new UserException(file + " is a table, but the network's data set on this machine has "
                    + details.features().size() + " features, expected " + classifier.inputs()
                    + "; --data NAME names another data set");
        }
        float[] values = FeatureRows.read(file, details.features());
        return new InputFiles.Inputs(values, values.length / classifier.inputs(), true);
    }

    private void print(String label, int image, int classes, float[] probabilities, DataDetails details) {
        int best = 0;
        List<Float> all = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            float probability = probabilities[image * classes + c];
            all.add(probability);
            best = probability > probabilities[image * classes + best] ? c : best;
        }
        String name = details.className(best);
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("input", label);
            line.put("class", best);
            line.put("name", name);
            line.put("probability", all.get(best));
            line.put("probabilities", all);
            console.out().println(Json.write(line));
        } else {
            console.out().println(String.format(Locale.ROOT, "%s: %s (%.1f %%)", label, name, 100 * all.get(best)));
        }
    }
}
