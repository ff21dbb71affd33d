package org.espalier.report.result;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.Chance;

/**
 * A cell of the experiment: one data set with one training objective. Each has tables and figures of its own.
 *
 * @param dataset data set's name
 * @param objective training objective's name, e.g. {@code natural} or {@code adversarial-pgd}
 * @param training what the objective trains with
 * @param selection how the early stop is chosen; empty where the experiment does not measure what that needs
 * @param reportIteration the iteration that the experiment asks to be reported, if it asks for one
 * @param strategies restart strategies and how many levels each has, in the experiment's order
 * @param attacks evaluation attacks, in the experiment's order, without the natural one
 * @param bound the bound that worst cases are measured with; empty where training is not on one, or it was not measured
 * @param accuracy which points of an attack decide whether an image counts as right under it
 * @param trials number of trials that the experiment asks for
 * @param densities fraction of weights remaining by level, as planned; the dense level is the first
 * @param classes number of classes of the data set; empty until something is stored
 * @param chance what naming the most frequent class reaches on the measured test images; empty until something is stored
 * @param series what was measured so far
 * @param noStop why an early stop would mean nothing, although the experiment measures what it needs; empty if it does not, or
 *     if {@code selection} is present
 * @param notes what tables have to say of this cell, a sentence each
 */
public record Cell(
        String dataset,
        String objective,
        Training training,
        Optional<EarlyStop> selection,
        OptionalInt reportIteration,
        List<Strategy> strategies,
        List<String> attacks,
        Optional<Bound> bound,
        AttackedAccuracy accuracy,
        int trials,
        List<Double> densities,
        OptionalInt classes,
        Optional<Chance> chance,
        List<Series> series,
        Optional<String> noStop,
        List<String> notes) {
    /**
     * A restart strategy of the experiment.
     *
     * @param name the strategy's name
     * @param levels how many levels it has, the dense one included; levels from the first one on that prunes nothing are not
     *     counted, though {@link #series} has them
     */
    public record Strategy(String name, int levels) {}

    /**
     * How each level is trained.
     *
     * @param attack name of the attack that is trained against; empty for natural training and on bounds
     * @param bound name of the bound that is trained on
     * @param iterations updates of each level
     */
    public record Training(Optional<String> attack, Optional<String> bound, int iterations) {
        /** What is trained against, attack or bound; empty for natural training. */
        public Optional<String> against() {
            return attack.or(() -> bound);
        }
    }

    /**
     * A bound of the worst case.
     *
     * @param name its name, which its measurements have as their attack
     * @param epsilon radius of the ball that they are made for, in pixel values
     */
    public record Bound(String name, double epsilon) {}

    /** Whether tables and figures show a level: not from the first one on that prunes nothing. */
    public boolean shows(String strategy, int level) {
        return strategies.stream().filter(each -> each.name().equals(strategy)).allMatch(each -> level < each.levels());
    }

    /** A cell whose accuracies are of the points that attacks keep. */
    public Cell(
            String dataset,
            String objective,
            Training training,
            Optional<EarlyStop> selection,
            OptionalInt reportIteration,
            List<Strategy> strategies,
            List<String> attacks,
            Optional<Bound> bound,
            int trials,
            List<Double> densities,
            OptionalInt classes,
            List<Series> series) {
        this(
                dataset,
                objective,
                training,
                selection,
                reportIteration,
                strategies,
                attacks,
                bound,
                AttackedAccuracy.KEPT_POINT,
                trials,
                densities,
                classes,
                series);
    }

    /** A cell of classes that are equally frequent. */
    public Cell(
            String dataset,
            String objective,
            Training training,
            Optional<EarlyStop> selection,
            OptionalInt reportIteration,
            List<Strategy> strategies,
            List<String> attacks,
            Optional<Bound> bound,
            AttackedAccuracy accuracy,
            int trials,
            List<Double> densities,
            OptionalInt classes,
            List<Series> series) {
        this(
                dataset,
                objective,
                training,
                selection,
                reportIteration,
                strategies,
                attacks,
                bound,
                accuracy,
                trials,
                densities,
                classes,
                classes.isPresent() ? Optional.of(Chance.ofEqual(classes.getAsInt())) : Optional.empty(),
                series,
                Optional.empty(),
                List.of());
    }

    public Cell {
        strategies = List.copyOf(strategies);
        attacks = List.copyOf(attacks);
        densities = List.copyOf(densities);
        series = List.copyOf(series);
        notes = List.copyOf(notes);
    }

    /** All that is measured beside natural images: the attacks, then the bound. */
    public List<String> measured() {
        return Stream.concat(attacks.stream(), bound.stream().map(Bound::name)).toList();
    }

    /** Whether measurements of this name are of the bound and not of an attack. */
    public boolean bounds(String name) {
        return bound.filter(b -> b.name().equals(name)).isPresent();
    }
}
