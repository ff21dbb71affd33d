package org.espalier.lab.dataset;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.lab.dataset.read.Examples;
import org.espalier.lab.dataset.read.Part;
import org.espalier.lab.experiment.Names;

/**
 * The boxes of a table's features: given, or the least and the largest value of the training rows. Values become bytes, 0 at the lower
 * end and 255 at the upper end, so that rounding moves a value by at most 1/510 of its box.
 */
final class FeatureBoxes {
    private static final int STEPS = 255;
    private static final int FEW_STEPS = 8;
    private static final int MANY_VALUES = 64;
    private static final int NAMED = 10;

    private final List<Feature> features = new ArrayList<>();
    private final List<Integer> columns = new ArrayList<>(); // (feature) its column in the examples
    private final List<String> notes;
    private final DataImportSettings settings;

    /**
     * Finds the boxes.
     *
     * @param names of columns
     * @param notes receives what was found
     * @throws UserException if a box is given for no column, or no feature is left
     */
    FeatureBoxes(Examples train, List<String> names, DataImportSettings settings, List<String> notes) {
        this.notes = notes;
        this.settings = settings;
        settings.boxes().keySet().stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new UserException("--box is given for " + name + ", expected a column of features: "
                            + String.join(", ", names.stream().limit(20).toList()));
                });
        List<String> constant = new ArrayList<>();
        List<String> coarse = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            DataImportSettings.Box box = settings.boxes().get(names.get(column));
            box = box == null ? settings.box().orElse(null) : box;
            double low = box == null ? Double.POSITIVE_INFINITY : box.low();
            double high = box == null ? Double.NEGATIVE_INFINITY : box.high();
            for (int e = 0; box == null && e < train.size(); e++) {
                low = Math.min(low, train.value(e, column));
                high = Math.max(high, train.value(e, column));
            }
            low += 0.0; // minus zero is zero
            high += 0.0;
            if (!(low < high)) {
                constant.add(names.get(column));
            } else if (!Double.isFinite(high - low)) {
                throw new UserException("column " + names.get(column) + " has values from " + low + " to " + high
                        + ", expected a range below " + Double.MAX_VALUE);
            } else {
                add(train, column, names.get(column), low, high, coarse);
            }
        }
        note("left out: columns with one value in all training rows", constant);
        note(
                "columns whose values stand close together in their boxes, so that few of the 256 steps tell them apart"
                        + " (--box NAME=LOW:HIGH with --clip makes a box narrower)",
                coarse);
        if (features.isEmpty()) {
            throw new UserException("every column has one value in all training rows, expected features that differ");
        }
    }

    private void note(String what, List<String> names) {
        if (!names.isEmpty()) {
            notes.add(what + ": " + Names.listed(names, NAMED));
        }
    }

    private void add(Examples train, int column, String name, double low, double high, List<String> coarse) {
        double sum = 0;
        double squares = 0;
        Set<Integer> steps = new HashSet<>();
        Set<Double> values = new HashSet<>();
        for (int e = 0; e < train.size(); e++) {
            int step = step((train.value(e, column) - low) / (high - low));
            double unit = step / (double) STEPS;
            sum += unit;
            squares += unit * unit;
            steps.add(step);
            if (values.size() <= MANY_VALUES) {
                values.add(train.value(e, column));
            }
        }
        double mean = sum / train.size();
        double deviation = Math.sqrt(Math.max(0, squares / train.size() - mean * mean));
        // Rows that are equal after rounding have no deviation; 1 leaves them as they are.
        features.add(new Feature(name, low, high, (float) mean, deviation > 1e-6 ? (float) deviation : 1));
        columns.add(column);
        if (steps.size() <= FEW_STEPS && values.size() >= MANY_VALUES) {
            coarse.add(name);
        }
    }

    private static int step(double unit) {
        return (int) Math.round(STEPS * Math.max(0, Math.min(1, unit)));
    }

    /** The features that are kept. */
    List<Feature> features() {
        return features;
    }

    /**
     * The rows of a split as bytes.
     *
     * @return [row][feature]
     * @throws UserException if a value lies outside of a box that was given and is not to be clipped
     */
    byte[] bytes(Examples rows, Part part) {
        byte[] bytes = new byte[Math.multiplyExact(rows.size(), features.size())];
        int outside = 0;
        for (int e = 0; e < rows.size(); e++) {
            for (int f = 0; f < features.size(); f++) {
                Feature feature = features.get(f);
                double value = rows.value(e, columns.get(f));
                if (value < feature.low() || value > feature.high()) {
                    boolean given =
                            settings.box().isPresent() || settings.boxes().containsKey(feature.name());
                    if (given && !settings.clip()) {
                        throw new UserException(rows.place(e) + " has " + value + " in column " + feature.name()
                                + ", expected " + feature.low() + " to " + feature.high()
                                + ", the box that is given; --clip moves such values to its end");
                    }
                    outside++;
                }
                bytes[e * features.size() + f] = (byte) step(feature.unit(value));
            }
        }
        if (outside > 0) {
            notes.add(outside + " values of the " + part
                    + " rows lie outside of their boxes and were moved to the nearest" + " end");
        }
        return bytes;
    }

    /** Shape of a row. */
    ImageShape shape() {
        return new ImageShape(1, features.size());
    }
}
