package org.espalier.cli.data;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.espalier.UserException;
import org.espalier.cli.console.Console;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.source.ImportedDirectory;
import org.espalier.lab.dataset.DataImport;
import org.espalier.lab.dataset.DataImportSettings;
import org.espalier.lab.dataset.Division;
import org.espalier.lab.dataset.ImportResult;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.dataset.read.PictureOptions;
import org.espalier.lab.dataset.read.Tables;
import org.espalier.lab.experiment.Decimals;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.format.ImportedFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier data import SOURCE...}. */
@Command(
        name = "import",
        description = {
            "Make a data set of your own files: checked, divided into splits, and stored with SHA-256 digests.",
            "The command says what it found: classes, counts, sizes, duplicates, and files that it left out."
        },
        footer = {
            "",
            "Sources:",
            "  a folder with a sub-folder of PNG or JPEG pictures for each class, or such folders below train, test and",
            "  validation; or a folder with the files of a data format (IDX, CIFAR's binary files, SVHN's MAT-files)",
            "  .npz or .npy: arrays x and y, or x_train, y_train, x_test and y_test; bytes, or floating point from 0 to 1",
            "  .csv, .tsv or .parquet: headings, a column of labels, and columns of features, or of pixels with --shape",
            "Examples and rows without a split are divided by a draw: a fifth is for testing, a tenth of the rest for",
            "validation, each class in its share.",
            "Imported data sets are stored in $ESPALIER_DATA, $XDG_DATA_HOME/espalier or ~/.local/share/espalier.",
            "Examples:",
            "  espalier data import photos --name pets --size 32x32",
            "  espalier data import digits.npz --name digits-8x8",
            "  espalier data import wine.csv --name wine --label quality --drop id"
        })
final class DataImportCommand implements Runnable {
    /** Shortest side of images that the convolutions of the preset certified are advised for. */
    private static final int LEAST_SIDE = 8;

    /** Training images below which a short training shows all there is. */
    private static final int FEW = 1000;

    /** Radii of bound and attack for photographs, in place of those of drawings in black and white. */
    private static final String RADII =
            " --set bounds.ibp.epsilon=2/255 --set attacks.pgd.epsilon=2/255 --set attacks.pgd.step=0.002";

    /** A short training: every number of updates is given, as the ramp has to end before training does. */
    private static final String SHORT = " --set training.iterations=1500 --set bounds.ibp.schedule.warm-up=50"
            + " --set bounds.ibp.schedule.ramp=750 --set evaluation.every=500";

    private final Console console;
    private final Supplier<DataSets> dataSets;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "SOURCE", description = "A folder, or files of one kind.")
    private List<Path> sources = new ArrayList<>();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the data set.")
    private String name;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description =
                    "Write the data set to this directory, which experiments then name, instead of the usual one.")
    private Optional<Path> directory = Optional.empty();

    @Option(names = "--replace", description = "Replace an imported data set of this name.")
    private boolean replace;

    @Option(
            names = "--size",
            paramLabel = "HxW",
            description =
                    "Pictures: resize all to so many rows and columns. Without it, pictures of different sizes are an"
                            + " error.")
    private Optional<String> size = Optional.empty();

    @Option(names = "--grey", description = "Pictures: store grey values (default if all pictures are grey).")
    private boolean grey;

    @Option(names = "--colour", description = "Pictures: store red, green and blue.")
    private boolean colour;

    @Option(names = "--skip-unreadable", description = "Pictures: leave out those that cannot be read.")
    private boolean skipUnreadable;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description =
                    "Column of labels, by name or number from 1 (default: label, class, target or y); in arrays, the"
                            + " word in the names of labels.")
    private Optional<String> label = Optional.empty();

    @Option(
            names = "--drop",
            paramLabel = "NAME,...",
            hideParamSyntax = true,
            split = ",",
            description = "Tables: columns to leave out, by name or number from 1.")
    private List<String> drop = new ArrayList<>();

    @Option(names = "--no-header", description = "CSV: the first line has no names of columns.")
    private boolean noHeader;

    @Option(
            names = "--shape",
            paramLabel = "HxW[xC]",
            description =
                    "Tables and flat arrays: the values of a row are an image of so many rows, columns and channels.")
    private Optional<String> shape = Optional.empty();

    @Option(
            names = "--channels",
            paramLabel = "PLACE",
            description = "Arrays and --shape: channels stand first or last (default: as the sizes say).")
    private Optional<String> channels = Optional.empty();

    @Option(names = "--features", description = "Arrays: rows are features of a table and no images.")
    private boolean features;

    @Option(
            names = "--box",
            paramLabel = "[NAME=]LOW:HIGH",
            description =
                    "Features: ends of a column's box, or of all other columns (default: least and largest value of"
                            + " the training rows). May be repeated.")
    private List<String> boxes = new ArrayList<>();

    @Option(names = "--clip", description = "Features: move values outside of a given box to its end.")
    private boolean clip;

    @Option(
            names = "--test",
            paramLabel = "SHARE",
            description = "Test examples to draw: a fraction or a number (default: 0.2).")
    private double test = Division.USUAL.test();

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            description =
                    "Validation examples to draw: a fraction of those that are not for testing, or a number (default:"
                            + " 0.1).")
    private double validation = Division.USUAL.validation();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the draw and of the order (default: 1).")
    private long seed = Division.USUAL.seed();

    @Option(
            names = "--class-names",
            paramLabel = "NAME,...",
            hideParamSyntax = true,
            split = ",",
            description = "Names of the classes in the order of their labels.")
    private List<String> classNames = new ArrayList<>();

    @Option(names = "--allow-gaps", description = "Labels may be numbers that lack some between them.")
    private boolean allowGaps;

    @Option(
            names = "--drop-duplicates",
            description = "Keep one of equal examples, in this order: test, validation, training.")
    private boolean dropDuplicates;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    DataImportCommand(Console console, Supplier<DataSets> dataSets) {
        this.console = console;
        this.dataSets = dataSets;
    }

    @Override
    public void run() {
        DataImportSettings settings = settings();
        if (!name.matches(Names.PATTERN)) {
            throw wrong("--name is " + name + ", expected lower-case letters, digits, '-', '_' and '.'");
        } else if (dataSets.get().names().contains(name)) {
            throw wrong("--name is " + name + ", which is a known data set: expected another name");
        }
        Path target = directory.orElseGet(() -> ImportedDirectory.ofUser().resolve(name));
        try {
            ImportResult result = DataImport.of(sources, name, settings);
            ImportedFiles.write(result.set(), target, replace);
            DataSet written = DataSets.load(name, Optional.of(target), DataProgress.NONE);
            describe(result, written, target);
        } catch (OutOfMemoryError e) {
            throw new UserException(
                    "the data do not fit into the " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MiB of memory that may be used; give it more with ESPALIER_JAVA_OPTS=-Xmx4g",
                    e);
        }
    }

    private void describe(ImportResult result, DataSet set, Path target) {
        PrintStream out = console.out();
        int own = set.details().validation();
        int training = set.train().size() - own;
        int all = training + own + set.test().size();
        String what = set.isTable()
                ? Names.noun(all, "row") + " of " + set.features() + " " + Names.noun(set.features(), "feature")
                : Names.noun(all, "image") + " of " + set.shape().height() + " x "
                        + set.shape().width() + " pixels in "
                        + (set.shape().channels() == 1
                                ? "grey"
                                : set.shape().channels() == 3
                                        ? "colour"
                                        : set.shape().channels() + " channels");
        out.println(name + ": " + count(all) + " " + what + ", " + set.classes() + " classes");
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("class", "training", "validation", "test"));
        int[] labels = set.train().labels();
        int[] train = DataImport.counts(java.util.Arrays.copyOfRange(labels, own, labels.length), set.classes());
        int[] valid = DataImport.counts(java.util.Arrays.copyOf(labels, own), set.classes());
        int[] tested = DataImport.counts(set.test().labels(), set.classes());
        for (int c = 0; c < set.classes(); c++) {
            lines.add(List.of(set.className(c), count(train[c]), count(valid[c]), count(tested[c])));
        }
        lines.add(List.of("all", count(training), count(own), count(set.test().size())));
        print(out, lines);
        List<String> drawn = new ArrayList<>(List.of("training", "validation", "test"));
        drawn.removeAll(result.given());
        out.println("splits: "
                + (result.given().isEmpty() ? "" : String.join(", ", result.given()) + " as given")
                + (result.given().isEmpty() || drawn.isEmpty() ? "" : "; ")
                + (drawn.isEmpty()
                        ? ""
                        : String.join(", ", drawn) + " drawn with seed " + seed + ", each class in its share"));
        result.notes().forEach(note -> out.println("note: " + note));
        out.println("SHA-256: " + set.digest());
        out.println("written: " + target.toAbsolutePath().normalize());
        boolean small =
                set.isTable() || Math.min(set.shape().height(), set.shape().width()) < LEAST_SIDE;
        // As the guide on data has it.
        String radii = small ? "" : RADII + (training < FEW ? SHORT : "");
        out.println("next: ./espalier run " + (small ? "quick-mlp" : "certified") + " --set 'data.sets="
                + (directory.isEmpty()
                        ? "[" + name + "]"
                        : "[{name: " + name + ", directory: "
                                + target.toAbsolutePath().normalize() + "}]")
                + "'" + radii + " --out runs/" + name);
    }

    private static String count(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static void print(PrintStream out, List<List<String>> lines) {
        int columns = lines.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder("  ");
            for (int i = 0; i < columns; i++) {
                String pad = " ".repeat(widths[i] - line.get(i).length());
                text.append(i == 0 ? line.get(i) + pad : "  " + pad + line.get(i));
            }
            out.println(text);
        }
    }

    private DataImportSettings settings() {
        if (grey && colour) {
            throw wrong("--grey and --colour are both given, expected one of them");
        }
        if (!(test > 0) || !(validation > 0)) {
            throw wrong("--test and --validation are " + test + " and " + validation + ", expected numbers above 0");
        }
        ArrayOptions.Order order = switch (channels.orElse("")) {
            case "" -> ArrayOptions.Order.AUTO;
            case "first" -> ArrayOptions.Order.FIRST;
            case "last" -> ArrayOptions.Order.LAST;
            default -> throw wrong("--channels is " + channels.orElse("") + ", expected first or last");
        };
        Map<String, DataImportSettings.Box> named = new LinkedHashMap<>();
        Optional<DataImportSettings.Box> all = Optional.empty();
        for (String text : boxes) {
            int equals = text.lastIndexOf('=');
            if (equals < 0) {
                all = Optional.of(box(text, text));
            } else {
                named.put(text.substring(0, equals), box(text.substring(equals + 1), text));
            }
        }
        return new DataImportSettings(
                new PictureOptions(
                        size.map(text -> sizes("--size", text, 2)),
                        grey
                                ? PictureOptions.Colours.GREY
                                : colour ? PictureOptions.Colours.COLOUR : PictureOptions.Colours.AUTO,
                        skipUnreadable),
                new Tables.Options(
                        new ArrayOptions(label, shape.map(text -> sizes("--shape", text, 3)), order, features),
                        !noHeader,
                        drop),
                new Division(test, validation, seed),
                classNames,
                allowGaps,
                named,
                all,
                clip,
                dropDuplicates);
    }

    private ImageShape sizes(String option, String text, int most) {
        String[] parts = text.split("x", -1);
        int[] numbers = {1, 1, 1};
        for (int i = 0; i < parts.length; i++) {
            if (parts.length < 2 || parts.length > most || !parts[i].matches("[1-9][0-9]{0,3}")) {
                throw wrong(option + " is " + text + ", expected rows x columns"
                        + (most == 3 ? ", or rows x columns x channels, as 32x32x3" : ", as 32x32"));
            }
            numbers[i] = Integer.parseInt(parts[i]);
        }
        return new ImageShape(numbers[0], numbers[1], numbers[2]);
    }

    private DataImportSettings.Box box(String text, String whole) {
        String[] ends = text.split(":", -1);
        OptionalDouble low = Decimals.parseDouble(ends[0]);
        OptionalDouble high = ends.length == 2 ? Decimals.parseDouble(ends[1]) : OptionalDouble.empty();
        if (low.isEmpty() || high.isEmpty() || !(low.getAsDouble() < high.getAsDouble())) {
            throw wrong("--box is " + whole + ", expected LOW:HIGH or NAME=LOW:HIGH with the lower end first");
        }
        return new DataImportSettings.Box(low.getAsDouble(), high.getAsDouble());
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
