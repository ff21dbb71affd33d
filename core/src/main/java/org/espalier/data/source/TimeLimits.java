package org.espalier.data.source;

import java.time.Duration;

/**
 * How long a transfer may take.
 *
 * @param connect until the server is reached
 * @param stall the longest time in which fewer than {@code bytesPerStall} bytes arrive
 * @param bytesPerStall what must arrive in each such time, so that a slow drip ends too
 * @param total for one file, or for one run of a package client
 */
record TimeLimits(Duration connect, Duration stall, long bytesPerStall, Duration total) {
    /** For use: 10 s to connect, at least 64 KiB in every 30 s, 15 minutes in all. */
    static final TimeLimits STANDARD =
            new TimeLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 64 << 10, Duration.ofMinutes(15));

    /** A duration as people write it: {@code 30 s}. */
    static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
