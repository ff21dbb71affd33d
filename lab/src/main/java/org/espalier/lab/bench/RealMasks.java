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

/** The masks that a short search of the paper's kind ends with, made in memory: PGD adversarial training on digits. */
public final class RealMasks {
    private RealMasks() {}

    /**
     * Searches.
     *
     * @param iterations updates to a level
     * @param lastLevel levels after the dense one
     * @param reached told the number of each level that is about to be trained
     * @return levels 0 to {@code lastLevel}, with the weights that they start from
     */
    public static List<Level> search(Split training, int iterations, int lastLevel, IntConsumer reached) {
        Architecture architecture = Architecture.PAPER;
        Trial trial = Trial.of(1, 0);
        PruningSchedule paper = PruningSchedule.paper(architecture.layers());
        TicketSearch search = new TicketSearch(
                architecture,
                InitialWeights.GLOROT_UNIFORM,
                trial,
                new Restart.Original(),
                new PruningSchedule(paper.fractions(), lastLevel),
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
        List<Level> levels = new ArrayList<>();
        search.run((level, snapshot) -> {
            levels.add(level);
            reached.accept(level.number());
            // The last one's mask is there; nobody wants its training.
            return level.number() == lastLevel && lastLevel > 0
                    ? new LevelOutcome(level.start(), null)
                    : runner.run(level, snapshot);
        });
        return levels;
    }
}
