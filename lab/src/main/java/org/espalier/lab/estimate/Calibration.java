package org.espalier.lab.estimate;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.Splits;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.evaluate.Evaluator;
import org.espalier.lab.bench.RandomMasks;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.Strategy;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.StartNetwork;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.random.Stream;
import org.espalier.ticket.Trial;
import org.espalier.train.DivergedException;
import org.espalier.train.Trainer;

/** Times a few updates and measurements of an experiment's networks at several densities, with random masks. */
final class Calibration {
    private static final int IMAGES = 256;
    private static final double NANOS = 1e9;
    private static final double WARM_SECONDS = 3;
    private static final int MOST_WAIT = 4; // times the processor time that is wanted
    private static final long LINE_BYTES = 150;
    private static final long LEVEL_BYTES = 8 << 10; // level.json, done.json and the headers of networks

    private final Experiment experiment;
    private final Splits splits;
    private final Architecture architecture;
    private final List<Double> densities;
    private final Optional<StartNetwork> start;
    private boolean warm;

    /**
     * A calibration without times.
     *
     * @param plan of the experiment
     */
    Calibration(Experiment experiment, Plan plan, DataSet set) {
        this.start = plan.start();
        this.experiment = experiment;
        this.splits = experiment.data().splits(set, experiment.data().validation(), experiment.seed());
        this.architecture = plan.architecture(set);
        List<Integer> survivors = ExperimentTranslator.survivors(
                experiment, architecture, start.map(given -> given.network().mask()));
        this.densities = IntStream.range(0, survivors.size())
                .mapToObj(level -> (double) survivors.get(level) / survivors.getFirst())
                .toList();
    }

    /**
     * Measures.
     *
     * @param densities falling, each in (0, 1]
     * @param seconds to spend on each density, about
     */
    Costs of(Experiment.Objective objective, List<Double> densities, double seconds) {
        if (!warm) {
            // The compiler needs some seconds, before which kernels run at a hundredth of their speed.
            densities.forEach(density -> point(objective, density, WARM_SECONDS / densities.size()));
            warm = true;
        }
        List<Costs.Point> points = new ArrayList<>();
        for (double density : densities) {
            points.add(point(objective, density, seconds));
        }
        return new Costs(points);
    }

    private Costs.Point point(Experiment.Objective objective, double density, double seconds) {
        Engine engine = Engines.create(architecture, KernelMode.AUTO);
        Mask whole = start.map(given -> given.network().mask()).orElseGet(() -> Mask.dense(architecture));
        Mask mask = density >= 1 ? whole : RandomMasks.draw(architecture, density * whole.density(), Stream.root(1));
        engine.load(experiment.network().initial().draw(architecture, Stream.root(2)), mask);
        Trial trial = Trial.of(experiment.seed(), 0);
        Trainer trainer = new Trainer(
                engine,
                splits.train(),
                Optional.of(splits.validation()).filter(split -> split.size() > 0),
                ExperimentTranslator.training(
                        experiment,
                        objective,
                        0,
                        Strategy.of(experiment.strategies().getFirst()).restart()),
                trial.level(0));
        Runnable step = () -> {
            try {
                trainer.step();
            } catch (DivergedException e) {
                // Such an update has nearly the same cost.
            }
        };
        timed(step, seconds / 3);
        double iteration = timed(step, seconds / 3);
        Evaluator evaluator = new Evaluator(engine, ExperimentTranslator.evaluation(experiment, objective));
        double evaluation = 0;
        for (Experiment.EvaluationSplit kind : experiment.evaluation().splits()) {
            Split split = switch (kind) {
                case VALIDATION -> splits.validation();
                case TEST -> splits.test();
            };
            int all = Math.min(split.size(), experiment.evaluation().images().orElse(split.size()));
            int some = Math.min(IMAGES, all);
            Split part = split.part(split.name(), 0, some);
            double smoothing = ExperimentTranslator.smoothing(experiment, kind);
            evaluation += timed(() -> evaluator.measure(0, part, smoothing, trial.level(0)), seconds / 6) * all / some;
        }
        return new Costs.Point(density, iteration, evaluation);
    }

    /**
     * Repeats for some processor time; the mean seconds of one, which other work on the machine does not lengthen, without the
     * first, which finds its code and memory cold. A first run that takes more than all of that time is the answer.
     */
    private static double timed(Runnable task, double seconds) {
        double first = mean(task, 0);
        return first > seconds ? first : mean(task, seconds);
    }

    /** The mean seconds of a run, of one at least. */
    private static double mean(Runnable task, double seconds) {
        long start = System.nanoTime();
        long processor = processorTime();
        long used;
        long wall;
        long runs = 0;
        do {
            task.run();
            runs++;
            wall = System.nanoTime() - start;
            used = processorTime() - processor;
        } while (used < seconds * NANOS && wall < MOST_WAIT * seconds * NANOS);
        return (used > 0 ? used : wall) / NANOS / runs; // some systems do not tell
    }

    private static long processorTime() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
    }

    /** Measurements of a level of so many updates. */
    int measurements(int iterations) {
        return ExperimentTranslator.schedule(experiment, splits.train().size())
                .moments(iterations)
                .size();
    }

    /** Shares of weights that survive, by level. */
    List<Double> densities() {
        return densities;
    }

    /** Bytes of the files of a level, about. */
    long bytes(int rewinds, int iterations) {
        long values = architecture.weights();
        long network = values * (Float.BYTES + 1); // a byte of the mask for each weight
        int lines = measurements(iterations)
                * experiment.evaluation().splits().size()
                * (1 + experiment.evaluation().attacks().size());
        return (2L + rewinds) * network + LINE_BYTES * lines + LEVEL_BYTES;
    }
}
