package org.espalier.lab.dataset.read;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.tensor.NumberType;
import org.espalier.lab.exchange.tensor.ZipBytes;
import org.espalier.lab.file.AtomicFiles;

/**
 * NumPy's arrays: one {@code .npz}, or several {@code .npy}. The words of an array's name say whether it has labels, as {@code y} and
 * {@code labels} do, and which split it belongs to, as in {@code x_train}.
 */
public final class ArrayFiles {
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;
    private static final List<String> LABELS = List.of("y", "label", "labels", "target", "targets", "class", "classes");

    private final ArrayOptions options;
    private final Found found;

    private ArrayFiles(ArrayOptions options, Found found) {
        this.options = options;
        this.found = found;
    }

    /** An array, and how to name it in a message. */
    private record Named(NpyArray array, String source) {}

    /** Whether a file begins as an array or an archive of arrays does. */
    public static boolean is(byte[] start) {
        return NpyArray.is(start) || ZipBytes.is(start);
    }

    /**
     * Reads images and labels.
     *
     * @throws UserException if an array is damaged, has objects, values that are no pixels or a shape that lies, or images and labels
     *     do not fit together
     */
    public static void read(List<Path> files, ArrayOptions options, Found found) {
        Map<String, Named> arrays = new LinkedHashMap<>();
        for (Path file : files) {
            byte[] bytes = AtomicFiles.read(file);
            String name = String.valueOf(file.getFileName());
            if (NpyArray.is(bytes)) {
                put(arrays, name.replaceFirst("\\.npy$", ""), NpyArray.read(bytes, file.toString()), file.toString());
            } else {
                NpzFile.read(bytes, MOST_BYTES, file.toString())
                        .forEach((key, array) -> put(arrays, key, array, file + ": " + key));
            }
        }
        new ArrayFiles(options, found).read(arrays);
    }

    private static void put(Map<String, Named> arrays, String name, NpyArray array, String source) {
        if (arrays.putIfAbsent(name, new Named(array, source)) != null) {
            throw new UserException(source + " is a second array of name " + name + ", expected each name once");
        }
    }

    private void read(Map<String, Named> arrays) {
        Map<Part, Named> images = new EnumMap<>(Part.class);
        Map<Part, Named> labels = new EnumMap<>(Part.class);
        arrays.forEach((name, array) -> {
            Map<Part, Named> to = isLabels(name, arrays) ? labels : images;
            Named before = to.putIfAbsent(Part.in(name), array);
            if (before != null && to == images) {
                mayBeLabels(name, array, before);
                mayBeLabels(name(before, arrays), before, array);
            }
            if (before != null) {
                throw new UserException(array.source() + " and " + before.source() + " both look like "
                        + (Part.in(name) == Part.ALL ? "" : "the " + Part.in(name) + " ")
                        + (to == labels ? "labels" : "examples")
                        + ": expected one of them; --label NAME names the labels");
            }
        });
        if (images.isEmpty() || !images.keySet().equals(labels.keySet())) {
            throw new UserException("arrays " + String.join(", ", arrays.keySet())
                    + " are no pairs of examples and labels: expected names as x_train, y_train, x_test, y_test, or x and y;"
                    + " --label NAME names the labels");
        }
        // One kind of pixels for all splits: bytes unless a value is not k / 255.
        boolean floats = images.values().stream().anyMatch(array -> !multiples(array.array()));
        images.forEach((part, array) -> add(part, array, labels.getOrDefault(part, array), floats));
    }

    private static String name(Named array, Map<String, Named> arrays) {
        return arrays.entrySet().stream()
                .filter(each -> each.getValue() == array)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("NAME");
    }

    /** Says of an array whose name says nothing that it has one number for each example of another: its labels, perhaps. */
    private static void mayBeLabels(String name, Named array, Named examples) {
        List<Integer> sizes = array.array().shape();
        List<Integer> others = examples.array().shape();
        if (sizes.size() == 1 && others.size() > 1 && sizes.getFirst().equals(others.getFirst())) {
            throw new UserException(array.source() + " has one number for each example of " + examples.source()
                    + (array.array().type().real()
                            ? ", of type " + array.array().type()
                                    + ", but labels must be integers: expected whole numbers, as of type int64, and --label "
                            : ": expected --label ")
                    + name + " if these are the labels");
        }
    }

    private boolean isLabels(String name, Map<String, Named> arrays) {
        if (options.label().isPresent() && arrays.containsKey(options.label().get())) {
            return name.equals(options.label().get());
        }
        if (arrays.keySet().equals(java.util.Set.of("arr_0", "arr_1"))) {
            return name.equals("arr_1"); // what numpy.savez calls x and y
        }
        List<String> words = Part.words(name);
        return options.label()
                .map(words::contains)
                .orElseGet(() -> words.stream().anyMatch(LABELS::contains));
    }

    private static boolean multiples(NpyArray array) {
        if (!array.type().real()) {
            return true;
        }
        ByteBuffer content = ByteBuffer.wrap(array.content()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < array.size(); i++) {
            if (!Split.isMultiple(array.type().get(content, i))) {
                return false;
            }
        }
        return true;
    }

    private void add(Part part, Named examples, Named labels, boolean floats) {
        NpyArray array = examples.array();
        List<Integer> sizes = array.shape();
        if (sizes.isEmpty() || sizes.getFirst() < 1 || array.size() == 0) {
            throw new UserException(examples.source() + " has shape " + sizes
                    + ", expected at least one example in its first dimension");
        }
        int count = sizes.getFirst();
        int[] numbers = labels(labels, count, examples.source());
        int features = array.size() / count;
        if (options.features()) {
            addRows(part, examples, numbers, count, features);
            return;
        }
        if (array.type() != NumberType.BYTE && !array.type().real()) {
            throw new UserException(examples.source() + " has whole numbers of type " + array.type()
                    + ", expected bytes (uint8), or floating point from 0 to 1");
        }
        Layout layout = layout(sizes, features, examples.source());
        if (floats) {
            addFloats(part, examples, numbers, layout);
            return;
        }
        Examples images = Examples.images(layout.shape());
        byte[] pixels = new byte[features];
        ByteBuffer content = ByteBuffer.wrap(array.content()).order(ByteOrder.LITTLE_ENDIAN);
        for (int image = 0; image < count; image++) {
            for (int i = 0; i < features; i++) {
                pixels[layout.place(i)] = pixel(array.type(), content, image, features, i, examples.source());
            }
            images.addImage(pixels, numbers[image], examples.source(), image + 1L);
        }
        found.parts().put(part, images);
    }

    private void addFloats(Part part, Named examples, int[] numbers, Layout layout) {
        Examples images = Examples.floatImages(layout.shape());
        int features = layout.shape().features();
        NumberType type = examples.array().type();
        float[] pixels = new float[features];
        ByteBuffer content = ByteBuffer.wrap(examples.array().content()).order(ByteOrder.LITTLE_ENDIAN);
        for (int image = 0; image < numbers.length; image++) {
            for (int i = 0; i < features; i++) {
                pixels[layout.place(i)] = type == NumberType.BYTE
                        ? (content.get(image * features + i) & 0xff) / 255f
                        : (float) unit(type, content, image, features, i, examples.source());
            }
            images.addImage(pixels, numbers[image], examples.source(), image + 1L);
        }
        found.parts().put(part, images);
    }

    private static byte pixel(NumberType type, ByteBuffer content, int image, int features, int i, String source) {
        return type == NumberType.BYTE
                ? content.get(image * features + i)
                : (byte) Math.round(unit(type, content, image, features, i, source) * 255);
    }

    private static double unit(NumberType type, ByteBuffer content, int image, int features, int i, String source) {
        double value = type.get(content, image * features + i);
        if (!(value >= 0 && value <= 1)) {
            throw new UserException(source + " has value " + value + " at place " + i + " of example " + image
                    + " (from 0), expected floating point from 0 to 1, or bytes (uint8) from 0 to 255"
                    + (Double.isNaN(value) ? "" : "; --features reads the array as a table of features"));
        }
        return value + 0.0; // minus zero is zero
    }

    private void addRows(Part part, Named examples, int[] numbers, int count, int features) {
        if (examples.array().shape().size() != 2) {
            throw new UserException(examples.source() + " has shape "
                    + examples.array().shape() + ", expected (examples, features) with --features");
        }
        List<String> columns = new java.util.ArrayList<>();
        for (int i = 0; i < features; i++) {
            columns.add("x" + (i + 1));
        }
        Tables.sameColumns(found, columns, examples.source());
        Examples rows = Examples.table(features);
        ByteBuffer content = ByteBuffer.wrap(examples.array().content()).order(ByteOrder.LITTLE_ENDIAN);
        double[] row = new double[features];
        for (int e = 0; e < count; e++) {
            for (int i = 0; i < features; i++) {
                row[i] = examples.array().type().get(content, e * features + i);
                if (!Double.isFinite(row[i])) {
                    throw new UserException(examples.source() + " has value " + row[i] + " at place " + i
                            + " of example " + e + " (from 0), expected a finite number");
                }
            }
            rows.addRow(row, numbers[e], examples.source(), e + 1L);
        }
        found.parts().put(part, rows);
    }

    private int[] labels(Named labels, int count, String examples) {
        NpyArray array = labels.array();
        List<Integer> sizes = array.shape();
        boolean column = sizes.size() == 2 && sizes.get(1) == 1;
        if (array.type().real()) {
            throw new UserException(labels.source() + " has labels of type " + array.type()
                    + ", but labels must be integers: expected whole numbers, as of type int64");
        } else if (sizes.size() != 1 && !column) {
            throw new UserException(labels.source() + " has shape " + sizes + " and type " + array.type()
                    + ", expected labels: whole numbers of shape (examples)");
        } else if (array.size() != count) {
            throw new UserException(labels.source() + " has " + array.size() + " labels, expected " + count
                    + ", one for each example of " + examples);
        }
        ByteBuffer content = ByteBuffer.wrap(array.content()).order(ByteOrder.LITTLE_ENDIAN);
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            String text = array.type() == NumberType.LONG
                    ? Long.toString(content.getLong(i * Long.BYTES)) // a double would round it
                    : Long.toString((long) array.type().get(content, i));
            numbers[i] = found.labels().number(text, labels.source() + ", label " + i + " (from 0)");
        }
        return numbers;
    }

    /**
     * Where the values of an image stand.
     *
     * @param last whether channels stand after rows and columns
     */
    private record Layout(ImageShape shape, boolean last) {
        /** Place among channels, rows and columns of a value of the file. */
        int place(int i) {
            int channels = shape.channels();
            return last ? i % channels * shape.height() * shape.width() + i / channels : i;
        }
    }

    private Layout layout(List<Integer> sizes, int features, String source) {
        if (options.shape().isPresent()) {
            ImageShape shape = options.shape().get();
            if (shape.features() != features) {
                throw new UserException(source + " has " + features + " values in each example, expected "
                        + shape.features() + ", those of an image of " + shape);
            }
            boolean last = options.order() == ArrayOptions.Order.LAST
                    || options.order() == ArrayOptions.Order.AUTO
                            && sizes.equals(List.of(sizes.getFirst(), shape.height(), shape.width(), shape.channels()));
            return new Layout(shape, last);
        }
        return switch (sizes.size()) {
            case 2 ->
                throw new UserException(source + " has shape " + sizes + ", rows of " + features
                        + " values: expected --shape HxW, the size of an image, or --features for a table");
            case 3 -> new Layout(new ImageShape(sizes.get(1), sizes.get(2)), false);
            case 4 -> channels(sizes, source);
            default ->
                throw new UserException(source + " has shape " + sizes
                        + ", expected (images, rows, columns), with channels before or after rows and columns");
        };
    }

    private Layout channels(List<Integer> sizes, String source) {
        boolean first = sizes.get(1) == 1 || sizes.get(1) == 3;
        boolean last = sizes.get(3) == 1 || sizes.get(3) == 3;
        ArrayOptions.Order order = options.order();
        if (order == ArrayOptions.Order.AUTO) {
            if (first == last) {
                throw new UserException(
                        source + " has shape " + sizes + ", which does not say where the channels stand:"
                                + " expected --channels first or --channels last");
            }
            order = last ? ArrayOptions.Order.LAST : ArrayOptions.Order.FIRST;
        }
        return order == ArrayOptions.Order.LAST
                ? new Layout(new ImageShape(sizes.get(1), sizes.get(2), sizes.get(3)), true)
                : new Layout(new ImageShape(sizes.get(2), sizes.get(3), sizes.get(1)), false);
    }
}
