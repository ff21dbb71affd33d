package org.espalier.cli.progress;

import java.time.Duration;

/** Durations in at most two units. */
public final class Durations {
    private Durations() {}

    /** E.g. {@code 45 s}, {@code 3 min 20 s}, {@code 2 h 05 min}, {@code 3 d 4 h}. */
    public static String of(Duration duration) {
        long seconds = Math.max(0, Math.round(duration.toMillis() / 1000.0));
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 600) {
            return seconds / 60 + " min " + two(seconds % 60) + " s";
        }
        long minutes = Math.round(seconds / 60.0);
        if (minutes < 60) {
            return minutes + " min";
        }
        if (minutes < 48 * 60) {
            return minutes / 60 + " h " + two(minutes % 60) + " min";
        }
        long hours = Math.round(minutes / 60.0);
        return hours / 24 + " d " + hours % 24 + " h";
    }

    private static String two(long number) {
        return (number < 10 ? "0" : "") + number;
    }
}
