package org.espalier.data;

import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.random.Stream;

/**
 * A data set as its publisher divides it: training and test images. Immutable, if nobody writes to its arrays.
 *
 * @param name short name, e.g. {@code digits}
 * @param rows height of an image in pixels
 * @param columns width of an image in pixels
 * @param classes number of classes; every label is below it
 * @param train all training images
 * @param test all test images
 * @param digests SHA-256 of each file's uncompressed bytes by file name without suffix, lower-case hexadecimal; empty for
 *     images that come from no file
 * @param details names of classes, validation images and features, where the data set has them
 */
public record DataSet(
        String name,
        int rows,
        int columns,
        int classes,
        Split train,
        Split test,
        Map<String, String> digests,
        DataDetails details) {
    /** Validation images of the paper: the first 10,000 training images. */
    public static final int PAPER_VALIDATION = 10_000;

    /** The map of digests may have any order. */
    private static final Comparator<String> FILE_ORDER = Comparator.comparing(
                    (String file) -> DataFile.of(file).map(Enum::ordinal).orElse(Integer.MAX_VALUE))
            .thenComparing(Comparator.naturalOrder());

    /**
     * Copies the digests and gives both splits this shape.
     *
     * @throws IllegalArgumentException if the splits' inputs are no whole number of such images' channels, or the details are
     *     of another number of classes or features
     */
    public DataSet {
        digests = Map.copyOf(digests);
        if (train.features() % Math.multiplyExact(rows, columns) != 0) {
            throw new IllegalArgumentException("data set " + name + ": " + train.features()
                    + " inputs are no images of " + rows + " x " + columns + " pixels");
        }
        ImageShape shape = new ImageShape(rows, columns, train.features() / (rows * columns));
        train = train.shaped(shape);
        test = test.shaped(shape);
        details.check(name, classes, train);
    }

    /** A data set of images whose classes are called by their numbers. */
    public DataSet(
            String name, int rows, int columns, int classes, Split train, Split test, Map<String, String> digests) {
        this(name, rows, columns, classes, train, test, digests, DataDetails.NONE);
    }

    /** The same data set with other details. */
    public DataSet with(DataDetails other) {
        return new DataSet(name, rows, columns, classes, train, test, digests, other);
    }

    /** What a class is called: its name, or its number where classes have no names. */
    public String className(int label) {
        return details.className(label);
    }

    /** Whether the examples are rows of a table and no images. */
    public boolean isTable() {
        return !details.features().isEmpty();
    }

    /** Rows, columns and channels of an image. */
    public ImageShape shape() {
        return train.shape();
    }

    /** Inputs of one image: pixels times channels. */
    public int features() {
        return train.features();
    }

    /**
     * One SHA-256 for the whole data set: of its files' digests, one {@code digest  file name} line each (what
     * {@code sha256sum} prints for the uncompressed files). IDX files come in the order of {@link DataFile}, others by name.
     */
    public String digest() {
        return digest(digests);
    }

    /**
     * The same for files whose digests are known.
     *
     * @param digests SHA-256 by file name, as {@link #digests()}
     */
    public static String digest(Map<String, String> digests) {
        StringBuilder lines = new StringBuilder();
        digests.keySet().stream()
                .sorted(FILE_ORDER)
                .forEach(file -> lines.append(digests.get(file))
                        .append("  ")
                        .append(file)
                        .append('\n'));
        return Digests.sha256(lines.toString());
    }

    /**
     * Divides the training images as the paper does: the first {@code validationSize} are for validation, the rest
     * for training. A data set with validation images of its own keeps these.
     *
     * @param validationSize number of validation images, at least 1
     * @throws UserException if no image is left on either side
     */
    public Splits splits(int validationSize) {
        return splits(validationSize, SplitRule.FIRST, Stream.root(0));
    }

    /**
     * Divides the training images by a rule; both sides keep the file's order. A data set with validation images of its own
     * keeps these, whatever number and rule are asked for.
     *
     * @param validationSize number of validation images, at least 1
     * @param stream for rules that draw
     * @throws UserException if no image is left on either side
     */
    public Splits splits(int validationSize, SplitRule rule, Stream stream) {
        if (details.validation() > 0) {
            int own = details.validation();
            return new Splits(train.part("train", own, train.size()), train.part("validation", 0, own), test);
        }
        if (validationSize < 1 || validationSize >= train.size()) {
            throw new UserException(
                    "data set " + name + ": validation size " + validationSize + " is out of range, expected 1 to "
                            + (train.size() - 1) + " of the " + train.size() + " training images");
        }
        if (rule != SplitRule.FIRST) {
            BitSet chosen = Subsets.choose(train.labels(), classes, validationSize, rule, stream);
            return new Splits(train.pick("train", chosen, false), train.pick("validation", chosen, true), test);
        }
        return new Splits(
                train.part("train", validationSize, train.size()), train.part("validation", 0, validationSize), test);
    }

    @Override
    public String toString() {
        return name + ": " + train.size() + " training and " + test.size()
                + (isTable()
                        ? " test rows of " + features() + " features, "
                        : " test images of " + shape() + " pixels, ")
                + classes + " classes";
    }
}
