package org.espalier.lab.jobs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Work in parts that several machines can share, as the batches of an evaluation. A part's content depends on the part alone,
 * so a part that is made twice is the same, times aside. Names are relative to the store, with {@code /} between folders.
 */
public interface PartedWork {
    /** Makes parts on one thread; may keep buffers between them. */
    @FunctionalInterface
    interface Maker {
        /**
         * Makes a part.
         *
         * @param part from 0 on
         * @param stop true once the work should stop
         * @return the content of its file; empty if it stopped before the end
         */
        Optional<byte[]> make(int part, BooleanSupplier stop);
    }

    /** Folder of its files. */
    String folder();

    /** Name of the file that is written last: the work is whole if it is there. */
    String last();

    /** Number of parts, at least 1. */
    int parts();

    /** Name of the file of a part, which is deleted when the work is whole. */
    String part(int part);

    /** Whether the content of a part's file is that part, undamaged. */
    boolean sound(int part, byte[] content);

    /** A maker for one thread. */
    Maker maker();

    /**
     * Makes the work whole of its parts, all of them sound.
     *
     * @return content by name of the file, {@link #last} as the last; none if the parts contradict each other, and stay as
     *     evidence
     */
    Map<String, byte[]> finish(List<byte[]> parts);

    /** The work in words, for progress. */
    String label();
}
