package org.espalier.lab.dataset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.Feature;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.lab.dataset.read.Examples;
import org.espalier.lab.dataset.read.Part;
import org.espalier.lab.experiment.Names;

/**
 * The boxes of a table's features: given, or the least and the largest value of the training rows. Values become floats, 0 at the lower
 * end and 1 at the upper end; if all of them are multiples of 1/255, bytes.
 */
final class FeatureBoxes {
    private static final int STEPS = 255;
    private static final int NAMED = 10;

    private final List<Feature> features = new ArrayList<>();
    private final List<Integer> columns = new ArrayList<>(); // (feature) its column in the examples
    private final List<String> notes;
    private final DataImportSettings settings;
    private final boolean bytes; // whether 256 steps hold all values

    /**
     * Finds the boxes.
     *
     * @param all rows of all splits, those for training included
     * @param names of columns
     * @param notes receives what was found
     * @throws UserException if a box is given for no column, or no feature is left
     */
    FeatureBoxes(
            Examples train,
            Collection<Examples> all,
            List<String> names,
            DataImportSettings settings,
            List<String> notes) {
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
        List<Feature> boxes = new ArrayList<>();
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
                boxes.add(new Feature(names.get(column), low, high, 0, 1));
                columns.add(column);
            }
        }
        note("left out: columns with one value in all training rows", constant);
        if (boxes.isEmpty()) {
            throw new UserException("every column has one value in all training rows, expected features that differ");
        }
        bytes = all.stream().allMatch(rows -> multiples(rows, boxes));
        for (int f = 0; f < boxes.size(); f++) {
            features.add(standardised(train, boxes.get(f), columns.get(f)));
        }
    }

    private boolean multiples(Examples rows, List<Feature> boxes) {
        for (int e = 0; e < rows.size(); e++) {
            for (int f = 0; f < boxes.size(); f++) {
                if (!Split.isMultiple(clipped(boxes.get(f), rows.value(e, columns.get(f))))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static double clipped(Feature box, double value) {
        return Math.clamp(box.unit(value), 0.0, 1.0) + 0.0;
    }

    private void note(String what, List<String> names) {
        if (!names.isEmpty()) {
            notes.add(what + ": " + Names.listed(names, NAMED));
        }
    }

    private Feature standardised(Examples train, Feature box, int column) {
        double sum = 0;
        double squares = 0;
        for (int e = 0; e < train.size(); e++) {
            double exact = clipped(box, train.value(e, column));
            double unit = bytes ? step(exact) / (double) STEPS : (float) exact;
            sum += unit;
            squares += unit * unit;
        }
        double mean = sum / train.size();
        double deviation = Math.sqrt(Math.max(0, squares / train.size() - mean * mean));
        // Rows that are equal after rounding have no deviation; 1 leaves them as they are.
        return new Feature(box.name(), box.low(), box.high(), (float) mean, deviation > 1e-6 ? (float) deviation : 1);
    }

    private static int step(double unit) {
        return (int) Math.round(STEPS * unit);
    }

    /** The features that are kept. */
    List<Feature> features() {
        return features;
    }

    /**
     * The rows of a split.
     *
     * @param labels class of each row, (row)
     * @throws UserException if a value lies outside of a box that was given and is not to be clipped
     */
    Split split(String name, Examples rows, int[] labels, Part part) {
        int size = Math.multiplyExact(rows.size(), features.size());
        byte[] steps = new byte[bytes ? size : 0];
        float[] units = new float[bytes ? 0 : size];
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
                double unit = clipped(feature, value);
                if (bytes) {
                    steps[e * features.size() + f] = (byte) step(unit);
                } else {
                    units[e * features.size() + f] = (float) unit;
                }
            }
        }
        if (outside > 0) {
            notes.add(outside + " " + Names.noun(outside, "value") + " of the " + part + " rows "
                    + (outside == 1 ? "lies outside of its box and was" : "lie outside of their boxes and were")
                    + " moved to the nearest end");
        }
        ImageShape shape = new ImageShape(1, features.size());
        return bytes ? new Split(name, shape, steps, labels) : new Split(name, shape, units, labels);
    }
}
