package org.espalier.data.catalogue;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.data.DataSet;
import org.espalier.data.file.Content;

/** A data set and where it was found. */
public final class FoundDataSet {
    private final DataSet dataSet;
    private final String source;
    private final Map<String, Content> files;
    private final Optional<Path> directory;

    FoundDataSet(DataSet dataSet, String source, Map<String, Content> files, Optional<Path> directory) {
        this.dataSet = dataSet;
        this.source = source;
        this.files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
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

    /** Names of its files, without suffix, in the order of its format. */
    public List<String> files() {
        return List.copyOf(files.keySet());
    }

    /**
     * How to name one of its files: a path, or that it is bundled.
     *
     * @throws NullPointerException if it has no such file
     */
    public String file(String file) {
        return Objects.requireNonNull(files.get(file), file).describe();
    }

    Map<String, Content> contents() {
        return files;
    }
}
