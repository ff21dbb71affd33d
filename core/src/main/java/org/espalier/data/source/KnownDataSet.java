package org.espalier.data.source;

import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.data.DataFile;
import org.espalier.data.file.Content;
import org.espalier.data.file.Idx;

/**
 * A published data set that Espalier knows by name.
 *
 * @param name short name
 * @param title what it is, with its licence
 * @param digests SHA-256 of each uncompressed file
 * @param sources where it may come from besides the cache, in the order to try
 */
public record KnownDataSet(String name, String title, Map<DataFile, String> digests, List<DataSource> sources) {
    public KnownDataSet {
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
    public void check(DataFile file, String source, String found) {
        String expected = digests.get(file);
        if (!found.equals(expected)) {
            throw new UserException(source + " is not the " + file.fileName() + " of " + name + ": expected SHA-256 "
                    + expected + ", found " + found + KnownDataSets.nameOf(found));
        }
    }

    /**
     * Reads a file and refuses it unless it is the published one.
     *
     * @throws UserException if it is malformed or its digest differs
     */
    public void verify(DataFile file, Content content) {
        String found = file.isImages()
                ? Idx.readImages(content).sha256()
                : Idx.readLabels(content).sha256();
        check(file, content.describe(), found);
    }
}
