package org.espalier.lab.dataset.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.lab.experiment.Names;

/** Tables: rows of pixels, or of features, and a column of labels. */
public final class Tables {
    private static final List<String> LABELS = List.of("label", "class", "target", "y");

    private final Options options;
    private final Found found;

    private Tables(Options options, Found found) {
        this.options = options;
        this.found = found;
    }

    /**
     * How tables are read.
     *
     * @param arrays column of labels, shape of images and order of channels
     * @param header whether the first line of CSV files has names of columns
     * @param drop names or numbers of columns that are left out
     */
    public record Options(ArrayOptions arrays, boolean header, List<String> drop) {
        public Options {
            drop = List.copyOf(drop);
        }
    }

    /** Opens the rows of a file. */
    @FunctionalInterface
    interface Opener {
        Rows open();
    }

    /**
     * Adds the rows of a file to the part that its name says.
     *
     * @param source its name, for messages
     * @throws UserException if a row or a column is wrong; the message names both
     */
    static void read(Opener opener, String source, Part part, Options options, Found found) {
        try (Rows rows = opener.open()) {
            new Tables(options, found).read(rows, source, part);
        }
    }

    /** Sets the columns of the first file, and compares those of later ones. */
    static void sameColumns(Found found, List<String> columns, String source) {
        if (found.columns().isEmpty()) {
            found.columns(columns);
        } else if (!found.columns().equals(columns)) {
            int at = 0;
            while (at < Math.min(columns.size(), found.columns().size())
                    && columns.get(at).equals(found.columns().get(at))) {
                at++;
            }
            throw new UserException(source + " has "
                    + (at < columns.size() ? "column " + columns.get(at) : columns.size() + " columns of values")
                    + ", expected "
                    + (at < found.columns().size()
                            ? found.columns().get(at)
                            : found.columns().size() + " columns of values")
                    + ", as in the first file");
        }
    }

    private void read(Rows rows, String source, Part part) {
        List<String> columns = rows.columns();
        int label = label(columns, source);
        List<Integer> kept = new ArrayList<>();
        List<Integer> dropped = options.drop().stream()
                .map(name -> column(name, columns, "--drop", source))
                .toList();
        for (int i = 0; i < columns.size(); i++) {
            if (i == label || dropped.contains(i)) {
                continue;
            } else if (rows.isIndex(i)) {
                found.notes()
                        .add("left out: column " + columns.get(i) + " of " + source + ", the index that pandas writes");
            } else {
                kept.add(i);
            }
        }
        if (kept.isEmpty()) {
            throw new UserException(source + " has no column beside the label " + columns.get(label)
                    + ", expected at least one of pixels or features");
        }
        int[] features = kept.stream().mapToInt(Integer::intValue).toArray();
        sameColumns(found, kept.stream().map(columns::get).toList(), source);
        Optional<ImageShape> shape = options.arrays().shape();
        if (shape.isPresent() && shape.get().features() != features.length) {
            throw new UserException(source + " has " + features.length + " columns beside the label, expected "
                    + shape.get().features() + ", the values of an image of " + shape.get());
        }
        Examples examples = found.parts()
                .computeIfAbsent(
                        part,
                        _ -> shape.map(image -> found.isFloat() ? Examples.floatImages(image) : Examples.images(image))
                                .orElseGet(() -> Examples.table(features.length)));
        double[] row = new double[features.length];
        while (rows.next()) {
            for (int i = 0; i < features.length; i++) {
                row[i] = rows.number(features[i]);
            }
            int number = found.labels().number(rows.text(label), rows.place());
            if (shape.isPresent()) {
                addPixels(rows, features, row, number, examples, source);
            } else {
                examples.addRow(row, number, source, rows.row());
            }
        }
        if (examples.size() == 0) {
            throw new UserException(source + " has no rows, expected at least one");
        }
    }

    private int label(List<String> columns, String source) {
        if (options.arrays().label().isPresent()) {
            return column(options.arrays().label().get(), columns, "--label", source);
        }
        List<Integer> likely = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (LABELS.contains(columns.get(i).toLowerCase(Locale.ROOT))) {
                likely.add(i);
            }
        }
        if (likely.size() == 1) {
            return likely.getFirst();
        }
        throw new UserException(source + " has " + (likely.isEmpty() ? "no" : "more than one")
                + " column called label, class, target or y: expected --label NAME, or its number from 1; its columns are "
                + Names.listed(columns, 20));
    }

    private static int column(String name, List<String> columns, String option, String source) {
        int at = columns.indexOf(name);
        if (at >= 0) {
            return at;
        } else if (name.matches("[1-9][0-9]{0,8}") && Integer.parseInt(name) <= columns.size()) {
            return Integer.parseInt(name) - 1;
        }
        throw new UserException(option + " is " + name + ", which is no column of " + source + ": "
                + Names.nearest(name, columns)
                        .map(near -> "did you mean " + near + "?")
                        .orElse("expected one of its " + columns.size() + " names, or a number from 1 to "
                                + columns.size()));
    }

    private void addPixels(Rows rows, int[] columns, double[] row, int label, Examples examples, String source) {
        PixelScale scale = found.scale();
        ImageShape shape = examples.shape();
        int area = shape.height() * shape.width();
        boolean last = options.arrays().order() == ArrayOptions.Order.LAST;
        for (double value : row) {
            if (scale.turns(value)) {
                found.parts().values().forEach(Examples::brighten);
            }
        }
        // One kind of pixels for all splits: bytes until a value is no multiple of 1/255.
        if (scale.isUnit() && !examples.isFloat() && !Arrays.stream(row).allMatch(Split::isMultiple)) {
            found.parts().values().forEach(Examples::toFloats);
        }
        byte[] pixels = new byte[examples.isFloat() ? 0 : row.length];
        float[] floats = new float[examples.isFloat() ? row.length : 0];
        for (int i = 0; i < row.length; i++) {
            int place = last ? i % shape.channels() * area + i / shape.channels() : i;
            String column = rows.columns().get(columns[i]);
            if (examples.isFloat()) {
                floats[place] = scale.unit(row[i], rows.place(), column);
            } else {
                pixels[place] = scale.pixel(row[i], rows.place(), column);
            }
        }
        if (examples.isFloat()) {
            examples.addImage(floats, label, source, rows.row());
        } else {
            examples.addImage(pixels, label, source, rows.row());
        }
    }

    /** Makes white of the ones of tables that have no other pixels than zero and one. Called when all files are read. */
    public static void finish(Found found) {
        if (found.scale().unknown()) {
            found.parts().values().stream().filter(part -> !part.isTable()).forEach(Examples::brighten);
        }
        if (found.parts().values().stream().noneMatch(Examples::isTable)) {
            found.columns(List.of());
        }
    }
}
