package org.espalier.data;

import java.util.List;

/**
 * What a data set has beside pixels and labels.
 *
 * @param classNames name of each class, (class); empty if the classes are called by their numbers
 * @param validation the first so many training images are the data set's own validation images; 0 if it has none
 * @param features columns of a table, (feature); empty for images
 */
public record DataDetails(List<String> classNames, int validation, List<Feature> features) {
    /** Images without names and without validation images of their own. */
    public static final DataDetails NONE = new DataDetails(List.of(), 0, List.of());

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if the number of validation images is negative
     */
    public DataDetails {
        classNames = List.copyOf(classNames);
        features = List.copyOf(features);
        if (validation < 0) {
            throw new IllegalArgumentException("a data set has 0 or more validation images, got " + validation);
        }
    }

    /** Classes with names, and nothing else. */
    public static DataDetails ofClasses(List<String> classNames) {
        return classNames.isEmpty() ? NONE : new DataDetails(classNames, 0, List.of());
    }

    /** What a class is called: its name, or its number where it has none. */
    public String className(int label) {
        return label >= 0 && label < classNames.size() ? classNames.get(label) : Integer.toString(label);
    }

    /** A name as a list between commas shows it: one that the list could not be read with stands in quotation marks. */
    public static String listed(String className) {
        return className.isBlank()
                        || !className.equals(className.strip())
                        || className.contains(",")
                        || className.contains("\"")
                ? "\"" + className.replace("\"", "\\\"") + "\""
                : className;
    }

    void check(String name, int classes, Split train) {
        if (!classNames.isEmpty() && classNames.size() != classes) {
            throw new IllegalArgumentException(
                    "data set " + name + " has " + classes + " classes, got " + classNames.size() + " names");
        } else if (!features.isEmpty() && features.size() != train.features()) {
            throw new IllegalArgumentException("data set " + name + " has " + train.features() + " features, got "
                    + features.size() + " descriptions");
        } else if (validation > 0 && validation >= train.size()) {
            throw new IllegalArgumentException("data set " + name + " has " + train.size() + " training images, got "
                    + validation + " for validation");
        }
    }
}
