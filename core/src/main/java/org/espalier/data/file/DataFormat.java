package org.espalier.data.file;

import java.util.List;
import org.espalier.UserException;
import org.espalier.data.DataDetails;
import org.espalier.data.DataSet;

/**
 * A format of data sets: which files a directory holds, and how they are read. An implementation has a public constructor
 * without parameters and is named in {@code META-INF/services/org.espalier.data.file.DataFormat}; {@link DataFormats} finds it.
 */
public interface DataFormat {
    /** Name in messages and in the list of known data sets, e.g. {@code idx}; unique. */
    String name();

    /** Names of the files that a directory must hold, at least one. Each may lie there compressed, with {@code .gz} added. */
    List<String> files();

    /**
     * Reads a data set. Every byte comes from {@code files}, which compares each file with its published digest.
     *
     * @param name of the data set
     * @throws UserException if a file is malformed, or the files do not fit together
     */
    DataSet read(String name, FileSet files);

    /**
     * Reads the details of a data set without its images. A format that stores none has none.
     *
     * @throws UserException if a file that is read is malformed
     */
    default DataDetails details(FileSet files) {
        return DataDetails.NONE;
    }

    /**
     * Reads one file of a data set alone.
     *
     * @param file one of {@link #files}
     * @return SHA-256 of its uncompressed bytes, lower-case hexadecimal
     * @throws UserException if the file cannot be read; a format may refuse a malformed one
     */
    default String digest(String file, Content content) {
        return FileSet.digest(content);
    }
}
