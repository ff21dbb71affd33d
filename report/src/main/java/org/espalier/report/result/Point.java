package org.espalier.report.result;

import java.util.Comparator;

/**
 * One measurement of a network on one whole split.
 *
 * @param iteration updates made when it was measured (at level's start: 0)
 * @param split {@code "validation"} or {@code "test"}
 * @param attack the attack's name, or {@link #NATURAL} for unattacked examples
 * @param accuracy fraction of examples classified rightly, 0 to 1
 * @param loss mean cross-entropy in nats
 * @param examples how many examples were measured
 */
public record Point(int iteration, String split, String attack, double accuracy, double loss, int examples) {
    /** The attack's name of a measurement on natural examples. */
    public static final String NATURAL = "none";

    /** The split by which an iteration may be chosen. */
    public static final String VALIDATION = "validation";

    /** The split that is reported, and never selected on. */
    public static final String TEST = "test";

    /** By iteration, then split, then attack, natural examples before attacks. */
    static final Comparator<Point> ORDER = Comparator.comparingInt(Point::iteration)
            .thenComparing(Point::split)
            .thenComparing(p -> !p.attack().equals(NATURAL))
            .thenComparing(Point::attack);
}
