package org.espalier.data.source;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.data.file.Content;
import org.espalier.data.file.DataFormat;

/**
 * A published data set that Espalier knows by name.
 *
 * @param name short name
 * @param title what it is, with its licence
 * @param format of its files
 * @param classNames name of each class, (class); empty if the classes are called by their numbers
 * @param digests SHA-256 of each uncompressed file, by file name without suffix
 * @param sources where it may come from besides the cache, in the order to try
 */
public record KnownDataSet(
        String name,
        String title,
        DataFormat format,
        List<String> classNames,
        Map<String, String> digests,
        List<DataSource> sources) {
    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException unless there is one digest for each file of the format
     */
    public KnownDataSet {
        if (!digests.keySet().equals(Set.copyOf(format.files()))) {
            throw new IllegalArgumentException(
                    "data set " + name + " has digests of " + digests.keySet() + ", not of " + format.files());
        }
        classNames = List.copyOf(classNames);
        digests = Map.copyOf(digests);
        sources = List.copyOf(sources);
    }

    /**
     * Refuses a file that is not the published one.
     *
     * @param source how to name the file
     * @param found its SHA-256
     * @throws UserException if the digest differs
     */
    public void check(String file, String source, String found) {
        String expected = digests.get(file);
        if (!found.equals(expected)) {
            throw new UserException(source + " is not the " + file + " of " + name + ": expected SHA-256 " + expected
                    + ", found " + found + KnownDataSets.nameOf(found));
        }
    }

    /**
     * Reads a file and refuses it unless it is the published one.
     *
     * @throws UserException if it is malformed or its digest differs
     */
    public void verify(String file, Content content) {
        check(file, content.describe(), format.digest(file, content));
    }
}
