package org.espalier.cli.exchange;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.UserException;
import org.espalier.cli.CommandProvider;
import org.espalier.cli.console.Console;
import org.espalier.cli.console.ExitCode;
import org.espalier.cli.progress.DataProgressLines;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.exchange.ForeignNetwork;
import org.espalier.lab.exchange.ImportSettings;
import org.espalier.lab.exchange.LabelledCheck;
import org.espalier.lab.exchange.NetworkImport;
import org.espalier.lab.experiment.Decimals;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.OtherFormat;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.network.NetworkInput;
import org.espalier.lab.store.NetworkFile;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.tickets.TicketData;
import org.espalier.network.Architecture;
import org.espalier.network.Shape;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier import}: makes a ticket of a network that another program trained. */
@Command(
        name = "import",
        description =
                "Make a ticket of a network from another program: ONNX, a PyTorch state dictionary, or safetensors.",
        footer = {
            "",
            "The result is a safetensors file that evaluate, certify and run --from take. Weights of zero are pruned.",
            "Espalier's pixels are 0 to 1, channels first. What the file does not say of its own pixels is an option.",
            "With --data the network is tried on the test images; it is refused if it is no better than chance.",
            "Examples:",
            "  espalier import model.onnx --data digits",
            "  espalier import model.pth --network cnn-small --data digits --mean 0.1307 --std 0.3081",
            "  espalier import model.safetensors --network layers.yaml --input 3x32x32"
        })
final class ImportCommand implements Callable<Integer> {
    /** Name in a ticket's metadata of the digest of the file that it was made of. */
    private static final String MODEL_DIGEST = "imported-sha256";

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "ONNX file, file of torch.save, or safetensors file.")
    private Path model;

    @Option(
            names = "--network",
            paramLabel = "NAME|FILE",
            description =
                    "Structure of a file that has tensors only: a name of 'espalier networks', or a file with the setting"
                            + " network of an experiment.")
    private Optional<String> network = Optional.empty();

    @Option(names = "--data", paramLabel = "NAME", description = "Data set to try the network on.")
    private Optional<String> data = Optional.empty();

    @Option(names = "--data-directory", paramLabel = "DIR", description = "Directory with the files of that data set.")
    private Optional<Path> dataDirectory = Optional.empty();

    @Option(
            names = "--input",
            paramLabel = "CxHxW",
            description = "Shape of its images: channels x rows x columns, e.g. 1x28x28 (default: those of --data).")
    private Optional<String> input = Optional.empty();

    @Option(names = "--classes", paramLabel = "N", description = "Outputs (default: those of the last layer's tensor).")
    private Optional<Integer> classes = Optional.empty();

    @Option(
            names = "--mean",
            paramLabel = "M,...",
            hideParamSyntax = true,
            split = ",",
            description = "Means that the network subtracts from its pixels: one, or one for each channel.")
    private List<String> mean = new ArrayList<>();

    @Option(
            names = "--std",
            paramLabel = "S,...",
            hideParamSyntax = true,
            split = ",",
            description = "Deviations that it divides them by, as many as means.")
    private List<String> std = new ArrayList<>();

    @Option(
            names = "--input-range",
            paramLabel = "LOW,HIGH",
            hideParamSyntax = true,
            split = ",",
            description = "Its pixel values of black and white, before mean and deviation (default: 0,1).")
    private List<String> range = new ArrayList<>();

    @Option(names = "--channels", paramLabel = "ORDER", description = "rgb or bgr (default: rgb).")
    private String channels = "rgb";

    @Option(names = "--allow-unused", description = "Leave out tensors that the network does not use.")
    private boolean unused;

    @Option(names = "--no-check", description = "Import the network even if it is no better than chance.")
    private boolean noCheck;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The ticket (default: the model's name with .safetensors, in the current directory).")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--replace", description = "Write over a file of the same name that is no ticket of this model.")
    private boolean replace;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    ImportCommand(Console console) {
        this.console = console;
    }

    /** Registers the command. */
    public static final class Provider implements CommandProvider {
        @Override
        public CommandLine command(Console console) {
            return new CommandLine(new ImportCommand(console));
        }
    }

    @Override
    public Integer call() {
        ImportSettings settings = settings();
        Path target = out.orElseGet(this::usualTarget);
        if (target.toAbsolutePath().normalize().equals(model.toAbsolutePath().normalize())) {
            throw wrong("the ticket would replace " + model + "; expected another file with --out");
        }
        byte[] content = NetworkImport.content(model);
        String digest = Digests.sha256(content);
        protect(target, digest);
        Optional<DataSet> set = dataSet();
        if (set.isPresent()) {
            settings = settings.orImage(NetworkInput.of(set.get()));
        }
        ForeignNetwork read = NetworkImport.read(model, content, settings);
        StoredNetwork stored = read.stored(model.toString());
        Optional<LabelledCheck> check = set.map(data -> {
            TicketData.check(stored, data, model);
            return LabelledCheck.of(stored, data.test());
        });
        describe(read, stored, check);
        if (check.isPresent() && check.get().nearChance() && !noCheck) {
            throw new UserException(refusal(stored, set.orElseThrow()));
        }
        if (set.isPresent()) {
            warn(content, settings, stored, set.get());
        }
        Map<String, String> about = new LinkedHashMap<>();
        about.put("imported-from", String.valueOf(model.getFileName()));
        about.put(MODEL_DIGEST, digest);
        set.filter(_ -> data.isPresent()).ifPresent(checked -> {
            about.put(NetworkFile.DATA_SET, checked.name());
            about.put(NetworkFile.DATA_DIGEST, checked.digest());
        });
        NetworkFile.write(target, stored.weights(), stored.mask(), about);
        console.out().println("Written: " + target);
        return ExitCode.DONE;
    }

    /** Refuses to write over anything but a ticket of the same model, which another try with other options replaces. */
    private void protect(Path target, String digest) {
        if (!replace && Files.exists(target) && !importedFrom(target).equals(Optional.of(digest))) {
            throw new UserException(target + " exists, and no import of " + model
                    + " wrote it; expected another file with --out, or --replace");
        }
    }

    /** The digest of the model that a ticket was made of; empty of other files. */
    private static Optional<String> importedFrom(Path target) {
        if (!Files.isRegularFile(target)) {
            return Optional.empty();
        }
        byte[] bytes = AtomicFiles.read(target);
        if (!OtherFormat.isSafeTensors(bytes)) {
            return Optional.empty();
        }
        try {
            return SafeTensors.decodeAny(bytes, target.toString()).metadataIfAny(MODEL_DIGEST);
        } catch (UserException e) {
            return Optional.empty(); // a damaged file may be somebody's ticket
        }
    }

    private Path usualTarget() {
        String name = String.valueOf(model.getFileName());
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        Path target = Path.of(stem + ".safetensors");
        return Files.exists(target) && name.endsWith(".safetensors") ? Path.of(stem + ".ticket.safetensors") : target;
    }

    private Optional<DataSet> dataSet() {
        if (data.isEmpty() && dataDirectory.isEmpty()) {
            return Optional.empty();
        }
        try (DataProgressLines lines = DataProgressLines.on(console)) {
            return Optional.of(DataSets.load(data.orElse("data"), dataDirectory, lines));
        }
    }

    private void describe(ForeignNetwork read, StoredNetwork stored, Optional<LabelledCheck> check) {
        Architecture architecture = stored.mask().architecture();
        console.out().println("Network: " + architecture);
        console.out()
                .println(String.format(
                        Locale.ROOT,
                        "Weights: %,d, of which %,d are not zero (%.2f %%)",
                        architecture.weights(),
                        stored.mask().count(),
                        100 * stored.mask().density()));
        read.notes().forEach(note -> console.out().println("Note:    " + note));
        console.out()
                .println("Check:   "
                        + check.map(LabelledCheck::describe)
                                .orElse("none; --data NAME tries the network on labelled images"));
    }

    private String refusal(StoredNetwork stored, DataSet set) {
        List<String> better = LabelledCheck.better(stored, set);
        return model + " is no better than chance on data set " + set.name()
                + ": expected the pixel range, channel order, mean and deviation, and order of classes of its training"
                + (better.isEmpty() ? "" : "; on the first test images " + String.join(", ", better))
                + " (--no-check imports it anyway)";
    }

    /** Says on the error stream that other settings of the pixels are much better, as a half-wrong network is not refused. */
    private void warn(byte[] content, ImportSettings settings, StoredNetwork stored, DataSet set) {
        StoredNetwork plain = settings.normalises()
                ? NetworkImport.read(model, content, settings.plainPixels()).stored(model.toString())
                : stored;
        LabelledCheck.muchBetter(stored, plain, set)
                .ifPresent(sentence -> console.err().println("Warning: " + sentence));
    }

    private ImportSettings settings() {
        if (!List.of("rgb", "bgr").contains(channels)) {
            throw wrong("--channels is " + channels + ", expected rgb or bgr");
        }
        classes.filter(n -> n < 2).ifPresent(n -> {
            throw wrong("--classes is " + n + ", expected a number from 2");
        });
        List<Double> ends = numbers("--input-range", range);
        if (!ends.isEmpty() && ends.size() != 2) {
            throw wrong("--input-range has " + ends.size() + " numbers, expected two, as 0,255");
        }
        try {
            return new ImportSettings(
                    network,
                    input.map(this::shape),
                    classes,
                    numbers("--mean", mean),
                    numbers("--std", std),
                    ends.isEmpty() ? 0 : ends.getFirst(),
                    ends.isEmpty() ? 1 : ends.getLast(),
                    channels.equals("bgr"),
                    unused);
        } catch (IllegalArgumentException e) {
            throw wrong("--mean, --std and --input-range: " + e.getMessage());
        }
    }

    private Shape shape(String text) {
        String[] sizes = text.split("[x,]", -1);
        int[] numbers = new int[3];
        for (int i = 0; i < 3; i++) {
            if (sizes.length != 3 || !sizes[i].matches("[1-9][0-9]{0,4}")) {
                throw wrong("--input is " + text + ", expected channels x rows x columns, as 3x32x32");
            }
            numbers[i] = Integer.parseInt(sizes[i]);
        }
        return Shape.of(numbers);
    }

    private List<Double> numbers(String option, List<String> texts) {
        return texts.stream()
                .map(text -> Decimals.parseDouble(text)
                        .orElseThrow(() -> wrong(option + " has " + text + ", expected a number or a fraction as 1/255"
                                + Decimals.hint(text))))
                .toList();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
