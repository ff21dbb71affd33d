package org.espalier.report.reproduction;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.espalier.report.result.Point;
import org.espalier.report.result.Published;
import org.espalier.report.result.Selection;
import org.espalier.report.result.Series;
import org.espalier.report.statistics.Sample;

/**
 * A published accuracy and ours.
 *
 * @param setting whose settings ours has
 * @param published the published value
 * @param ours percent; without a number as long as nothing is measured
 */
record Difference(String setting, Published.Value published, Sample ours) {
    /** One for each published value and setting that any store is of, in the order of the settings and of the paper. */
    static List<Difference> all(List<PaperRun> runs, Published published) {
        var all = new ArrayList<Difference>();
        List<String> settings = runs.stream().map(PaperRun::setting).distinct().toList();
        for (String setting : settings) {
            for (Published.Value value : published.values()) {
                runs.stream()
                        .filter(run -> run.setting().equals(setting) && fits(run, value))
                        .findFirst()
                        .ifPresent(run -> all.add(new Difference(setting, value, ours(run, value))));
            }
        }
        return all;
    }

    private static boolean fits(PaperRun run, Published.Value value) {
        return run.part().dataset().equals(value.dataset())
                && run.part().training().equals(value.adversarial() ? value.attack() : "natural");
    }

    private static Sample ours(PaperRun run, Published.Value value) {
        String restart = run.restart(value.strategy());
        var numbers = new ArrayList<Double>();
        for (Series series : run.cell().series()) {
            if (series.strategy().equals(restart)
                    && Math.abs(100 * series.density() - value.density()) < 0.05 + 1e-9
                    && new Selection.At(value.iteration()).of(series).isPresent()) {
                series.at(value.iteration(), Point.TEST, value.attacked() ? value.attack() : Point.NATURAL)
                        .ifPresent(point -> numbers.add(100 * point.accuracy()));
            }
        }
        return Sample.of(numbers);
    }

    /** Training in words: natural, or the attack. */
    String training() {
        return published.adversarial() ? published.attack() : "natural";
    }

    /** What is measured in words: natural, or the attack. */
    String measured() {
        return published.attacked() ? published.attack() : "natural";
    }

    /** Our mean minus the published one, in percentage points; empty without ours. */
    OptionalDouble points() {
        return ours.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(ours.mean() - published.accuracy());
    }

    /** The same in published standard deviations; empty too where none is published. */
    OptionalDouble deviations() {
        double deviation = published.deviation().orElse(0.0);
        return points().isEmpty() || deviation == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(points().getAsDouble() / deviation);
    }

    /**
     * The same in standard errors of the difference of two means, as in Welch's test; empty for fewer than two of our trials.
     * Unlike {@link #deviations} it counts both spreads and both numbers of trials.
     */
    OptionalDouble errors() {
        double theirs = published.deviation().orElse(0.0);
        if (ours.count() < 2 || theirs == 0) {
            return OptionalDouble.empty();
        }
        double mine = ours.deviation().orElse(0);
        return OptionalDouble.of(
                points().getAsDouble() / Math.sqrt(mine * mine / ours.count() + theirs * theirs / published.trials()));
    }
}
