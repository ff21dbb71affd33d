package org.espalier.report.result;

import java.util.OptionalInt;

/** Which of a level's iterations a table shows. */
public sealed interface Selection {
    /** One iteration, the same for all levels. */
    record At(int iteration) implements Selection {}

    /** The last iteration of each finished level. */
    record Last() implements Selection {}

    /** The iteration of least validation objective of each finished level. */
    record Stopped(EarlyStop rule) implements Selection {}

    /** The iteration that is shown of a level, or nothing when it has none (yet). */
    default OptionalInt of(Series series) {
        boolean finished = series.state() == Series.State.FINISHED;
        return switch (this) {
            case At at ->
                series.state() == Series.State.DIVERGED ? OptionalInt.empty() : OptionalInt.of(at.iteration());
            case Last _ -> finished ? series.lastIteration() : OptionalInt.empty();
            // The minimum of an unfinished level may still move.
            case Stopped stopped -> finished ? stopped.rule().iteration(series) : OptionalInt.empty();
        };
    }
}
