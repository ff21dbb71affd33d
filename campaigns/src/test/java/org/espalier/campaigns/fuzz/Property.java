package org.espalier.campaigns.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.espalier.UserException;
import org.jspecify.annotations.Nullable;

/** What must hold of every input: the declared exception or a right value, in bounded time and memory. */
final class Property {
    /** Bytes that reading may allocate beside so many for each byte of the input. */
    private static final long BYTES = 24L << 20;

    private static final long BYTES_PER_BYTE = 4_000;
    private static final long NANOS = 10_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Property() {}

    /**
     * Checks one input.
     *
     * @throws AssertionError saying what does not hold
     */
    static void check(FuzzTarget.Reader reader, byte[] input) {
        // The first time, classes may be loaded.
        if (excess(reader, input) != null) {
            String excess = excess(reader, input);
            if (excess != null) {
                throw new AssertionError(excess + " for an input of " + input.length + " bytes");
            }
        }
    }

    /** Reads an input; returns what it took too much of, or null. */
    private static @Nullable String excess(FuzzTarget.Reader reader, byte[] input) {
        long start = System.nanoTime();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            reader.read(input);
        } catch (UserException e) {
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError("an exception without a message", e);
            }
        } catch (Exception e) {
            throw new AssertionError("not a declared exception: " + e, e);
        } catch (StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError("not bounded: " + e, e);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        long nanos = System.nanoTime() - start;
        if (allocated > BYTES + BYTES_PER_BYTE * input.length) {
            return allocated + " bytes of memory";
        }
        return nanos > NANOS ? nanos / 1_000_000 + " ms" : null;
    }
}
