package org.espalier.report.result;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All that was measured while one level of one trial was trained under one strategy.
 *
 * @param strategy restart strategy
 * @param trial trial number, as the experiment counts them
 * @param level 0 is the dense level
 * @param density fraction of weights remaining, 0 to 1
 * @param state whether the level is finished
 * @param points measurements, given in any order, kept sorted by iteration, split and attack
 */
public record Series(String strategy, int trial, int level, double density, State state, List<Point> points) {
    /** How far a level has come. */
    public enum State {
        /** Still to be trained further. */
        RUNNING,
        /** Trained to its last iteration. */
        FINISHED,
        /** Ended by a loss that is not a number: its measurements are kept, but it has no result. */
        DIVERGED
    }

    public Series {
        points = sorted(points);
    }

    /** The same list where it is sorted already: a level that strategies share is held once. */
    static List<Point> sorted(List<Point> points) {
        for (int i = 1; i < points.size(); i++) {
            if (Point.ORDER.compare(points.get(i - 1), points.get(i)) > 0) {
                return points.stream().sorted(Point.ORDER).toList();
            }
        }
        return List.copyOf(points);
    }

    /** The accuracy on a split under an attack at an iteration, or nothing where it was not measured. */
    public Optional<Point> at(int iteration, String split, String attack) {
        int found = Collections.binarySearch(points, new Point(iteration, split, attack, 0, 0, 0), Point.ORDER);
        return found < 0 ? Optional.empty() : Optional.of(points.get(found));
    }

    /** The last iteration at which the test split was measured. */
    public OptionalInt lastIteration() {
        return points.stream()
                .filter(p -> p.split().equals(Point.TEST))
                .mapToInt(Point::iteration)
                .max();
    }
}
