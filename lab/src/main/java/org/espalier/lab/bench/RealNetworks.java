package org.espalier.lab.bench;

import java.util.List;
import java.util.function.IntConsumer;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.prune.Pruner;
import org.espalier.ticket.LevelRunner;
import org.espalier.ticket.PruningSchedule;
import org.espalier.ticket.Restart;
import org.espalier.ticket.TicketSearch;
import org.espalier.ticket.TrainedLevel;
import org.espalier.ticket.TrainingRunner;
import org.espalier.ticket.Trial;
import org.espalier.train.TrainingSettings;

/**
 * The networks of a short search of the paper's kind, made in memory: PGD adversarial training on digits. They are trained, because
 * training decides how many neurons are on, and so the cost of a step.
 */
public final class RealNetworks {
    private RealNetworks() {}

    /**
     * Searches.
     *
     * @param iterations updates to a level
     * @param lastLevel levels after the dense one
     * @param reached receives the number of each level before its training
     * @return levels 0 to {@code lastLevel}
     */
    public static List<TrainedLevel> search(Split training, int iterations, int lastLevel, IntConsumer reached) {
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
                TrainingRunner.Observer.none());
        return search.run((level, snapshot) -> {
            reached.accept(level.number());
            return runner.run(level, snapshot);
        });
    }
}
