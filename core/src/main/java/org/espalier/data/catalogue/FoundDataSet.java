package org.espalier.data.catalogue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.espalier.data.DataFile;
import org.espalier.data.DataSet;
import org.espalier.data.file.Assembly;
import org.espalier.data.file.Content;

/** A data set and where it was found. */
public final class FoundDataSet {
    private final DataSet dataSet;
    private final String source;
    private final Map<DataFile, Content> files;
    private final Optional<Path> directory;

    FoundDataSet(DataSet dataSet, String source, Map<DataFile, Content> files, Optional<Path> directory) {
        this.dataSet = dataSet;
        this.source = source;
        this.files = Map.copyOf(files);
        this.directory = directory;
    }

    /** The data set, read and checked. */
    public DataSet dataSet() {
        return dataSet;
    }

    /** The source that had it, in a few words. */
    public String source() {
        return source;
    }

    /** The directory that holds its files; empty if they are bundled with the program. */
    public Optional<Path> directory() {
        return directory;
    }

    /** How to name one of its files: a path, or that it is bundled. */
    public String file(DataFile file) {
        return Assembly.content(files, file).describe();
    }

    Map<DataFile, Content> contents() {
        return files;
    }
}
