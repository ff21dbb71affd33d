package org.espalier.lab.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.data.DataDetails;
import org.espalier.data.DataSet;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.file.Content;
import org.espalier.data.file.DataFormat;
import org.espalier.data.file.FileSet;
import org.espalier.data.file.Idx;
import org.espalier.lab.file.Json;
import tools.jackson.databind.JsonNode;

/**
 * What {@code espalier data import} writes: pixels and labels of both splits as IDX files, a description in JSON, and the SHA-256 of
 * these files as {@code sha256sum} prints them. Every reading compares each file with its digest. Pixels are bytes here, and floats in
 * {@link ImportedFloatFormat}.
 */
public sealed class ImportedFormat implements DataFormat permits ImportedFloatFormat {
    static final String SUMS = "SHA256SUMS";
    static final String DESCRIPTION = "data-set.json";
    static final String TRAIN_LABELS = "train-labels-idx1-int";
    static final String TEST_LABELS = "test-labels-idx1-int";

    static final int LAYOUT = 1;

    private final boolean floats;

    /** Made by {@code ServiceLoader}. */
    public ImportedFormat() {
        this(false);
    }

    ImportedFormat(boolean floats) {
        this.floats = floats;
    }

    /** Name of the file of a split's pixels. */
    static String images(String split, boolean floats) {
        return split + "-images-idx4-" + (floats ? "float" : "ubyte");
    }

    /** Files with a digest, in the order of the list of digests. */
    private List<String> content() {
        return List.of(DESCRIPTION, images("train", floats), TRAIN_LABELS, images("test", floats), TEST_LABELS);
    }

    @Override
    public String name() {
        return "imported";
    }

    @Override
    public List<String> files() {
        List<String> files = new ArrayList<>(content());
        files.add(SUMS);
        return files;
    }

    /** Names of all files that an import may have written. */
    static Set<String> names() {
        Set<String> names = new HashSet<>(new ImportedFormat().files());
        names.addAll(new ImportedFloatFormat().files());
        return names;
    }

    @Override
    public DataDetails details(FileSet files) {
        Map<String, String> sums = sums(files);
        return description(files, sums).details();
    }

    @Override
    public DataSet read(String name, FileSet files) {
        Map<String, String> sums = sums(files);
        Description description = description(files, sums);
        Split train = split("train", TRAIN_LABELS, description, files, sums);
        Split test = split("test", TEST_LABELS, description, files, sums);
        ImageShape shape = description.shape();
        try {
            return new DataSet(
                    name,
                    shape.height(),
                    shape.width(),
                    description.classes(),
                    train,
                    test,
                    files.digests(),
                    description.details());
        } catch (IllegalArgumentException e) {
            throw damaged(files.content(DESCRIPTION).describe(), e.getMessage());
        }
    }

    private record Description(ImageShape shape, int classes, DataDetails details) {}

    private Map<String, String> sums(FileSet files) {
        String source = files.content(SUMS).describe();
        Map<String, String> sums = new LinkedHashMap<>();
        for (String line : new String(files.bytes(SUMS), StandardCharsets.UTF_8)
                .lines()
                .limit(content().size() + 1)
                .toList()) {
            int gap = line.indexOf("  ");
            if (gap != 64 || sums.put(line.substring(gap + 2), line.substring(0, gap)) != null) {
                throw damaged(source, "expected lines of a SHA-256 and a file's name, found " + shortened(line));
            }
        }
        if (!sums.keySet().equals(new HashSet<>(content()))) {
            throw damaged(
                    source, "expected " + String.join(", ", content()) + ", found " + String.join(", ", sums.keySet()));
        }
        return sums;
    }

    private static void check(String file, FileSet files, String found, Map<String, String> sums) {
        String expected = sums.getOrDefault(file, "");
        if (!found.equals(expected)) {
            throw damaged(files.content(file).describe(), "expected SHA-256 " + expected + ", found " + found);
        }
        files.found(file, found);
    }

    private static Description description(FileSet files, Map<String, String> sums) {
        String source = files.content(DESCRIPTION).describe();
        byte[] text = files.bytes(DESCRIPTION);
        check(DESCRIPTION, files, files.digests().getOrDefault(DESCRIPTION, ""), sums);
        JsonNode json = Json.parse(text, source);
        if (Json.whole(json, "layout", source) != LAYOUT) {
            throw new UserException(source + " has layout " + Json.whole(json, "layout", source) + ", expected "
                    + LAYOUT + ": another version of Espalier imported it");
        }
        List<String> classes = Json.strings(json, "classes", source);
        List<Feature> features = new ArrayList<>();
        try {
            for (JsonNode feature : Json.list(json, "features", source)) {
                features.add(new Feature(
                        Json.string(feature, "name", source),
                        Json.number(feature, "low", source),
                        Json.number(feature, "high", source),
                        (float) Json.number(feature, "mean", source),
                        (float) Json.number(feature, "deviation", source)));
            }
            if (classes.size() < 2) {
                throw new IllegalArgumentException("it has " + classes.size() + " classes, expected at least 2");
            }
            ImageShape shape = new ImageShape(
                    Json.whole(json, "rows", source),
                    Json.whole(json, "columns", source),
                    Json.whole(json, "channels", source));
            return new Description(
                    shape, classes.size(), new DataDetails(classes, Json.whole(json, "validation", source), features));
        } catch (IllegalArgumentException e) {
            throw damaged(source, e.getMessage());
        }
    }

    private Split split(
            String name, String labelFile, Description description, FileSet files, Map<String, String> sums) {
        String imageFile = images(name, floats);
        Content imageContent = files.content(imageFile);
        Idx.Labels labels = Idx.readWideLabels(files.content(labelFile));
        check(labelFile, files, labels.sha256(), sums);
        ImageShape shape = description.shape();
        Split split;
        if (floats) {
            Idx.Floats images = Idx.readFloats(imageContent);
            check(imageFile, files, images.sha256(), sums);
            checkShape(
                    images.source(),
                    List.of(images.count(), images.channels(), images.rows(), images.columns()),
                    labels.labels().length,
                    shape);
            split = new Split(name, shape, images.values(), labels.labels());
        } else {
            Idx.Pixels images = Idx.readPixels(imageContent);
            check(imageFile, files, images.sha256(), sums);
            checkShape(
                    images.source(),
                    List.of(images.count(), images.channels(), images.rows(), images.columns()),
                    labels.labels().length,
                    shape);
            split = new Split(name, shape, images.pixels(), labels.labels());
        }
        for (int label : labels.labels()) {
            if (label < 0 || label >= description.classes()) {
                throw damaged(labels.source(), "label " + label + ", expected 0 to " + (description.classes() - 1));
            }
        }
        return split;
    }

    private static void checkShape(String source, List<Integer> found, int count, ImageShape shape) {
        if (!found.equals(List.of(count, shape.channels(), shape.height(), shape.width()))) {
            throw damaged(
                    source,
                    found.get(0) + " images of " + found.get(2) + " x " + found.get(3) + " x " + found.get(1)
                            + ", expected " + count + " of " + shape);
        }
    }

    private static String shortened(String line) {
        return line.length() > 100 ? line.substring(0, 100) + "..." : line;
    }

    private static UserException damaged(String source, @org.jspecify.annotations.Nullable String problem) {
        return new UserException(source + " is damaged: " + problem);
    }
}
