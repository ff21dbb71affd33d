package org.espalier.lab.store;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A split that lacks classes. Measurements on it ignore these classes.
 *
 * @param dataset name of the data set
 * @param split {@code train}, {@code validation} or {@code test}
 * @param classes that none of its images has, ascending
 * @param names of these classes, (class); empty if they are called by their numbers
 * @param own whether the data set has validation images of its own, which no setting of an experiment changes
 */
public record MissingClasses(String dataset, String split, List<Integer> classes, List<String> names, boolean own) {
    public MissingClasses {
        classes = List.copyOf(classes);
        names = List.copyOf(names);
    }

    /** Classes that are called by their numbers. */
    public MissingClasses(String dataset, String split, List<Integer> classes) {
        this(dataset, split, classes, List.of(), false);
    }

    /** Whether early stopping, which chooses by validation images, chooses without these classes. */
    public boolean validation() {
        return split.equals("validation");
    }

    @Override
    public String toString() {
        return "data set " + dataset + ": the " + split + " split has no image of "
                + (classes.size() == 1 ? "class " : "classes ")
                + (names.isEmpty()
                        ? classes.stream().map(String::valueOf).collect(Collectors.joining(", "))
                        : String.join(", ", names))
                + (validation()
                        ? ", so early stopping and best weights mean nothing there; "
                                + (own
                                        ? "import the data again with a larger --validation, or with more pictures of it"
                                        : "data.split: stratified or shuffled takes validation images of every class")
                        : "");
    }
}
