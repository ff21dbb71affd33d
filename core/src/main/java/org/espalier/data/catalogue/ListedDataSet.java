package org.espalier.data.catalogue;

import java.util.List;
import java.util.Optional;

/**
 * A known data set as a list shows it.
 *
 * @param name short name
 * @param title what it is, with its licence
 * @param classNames name of each class, (class); empty if the classes are called by their numbers
 * @param place where it is on this machine: a directory, or that it is bundled; empty if it would have to be fetched
 * @param sources where it may come from, in the order in which they are tried
 */
public record ListedDataSet(
        String name, String title, List<String> classNames, Optional<String> place, List<String> sources) {
    /** Copies the lists. */
    public ListedDataSet {
        classNames = List.copyOf(classNames);
        sources = List.copyOf(sources);
    }
}
