package org.espalier.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A data set and where it was found.
 *
 * @param dataSet read and checked
 * @param source the source that had it, in a few words
 * @param directory that holds its files; empty if they are bundled with the program
 */
public record FoundDataSet(DataSet dataSet, String source, Optional<Path> directory) {}
