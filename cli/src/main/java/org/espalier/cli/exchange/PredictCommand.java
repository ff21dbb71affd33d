package org.espalier.cli.exchange;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.TicketOptions;
import org.espalier.cli.console.Console;
import org.espalier.data.DataDetails;
import org.espalier.evaluate.certify.BoundMethod;
import org.espalier.lab.certification.CertificationMethod;
import org.espalier.lab.classify.CertifiedAnswer;
import org.espalier.lab.classify.Classifier;
import org.espalier.lab.classify.InputFiles;
import org.espalier.lab.dataset.read.FeatureRows;
import org.espalier.lab.file.Json;
import org.espalier.lab.tickets.Ticket;
import org.espalier.lab.tickets.TicketDetails;
import org.espalier.network.Shape;
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
            "Files: PNG and JPEG pictures of the network's size, NumPy arrays of images (.npy, .npz), and",
            "tables (CSV, Parquet) with the features of an imported table.",
            "Examples:",
            "  espalier predict runs/quick-mlp --strategy original --trial 1 --level 3 seven.png",
            "  espalier predict ticket.safetensors images.npy --json",
            "  espalier predict ticket.safetensors seven.png --certify"
        })
final class PredictCommand implements Runnable {
    /** Digits of a certified radius. */
    private static final int DIGITS = 3;

    private final Console console;

    @Parameters(index = "0", paramLabel = "TICKET", description = TicketOptions.GIVEN)
    private Path given;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Pictures, arrays or tables.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--certify",
            description =
                    "Certify each answer: the radius within which no change of pixels gives another class. Slow: seconds for large"
                            + " networks.")
    private boolean certify;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description = "With --certify: ibp, crown-ibp, crown or alpha-crown (default: crown).")
    private Optional<String> method = Optional.empty();

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
            return TicketOptions.ofOne(new CommandLine(new PredictCommand(console)));
        }
    }

    @Override
    public void run() {
        Optional<BoundMethod> bounds = bounds();
        Ticket ticket = ticketOptions.ticket(given, "to predict with");
        Classifier classifier = Classifier.of(ticket.network());
        DataDetails details = TicketDetails.of(ticket);
        double seconds = 0; // of certification
        int certified = 0;
        int tried = 0;
        for (Path file : files) {
            InputFiles.Inputs inputs = inputs(file, classifier, details, ticket);
            float[] probabilities = new float[inputs.count() * classifier.classes()];
            classifier.probabilities(inputs.values(), inputs.count(), probabilities);
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            List<CertifiedAnswer> answers = bounds.map(
                            chosen -> classifier.certify(inputs.values(), inputs.count(), chosen))
                    .orElse(List.of());
            seconds += (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) * 1e-9;
            certified += answers.size();
            tried += answers.stream().mapToInt(CertifiedAnswer::bounds).sum();
            for (int i = 0; i < inputs.count(); i++) {
                print(
                        file + (inputs.array() ? " [" + i + "]" : ""),
                        i,
                        classifier.classes(),
                        probabilities,
                        details,
                        answers.isEmpty() ? Optional.empty() : Optional.of(answers.get(i)));
            }
        }
        if (certified > 0) {
            console.err()
                    .println(String.format(
                            Locale.ROOT,
                            "Certified by %s: %.3g s of processor time per image, %.1f radii tried",
                            bounds.orElseThrow(),
                            seconds / certified,
                            (double) tried / certified));
        }
    }

    private static InputFiles.Inputs inputs(Path file, Classifier classifier, DataDetails details, Ticket ticket) {
        if (!FeatureRows.is(file)) {
            return InputFiles.read(file, classifier.input(), classifier.inputs());
        } else if (details.features().isEmpty() && images(classifier.input())) {
            throw new UserException(
                    file + " is a table, but the network reads images of " + classifier.input() + ", not tables");
        } else if (TicketDetails.another(ticket)) {
            throw new UserException(file + " is a table, but the data set "
                    + ticket.data().name()
                    + " on this machine is not the one that the network was trained on: its SHA-256 is not "
                    + ticket.data().digest().orElse("known"));
        } else if (details.features().size() != classifier.inputs()) {
            throw new UserException(file + " is a table, but the network's data set on this machine has "
                    + details.features().size() + " features, expected " + classifier.inputs()
                    + "; --data NAME names another data set");
        }
        float[] values = FeatureRows.read(file, details.features());
        return new InputFiles.Inputs(values, values.length / classifier.inputs(), true);
    }

    /** Whether an input has rows and columns; features are channels of one pixel. */
    private static boolean images(Shape input) {
        return input.dimensions() == 3 && input.size(1) * input.size(2) > 1;
    }

    private Optional<BoundMethod> bounds() {
        if (!certify) {
            method.ifPresent(name -> {
                throw new UserException("--method is " + name + ", expected --certify with it");
            });
            return Optional.empty();
        }
        CertificationMethod chosen = CertificationMethod.of(method.orElse("crown"));
        return Optional.of(chosen.bounds()
                .orElseThrow(() -> new UserException(
                        "--method is exact, expected bounds: ibp, crown-ibp, crown or alpha-crown; 'espalier certify"
                                + " --method exact' decides single radii")));
    }

    private void print(
            String label,
            int image,
            int classes,
            float[] probabilities,
            DataDetails details,
            Optional<CertifiedAnswer> certificate) {
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
            certificate.ifPresent(answer -> line.put("certified-radius", answer.radius()));
            console.out().println(Json.write(line));
        } else {
            console.out()
                    .println(String.format(Locale.ROOT, "%s: %s (%.1f %%)", label, name, 100 * all.get(best))
                            + certificate.map(PredictCommand::words).orElse(""));
        }
    }

    /** The radius, rounded down. */
    private static String words(CertifiedAnswer answer) {
        return answer.radius() == 0
                ? ", not certified for any change"
                : ", certified for changes of each pixel by at most "
                        + new BigDecimal(answer.radius())
                                .round(new MathContext(DIGITS, RoundingMode.DOWN))
                                .toPlainString();
    }
}
