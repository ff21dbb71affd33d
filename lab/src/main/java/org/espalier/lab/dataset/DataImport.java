package org.espalier.lab.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.data.DataDetails;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.data.source.DataDirectory;
import org.espalier.data.source.SourceException;
import org.espalier.lab.dataset.read.ArrayFiles;
import org.espalier.lab.dataset.read.Examples;
import org.espalier.lab.dataset.read.Found;
import org.espalier.lab.dataset.read.Labels;
import org.espalier.lab.dataset.read.Part;
import org.espalier.lab.dataset.read.PictureFolder;
import org.espalier.lab.dataset.read.TableFiles;
import org.espalier.lab.dataset.read.Tables;
import org.espalier.lab.experiment.Names;
import org.espalier.lab.file.Directories;

/** Makes one data set of the user's files. The same files and settings give the same data set, byte for byte. */
public final class DataImport {
    private static final List<String> TABLE_ENDINGS =
            List.of(".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".pq", ".npz", ".npy");
    private static final List<Part> SPLITS = List.of(Part.TEST, Part.VALIDATION, Part.TRAIN);

    private final DataImportSettings settings;
    private final Found found = new Found();
    private List<String> formatNames = List.of(); // of the classes of a data format

    private DataImport(DataImportSettings settings) {
        this.settings = settings;
    }

    /**
     * Reads files and makes a data set of them.
     *
     * @param sources a folder, or files of one kind
     * @param name of the data set
     * @throws UserException if a file is missing, damaged or does not fit the others; the message names file, row and field
     */
    public static ImportResult of(List<Path> sources, String name, DataImportSettings settings) {
        DataImport made = new DataImport(settings);
        made.read(sources);
        return made.result(name);
    }

    private void read(List<Path> sources) {
        for (Path source : sources) {
            if (!Files.exists(source)) {
                throw new UserException(source + " is missing: expected a folder or files of data");
            } else if (Files.isDirectory(source) && sources.size() > 1) {
                throw new UserException(source + " is a folder: expected one folder alone, or files");
            }
        }
        if (Files.isDirectory(sources.getFirst())) {
            readFolder(sources.getFirst());
        } else {
            readFiles(sources);
        }
        Tables.finish(found);
    }

    private void readFolder(Path folder) {
        try {
            new DataDirectory(folder).format();
            readFormat(folder);
            return;
        } catch (SourceException e) {
            if (!e.isAbsent()) {
                throw new UserException(e.getMessage(), e);
            }
        }
        List<Path> entries;
        try {
            entries = Directories.list(folder);
        } catch (IOException e) {
            throw new UserException(folder + " cannot be read: " + e.getMessage(), e);
        }
        List<Path> files = entries.stream()
                .filter(Files::isRegularFile)
                .filter(entry -> {
                    String name = String.valueOf(entry.getFileName()).toLowerCase(Locale.ROOT);
                    return TABLE_ENDINGS.stream().anyMatch(name::endsWith);
                })
                .toList();
        if (files.isEmpty() || entries.stream().anyMatch(Files::isDirectory)) {
            PictureFolder.read(folder, settings.pictures(), found);
        } else {
            readFiles(files);
        }
    }

    /** IDX, CIFAR's binary files, and every other data format. */
    private void readFormat(Path folder) {
        DataSet set = DataSets.load("data", java.util.Optional.of(folder), DataProgress.NONE);
        if (set.isTable()) {
            throw new UserException(folder + " holds an imported table: expected the files that it was made of");
        }
        formatNames = set.details().classNames();
        int own = set.details().validation();
        if (own > 0) {
            add(Part.VALIDATION, set.train().part("validation", 0, own), folder);
            add(Part.TRAIN, set.train().part("train", own, set.train().size()), folder);
        } else {
            add(Part.TRAIN, set.train(), folder);
        }
        add(Part.TEST, set.test(), folder);
        found.keepOrder();
    }

    private void add(Part part, Split split, Path folder) {
        Examples examples = split.isFloat() ? Examples.floatImages(split.shape()) : Examples.images(split.shape());
        String source = folder + ", " + part + " images";
        int features = split.features();
        for (int i = 0; i < split.size(); i++) {
            int label = found.labels().number(Integer.toString(split.labels()[i]), source + ", row " + (i + 1));
            if (split.isFloat()) {
                examples.addImage(
                        Arrays.copyOfRange(split.floats(), i * features, (i + 1) * features), label, source, i + 1L);
            } else {
                examples.addImage(
                        Arrays.copyOfRange(split.images(), i * features, (i + 1) * features), label, source, i + 1L);
            }
        }
        found.parts().put(part, examples);
    }

    private void readFiles(List<Path> files) {
        List<Path> arrays = new ArrayList<>();
        for (Path file : files) {
            byte[] start = start(file);
            if (start.length > 3
                    && (start[1] == 'P' && start[2] == 'N' && start[3] == 'G' || start[1] == (byte) 0xd8)) {
                throw new UserException(
                        file + " is a picture: expected the folder that has a sub-folder of pictures for each class");
            } else if (ArrayFiles.is(start)) {
                arrays.add(file);
            }
        }
        if (arrays.isEmpty()) {
            TableFiles.read(files, settings.tables(), found);
        } else if (arrays.size() == files.size()) {
            ArrayFiles.read(files, settings.tables().arrays(), found);
        } else {
            throw new UserException(
                    arrays.getFirst() + " has arrays and other files have none: expected files of one kind");
        }
    }

    private static byte[] start(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(16);
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private ImportResult result(String name) {
        Map<Part, Examples> parts = found.parts();
        if (parts.containsKey(Part.ALL) && parts.size() > 1) {
            throw new UserException(
                    parts.getOrDefault(Part.ALL, Examples.table(1)).place(0)
                            + " names no split, but other files do: expected train, test or validation in the name of each, or of none");
        }
        List<String> given = SPLITS.stream()
                .filter(parts::containsKey)
                .map(Part::toString)
                .toList()
                .reversed();
        checkShapes(parts);
        Labels.Classes classes = found.labels().classes(settings.allowGaps());
        List<String> names = names(classes.names());
        parts.values().forEach(examples -> examples.relabel(classes.order()));
        Map<Part, Examples> divided = divide(parts, names.size());
        checkClasses(divided, names);
        List<String> notes = new ArrayList<>(found.notes());
        notes.addAll(Duplicates.notes(divided, names));
        if (!found.ordered()) {
            divided.replaceAll(
                    (part, examples) -> examples.pick(settings.division().order(examples.size(), part.name())));
        }
        return new ImportResult(dataSet(name, divided, names, notes), given, notes);
    }

    private static void checkShapes(Map<Part, Examples> parts) {
        Examples first = parts.values().iterator().next();
        for (Examples examples : parts.values()) {
            if (!examples.shape().equals(first.shape()) || examples.isTable() != first.isTable()) {
                throw new UserException(examples.place(0) + " has " + examples.shape() + " values, expected "
                        + first.shape() + ", as " + first.place(0));
            }
        }
    }

    private List<String> names(List<String> read) {
        List<String> names = settings.classNames().isEmpty() ? formatNames : settings.classNames();
        if (names.isEmpty()) {
            return read;
        } else if (names.size() != read.size()) {
            throw new UserException("there are " + names.size() + " names of classes, expected " + read.size()
                    + ", for " + String.join(", ", read.stream().limit(20).toList()));
        } else if (Set.copyOf(names).size() < names.size()) {
            throw new UserException("two classes have one name: expected names that differ");
        }
        return names;
    }

    /** Test, validation and training examples. */
    private Map<Part, Examples> divide(Map<Part, Examples> parts, int classes) {
        Examples rest = parts.get(Part.ALL);
        rest = rest == null ? parts.get(Part.TRAIN) : rest;
        if (rest == null) {
            throw new UserException("no file or folder is for training: expected train in the name of one, found "
                    + String.join(
                            ", ", parts.keySet().stream().map(Part::toString).toList()));
        }
        Map<Part, Examples> divided = new EnumMap<>(Part.class);
        Set<Object> before = Duplicates.none();
        Examples test = parts.get(Part.TEST);
        Examples validation = parts.get(Part.VALIDATION);
        if (settings.dropDuplicates()) {
            int all = parts.values().stream().mapToInt(Examples::size).sum();
            test = test == null ? null : Duplicates.distinct(test, before);
            validation = validation == null ? null : Duplicates.distinct(validation, before);
            rest = Duplicates.distinct(rest, before);
            int dropped = all - before.size();
            if (dropped > 0) {
                found.notes()
                        .add("left out: " + dropped + " " + Names.noun(dropped, "example")
                                + (dropped == 1 ? " that is" : " that are") + " equal to another one");
            }
        }
        if (test == null) {
            BitSet chosen =
                    settings.division().draw(rest, classes, settings.division().test(), "test");
            test = rest.pick(chosen, true);
            rest = rest.pick(chosen, false);
        }
        if (validation == null) {
            BitSet chosen =
                    settings.division().draw(rest, classes, settings.division().validation(), "validation");
            validation = rest.pick(chosen, true);
            rest = rest.pick(chosen, false);
        }
        divided.put(Part.TRAIN, rest);
        divided.put(Part.VALIDATION, validation);
        divided.put(Part.TEST, test);
        return divided;
    }

    private void checkClasses(Map<Part, Examples> divided, List<String> names) {
        divided.forEach((part, examples) -> {
            int[] counts = counts(examples.labels(), names.size());
            for (int c = 0; c < counts.length; c++) {
                if (counts[c] > 0) {
                    continue;
                } else if (part == Part.TRAIN) {
                    throw new UserException(
                            "class " + names.get(c) + " has no training example, expected at least one of each class");
                }
                found.notes().add("class " + names.get(c) + " has no " + part + " example");
            }
        });
    }

    /** Examples of each class, (class). */
    public static int[] counts(int[] labels, int classes) {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    private DataSet dataSet(String name, Map<Part, Examples> divided, List<String> names, List<String> notes) {
        Examples train = Objects.requireNonNull(divided.get(Part.TRAIN));
        Examples validation = Objects.requireNonNull(divided.get(Part.VALIDATION));
        Examples test = Objects.requireNonNull(divided.get(Part.TEST));
        List<Feature> features = List.of();
        Split[] splits = new Split[3];
        if (train.isTable()) {
            FeatureBoxes boxes = new FeatureBoxes(train, divided.values(), found.columns(), settings, notes);
            features = boxes.features();
            splits[0] = boxes.split("train", train, train.labels(), Part.TRAIN);
            splits[1] = boxes.split("validation", validation, validation.labels(), Part.VALIDATION);
            splits[2] = boxes.split("test", test, test.labels(), Part.TEST);
        } else {
            splits[0] = images("train", train);
            splits[1] = images("validation", validation);
            splits[2] = images("test", test);
        }
        Split both = splits[1].join("train", splits[0]); // the data set's own validation images come first
        ImageShape shape = both.shape();
        return new DataSet(
                name,
                shape.height(),
                shape.width(),
                names.size(),
                both,
                splits[2],
                Map.of(),
                new DataDetails(names, validation.size(), features));
    }

    private static Split images(String name, Examples examples) {
        return examples.isFloat()
                ? new Split(name, examples.shape(), examples.floats(), examples.labels())
                : new Split(name, examples.shape(), examples.pixels(), examples.labels());
    }
}
