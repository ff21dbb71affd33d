package org.espalier.report.figure;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.report.result.Cell;
import org.espalier.report.result.EarlyStop;
import org.espalier.report.result.Point;
import org.espalier.report.result.Series;

/** A cell of digits with one trial of strategy original and its dense level alone, trained for 100 updates. */
final class SmallCell {
    private SmallCell() {}

    /** Trained against the attack that has the objective's name, if that is among the attacks. */
    static Cell of(
            String objective,
            Optional<EarlyStop> rule,
            List<String> attacks,
            AttackedAccuracy accuracy,
            List<Point> points) {
        return new Cell(
                "digits",
                objective,
                new Cell.Training(
                        attacks.contains(objective) ? Optional.of(objective) : Optional.empty(), Optional.empty(), 100),
                rule,
                OptionalInt.empty(),
                List.of(new Cell.Strategy("original", 1)),
                attacks,
                Optional.empty(),
                accuracy,
                1,
                List.of(1.0),
                OptionalInt.of(10),
                List.of(new Series("original", 1, 0, 1, Series.State.FINISHED, points)));
    }
}
