package org.espalier.data;

/** Hears how a data set is being found or fetched. Called from the thread that asked for it; does nothing by default. */
public interface DataProgress {
    /** Hears nothing. */
    DataProgress NONE = new DataProgress() {};

    /** A source that takes time (a download, a package client) is about to be tried. */
    default void trying(String dataSet, String source) {}

    /** A source simply does not have the data set; the next one is tried. */
    default void absent(String dataSet, String source, String reason) {}

    /** A source failed or holds a wrong file; the next one is tried. The reason is one line. */
    default void failed(String dataSet, String source, String reason) {}

    /**
     * Bytes have arrived.
     *
     * @param file what is being transferred
     * @param bytes arrived so far
     * @param total bytes expected, or -1 if unknown
     */
    default void transferred(String file, long bytes, long total) {}

    /** The transfer of a file has ended, well or not. */
    default void transferEnded(String file) {}
}
