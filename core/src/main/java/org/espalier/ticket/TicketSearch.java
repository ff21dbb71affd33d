package org.espalier.ticket;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.Pruner;
import org.espalier.prune.PruningContext;
import org.espalier.prune.PruningResources;

/**
 * Iterative pruning of one trial under one restart strategy: train, prune, restart, and again; Frankle and Carbin, "The
 * lottery ticket hypothesis" (2019), section 2. A pure function of its settings and the training's results.
 *
 * <p>{@link #run} does a whole search. A caller that stores levels itself calls {@link #first} and then {@link #next},
 * level by level.
 *
 * @param resources data and engine for a criterion that needs them
 * @param given level 0 where it begins with a given network instead of drawn weights
 */
public record TicketSearch(
        Architecture architecture,
        InitialWeights distribution,
        Trial trial,
        Restart restart,
        PruningSchedule schedule,
        Pruner pruner,
        Optional<PruningResources> resources,
        Optional<Level> given) {
    public TicketSearch {
        for (List<Double> fractions : schedule.prunings()) {
            if (fractions.size() != architecture.layers()) {
                throw new IllegalArgumentException("a network " + architecture + " needs " + architecture.layers()
                        + " fractions to prune, one per layer, got " + fractions);
            }
        }
    }

    /** A search whose criterion needs nothing beside the weights. */
    public TicketSearch(
            Architecture architecture,
            InitialWeights distribution,
            Trial trial,
            Restart restart,
            PruningSchedule schedule,
            Pruner pruner) {
        this(architecture, distribution, trial, restart, schedule, pruner, Optional.empty(), Optional.empty());
    }

    /** Level 0, the same for every restart strategy of the trial: the dense one, or the given network. */
    public Level first() {
        if (given.isPresent()) {
            return given.get();
        }
        return new Level(0, trial.initialWeights(architecture, distribution), Mask.dense(architecture));
    }

    /** Updates after which the dense level must keep a snapshot of its weights; empty if none is needed. */
    public OptionalInt snapshotIteration() {
        return restart.snapshot();
    }

    /**
     * The level after {@code level}.
     *
     * @param trained the weights after {@code level}'s training
     * @param dense the outcome of level 0
     */
    public Level next(Level level, Weights trained, LevelOutcome dense) {
        return next(level.number(), level.mask(), trained, dense);
    }

    /**
     * The level after level {@code number}.
     *
     * @param mask the mask of level {@code number}
     * @param trained the weights after level {@code number}'s training
     * @param dense the outcome of level 0, with a snapshot if {@link #snapshotIteration} requires one
     */
    public Level next(int number, Mask mask, Weights trained, LevelOutcome dense) {
        int next = number + 1;
        Mask survivors = pruner.prune(
                mask,
                trained,
                schedule.fractions(next),
                trial.pruning(next),
                resources,
                Optional.of(new PruningContext.Origin(
                        () -> first().start().copy(), stream -> distribution.draw(architecture, stream))));
        Weights start = restart.start(
                new RestartContext(architecture, distribution, trial, next, trained, dense, given.map(Level::start)));
        start.apply(survivors);
        return new Level(next, start, survivors);
    }

    /** Trains all levels in order, the dense one first. */
    public List<TrainedLevel> run(LevelRunner runner) {
        List<TrainedLevel> levels = new ArrayList<>();
        Level level = first();
        LevelOutcome dense = runner.run(level, snapshotIteration());
        levels.add(new TrainedLevel(level, dense.trained(), dense.measurements()));
        while (level.number() < schedule.levels()) {
            level = next(level, levels.getLast().trained(), dense);
            LevelOutcome outcome = runner.run(level, OptionalInt.empty());
            levels.add(new TrainedLevel(level, outcome.trained(), outcome.measurements()));
        }
        return List.copyOf(levels);
    }
}
