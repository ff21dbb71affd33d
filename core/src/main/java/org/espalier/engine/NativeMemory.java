package org.espalier.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory outside the heap that lives as long as its owner. The collector gives it back, and runs only when the heap or this
 * memory is full: training makes next to no garbage. Where much of this memory is allowed, that of ended levels would pile up.
 * So the collector is asked to run after so many bytes.
 */
final class NativeMemory {
    /** Bytes after which the collector is asked: a collection takes some hundredths of a second. */
    private static final long BETWEEN_COLLECTIONS = 256L << 20;

    private static final AtomicLong SINCE = new AtomicLong();

    private NativeMemory() {}

    /** Zeroed memory, aligned to 64 bytes. */
    static MemorySegment allocate(long bytes) {
        if (SINCE.addAndGet(bytes) > BETWEEN_COLLECTIONS) {
            SINCE.set(0);
            System.gc();
        }
        return Arena.ofAuto().allocate(bytes, 64);
    }
}
