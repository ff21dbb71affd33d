package org.espalier.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Weights;
import org.espalier.prune.Pruner;
import org.espalier.ticket.Level;
import org.espalier.ticket.LevelOutcome;
import org.espalier.ticket.LevelRunner;
import org.espalier.ticket.PruningSchedule;
import org.espalier.ticket.Restart;
import org.espalier.ticket.TicketSearch;
import org.espalier.ticket.TrainingRunner;
import org.espalier.ticket.Trial;
import org.espalier.train.TrainingSettings;

/**
 * The networks of a short search of the paper's kind, made in memory: PGD adversarial training on digits. Trained ones, for
 * how many neurons are on, and so what a step costs, is learnt.
 */
public final class RealNetworks {
    private RealNetworks() {}

    /**
     * A level that has been trained.
     *
     * @param trained weights after the last iteration
     */
    public record Trained(Level level, Weights trained) {}

    /**
     * Searches.
     *
     * @param iterations updates to a level
     * @param lastLevel levels after the dense one
     * @param reached receives the number of each level before its training
     * @return levels 0 to {@code lastLevel}
     */
    public static List<Trained> search(Split training, int iterations, int lastLevel, IntConsumer reached) {
        Architecture architecture = Architecture.PAPER;
        Trial trial = Trial.of(1, 0);
        TicketSearch search = new TicketSearch(
                architecture,
                InitialWeights.GLOROT_UNIFORM,
                trial,
                new Restart.Original(),
                PruningSchedule.paper(architecture, lastLevel),
                Pruner.PAPER);
        Engine engine = Engines.create(architecture);
        LevelRunner runner = new TrainingRunner(
                engine,
                trial,
                training,
                TrainingSettings.paper(Work.PGD.objective()),
                iterations,
                new EvaluationSchedule.Every(iterations),
                (level, moment, trained) -> {});
        List<Trained> levels = new ArrayList<>();
        search.run((level, snapshot) -> {
            reached.accept(level.number());
            LevelOutcome outcome = runner.run(level, snapshot);
            levels.add(new Trained(level, outcome.trained()));
            return outcome;
        });
        return levels;
    }
}
