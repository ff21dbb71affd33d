package org.espalier.lab.runner;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.data.Splits;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.evaluate.EvaluationSchedule;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.jobs.JobQueue.End;
import org.espalier.lab.plan.BestAccuracy;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.StartNetwork;
import org.espalier.lab.plan.Task;
import org.espalier.lab.plan.ValidationObjective;
import org.espalier.lab.store.Checkpoint;
import org.espalier.lab.store.Failure;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.LevelWriter;
import org.espalier.lab.store.StoreWriter;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.Timing;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.PruningResources;
import org.espalier.ticket.Level;
import org.espalier.ticket.LevelOutcome;
import org.espalier.ticket.TicketSearch;
import org.espalier.ticket.Trial;
import org.espalier.train.DivergedException;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingState;
import org.espalier.train.mask.AllGradientsEngine;
import org.espalier.train.mask.MaskRule;
import org.jspecify.annotations.Nullable;

/** Trains one level and stores it. */
final class LevelTrainer {
    private static final long REPORT_NANOS = Duration.ofMillis(200).toNanos();
    private static final long NOTE_NANOS = Duration.ofSeconds(10).toNanos();

    private final Experiment experiment;
    private final Task task;
    private final StoreWriter store;
    private final RunObserver observer;
    private final BooleanSupplier stop;
    private final long checkpointNanos;
    private final List<Integer> rewinds;
    private final Splits splits;
    private final Architecture architecture;
    private final KernelMode kernels;
    private final Trial trial;
    private final TicketSearch search;
    private final Optional<MaskRule> maskRule;
    private final int iterations; // of the level
    private final Stopwatch watch = new Stopwatch();

    /**
     * Prepares one level's training.
     *
     * @param set the task's data set
     * @param splits of that data set, as {@link #splits} makes them
     * @param stop checked before every update
     */
    LevelTrainer(
            RunRequest request,
            Plan plan,
            Task task,
            DataSet set,
            Splits splits,
            StoreWriter store,
            RunObserver observer,
            BooleanSupplier stop) {
        this.experiment = request.experiment();
        this.task = task;
        this.store = store;
        this.observer = observer;
        this.stop = stop;
        this.checkpointNanos = request.checkpointEvery().toNanos();
        this.rewinds = task.number() == 0 ? plan.rewinds() : List.of();
        this.splits = splits;
        this.architecture = plan.architecture(set);
        this.kernels = request.kernels();
        this.trial = Trial.of(experiment.seed(), task.trial().trial() - 1);
        this.maskRule = ExperimentTranslator.maskRule(experiment);
        this.iterations = ExperimentTranslator.iterations(experiment, task.number(), task.lastLevel());
        this.search = new TicketSearch(
                architecture,
                experiment.network().initial(),
                trial,
                task.strategy().restart(),
                ExperimentTranslator.pruningSchedule(experiment, architecture),
                ExperimentTranslator.pruner(experiment),
                Optional.of(new PruningResources(
                        () -> Engines.create(architecture, kernels),
                        splits.train(),
                        ExperimentTranslator.loss(experiment, task.objective()))),
                // Each level has weights of its own, as levels are trained at the same time.
                plan.start()
                        .map(StartNetwork::network)
                        .map(given -> new Level(0, given.weights().copy(), given.mask())));
    }

    /** Trains the level, or the missing part of it. */
    End run() {
        StoredLevel stored = store.level(task.key());
        LevelState state = stored.state();
        try (LevelWriter writer = store.write(task.key())) {
            if (state == LevelState.FAILED) {
                writer.deleteCheckpoint();
                return End.FAILED;
            } else if (state == LevelState.DONE) {
                stored.damage().ifPresent(sentence -> {
                    throw new UserException(sentence);
                });
                writer.deleteCheckpoint();
                return completeRewinds(writer) ? End.DONE : End.STOPPED;
            }
            Level level = start();
            writer.begin(task.determinedBy(), level);
            End end = train(level, writer);
            // A checkpoint from before the rewind was added may be past the rewind's iteration.
            return end == End.DONE && !completeRewinds(writer) ? End.STOPPED : end;
        }
    }

    /** Makes the level's start from its parent, as it is stored. */
    private Level start() {
        if (task.parent().isEmpty()) {
            return maskRule.map(this::masked).orElseGet(search::first);
        }
        StoredNetwork parent = trained(task.parent().get());
        StoredLevel dense = store.level(task.dense());
        LevelOutcome outcome = new LevelOutcome(
                task.dense().equals(task.parent().get())
                        ? parent.weights()
                        : trained(task.dense()).weights(),
                search.snapshotIteration().isPresent()
                        ? dense.rewind(search.snapshotIteration().getAsInt())
                                .orElseThrow(() ->
                                        new UserException(dense.directory() + " has lost the weights to rewind to"))
                                .weights()
                        : null);
        return search.next(task.number() - 1, parent.mask(), parent.weights(), outcome);
    }

    /** Level 0 with the mask that a rule begins with. */
    private Level masked(MaskRule rule) {
        Level dense = search.first();
        Weights weights = dense.start().copy();
        Mask mask = rule.start(weights, trial.pruning(0));
        weights.apply(mask);
        return new Level(0, weights, mask);
    }

    private Engine newEngine() {
        Engine engine = Engines.create(architecture, kernels);
        return maskRule.filter(MaskRule::allGradients).isPresent() ? new AllGradientsEngine(engine) : engine;
    }

    private StoredNetwork trained(String key) {
        StoredLevel level = store.level(key);
        try {
            return level.trained().orElseThrow();
        } catch (UserException e) {
            throw new UserException(
                    e.getMessage() + "; remove " + level.directory() + " to have the level computed again", e);
        }
    }

    private End train(Level level, LevelWriter writer) {
        RunObserver.LevelInWork work = new RunObserver.LevelInWork(
                task.key(),
                task.trial(),
                task.number(),
                task.lastLevel(),
                level.mask().density(),
                iterations);
        Optional<Checkpoint> checkpoint = writer.resume(level.start(), observer::warned);
        Session session = new Session(level, writer, work);
        checkpoint.ifPresent(found -> session.trainer.resume(found.state(), found.mask(), found.maskState()));
        observer.started(work, session.trainer.iteration());
        note("started", session.trainer.iteration());
        try {
            return session.run(writer.measured().size());
        } catch (DivergedException e) {
            Failure failure = new Failure(e.iteration(), String.valueOf(e.getMessage()));
            writer.fail(failure);
            note("failed", e.iteration());
            observer.failed(work, failure);
            return End.FAILED;
        }
    }

    /** The training of a level that is not done. */
    private final class Session {
        private final Level level;
        private final LevelWriter writer;
        private final RunObserver.LevelInWork work;
        private final Engine engine;
        private final Trainer trainer;
        private final EvaluationSettings measured;
        private final Evaluator evaluator;
        private final Optional<ValidationObjective> best;
        private final Optional<BestAccuracy> kept;
        private long lastCheckpoint = System.nanoTime();
        private long lastReport = lastCheckpoint;
        private long lastNote = lastCheckpoint;

        Session(Level level, LevelWriter writer, RunObserver.LevelInWork work) {
            this.level = level;
            this.writer = writer;
            this.work = work;
            engine = newEngine();
            engine.load(level.start(), level.mask());
            trainer = trainer(engine);
            measured = ExperimentTranslator.evaluation(experiment, task.objective());
            evaluator = new Evaluator(engine, measured);
            best = Plan.keepsBest(experiment)
                    ? Optional.of(new ValidationObjective(experiment, task.objective()))
                    : Optional.empty();
            best.ifPresent(objective -> objective.improvedBy(writer.measured()));
            kept = BestAccuracy.of(experiment, task.objective());
            kept.ifPresent(accuracy -> accuracy.improvedBy(writer.measured()));
        }

        End run(int linesMeasured) {
            List<EvaluationSchedule.Moment> moments = ExperimentTranslator.schedule(
                            experiment, splits.train().size())
                    .moments(iterations);
            int linesPerMoment = experiment.evaluation().splits().size() * measured.measurements();
            int next = linesMeasured / linesPerMoment;
            boolean ended = false;
            while (true) {
                int iteration = trainer.iteration();
                if (iteration == iterations && !ended) {
                    trainer.end();
                    tell();
                    ended = true;
                }
                if (rewinds.contains(iteration) && !writer.hasRewind(iteration)) {
                    writer.rewind(iteration, engine.weights(), trainer.mask());
                }
                if (next < moments.size() && moments.get(next).updates() == iteration) {
                    measure(moments.get(next).label());
                    next++;
                } else if (iteration == iterations) {
                    break;
                } else if (!trainUntil(target(
                        iteration, next < moments.size() ? moments.get(next).updates() : iterations))) {
                    return stopped();
                }
            }
            if (best.filter(objective -> !objective.found()).isPresent()) {
                // A bound may overflow at every measurement although weights are finite. Then there are no best
                // weights.
                throw new DivergedException(iterations, "the validation losses");
            }
            if (kept.isPresent()) {
                writer.finishKept(architecture, iterations, rewinds(writer), best.isPresent());
            } else {
                writer.finish(finiteState().weights(), trainer.mask(), iterations, rewinds(writer), best.isPresent());
            }
            note("finished", iterations);
            observer.finished(work);
            return End.DONE;
        }

        private int target(int iteration, int moment) {
            return rewinds.stream()
                    .filter(rewind -> rewind > iteration && rewind < moment)
                    .findFirst()
                    .orElse(moment);
        }

        /** Rewinds whose weights are stored. A rewind that was added after its iteration is made later. */
        private List<Integer> rewinds(LevelWriter writer) {
            return rewinds.stream().filter(writer::hasRewind).toList();
        }

        private boolean trainUntil(int target) {
            while (trainer.iteration() < target) {
                if (stop.getAsBoolean()) {
                    return false;
                }
                trainer.step();
                tell();
                tick();
            }
            return true;
        }

        private void tell() {
            trainer.news().ifPresent(news -> observer.warned(task.trial() + ", level " + task.number() + ": " + news));
        }

        private void tick() {
            long now = System.nanoTime();
            if (now - lastReport >= REPORT_NANOS) {
                lastReport = now;
                observer.reached(work, trainer.iteration());
            }
            if (now - lastNote >= NOTE_NANOS) {
                lastNote = now;
                watch.training();
                note("progress", trainer.iteration());
            }
            if (now - lastCheckpoint >= checkpointNanos) {
                checkpoint();
                lastCheckpoint = System.nanoTime();
            }
        }

        /** Writes a checkpoint, unless weights are not finite, which {@link #measure} reports. */
        private void checkpoint() {
            TrainingState state;
            try {
                state = trainer.state();
            } catch (DivergedException e) {
                // The time of a checkpoint depends on the clock. The end of training must not.
                return;
            }
            writer.checkpoint(state, trainer.mask(), trainer.maskState());
            observer.checkpointed(work, trainer.iteration());
        }

        /**
         * Keeps the weights of the least validation objective and of the highest accuracy so far. After an interruption they may belong to a later
         * iteration. Training reaches it again with the same result.
         */
        private void keepBest(List<Measurement> measurements) {
            if (best.filter(objective -> objective.improvedBy(measurements)).isPresent()) {
                writer.best(engine.weights(), trainer.mask(), trainer.iteration());
            }
            if (kept.filter(accuracy -> accuracy.improvedBy(measurements)).isPresent()) {
                writer.keep(engine.weights(), trainer.mask(), trainer.iteration());
            }
        }

        private void measure(int label) {
            watch.training();
            observer.reached(work, trainer.iteration());
            boolean finite = true;
            List<Measurement> all = new ArrayList<>();
            for (Experiment.EvaluationSplit kind : experiment.evaluation().splits()) {
                Split split = switch (kind) {
                    case VALIDATION -> splits.validation();
                    case TEST -> splits.test();
                };
                List<Measurement> measurements = evaluator.measure(
                        label, split, ExperimentTranslator.smoothing(experiment, kind), trial.level(task.number()));
                writer.measured(measurements);
                all.addAll(measurements);
                observer.measured(work, measurements);
                finite &= measurements.stream()
                        .filter(measurement -> !bounds(measurement))
                        .allMatch(measurement -> Double.isFinite(measurement.loss()));
            }
            watch.evaluation();
            finiteState();
            if (!finite) {
                // Finite weights may still be too large for a product; no update comes after the last measurement.
                throw new DivergedException(trainer.iteration(), "the losses measured");
            }
            keepBest(all);
        }

        /**
         * Whether this belongs to a bound. It is measured at the ramp's end, so it may overflow early in sound
         * training.
         */
        private boolean bounds(Measurement measurement) {
            return measured.bound()
                    .filter(bound -> bound.name().equals(measurement.attack()))
                    .isPresent();
        }

        private TrainingState finiteState() {
            return trainer.state();
        }

        private End stopped() {
            watch.training();
            checkpoint();
            note("stopped", trainer.iteration());
            observer.stopped(work, trainer.iteration());
            return End.STOPPED;
        }
    }

    private Trainer trainer(Engine engine) {
        Trainer trainer = new Trainer(
                engine,
                splits.train(),
                Optional.of(splits.validation()).filter(split -> split.size() > 0),
                ExperimentTranslator.training(
                        experiment,
                        task.objective(),
                        task.number(),
                        task.strategy().restart(),
                        iterations),
                trial.level(task.number()));
        maskRule.ifPresent(rule -> trainer.follow(rule, iterations));
        return trainer;
    }

    /** The images of a split that are measured. */
    private static Split measured(Split split, Experiment experiment) {
        int images = Math.min(split.size(), experiment.evaluation().images().orElse(split.size()));
        return images == split.size() ? split : split.part(split.name(), 0, images);
    }

    /**
     * Makes weights for rewinds that were added after their iteration, by training up to it again.
     *
     * @return false if stopped before all were made
     */
    private boolean completeRewinds(LevelWriter writer) {
        @Nullable Engine engine = null;
        @Nullable Trainer trainer = null;
        Level level = maskRule.map(this::masked).orElseGet(search::first);
        for (int rewind : rewinds) {
            if (!writer.hasRewind(rewind)) {
                if (engine == null || trainer == null) {
                    engine = newEngine();
                    engine.load(level.start(), level.mask());
                    trainer = trainer(engine);
                }
                while (trainer.iteration() < rewind) {
                    if (stop.getAsBoolean()) {
                        return false;
                    }
                    trainer.step();
                }
                writer.rewind(rewind, engine.weights(), trainer.mask());
            }
            writer.listRewind(rewind);
        }
        return true;
    }

    private void note(String event, int iteration) {
        store.note(new Timing(
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                ProcessHandle.current().pid(),
                task.key(),
                event,
                iteration,
                iterations,
                watch.takeTraining(),
                watch.takeEvaluation()));
    }

    /** Splits time into training and evaluation. */
    private static final class Stopwatch {
        private long last = System.nanoTime();
        private long training;
        private long evaluation;

        void training() {
            long now = System.nanoTime();
            training += now - last;
            last = now;
        }

        void evaluation() {
            long now = System.nanoTime();
            evaluation += now - last;
            last = now;
        }

        double takeTraining() {
            double seconds = training / 1e9;
            training = 0;
            return seconds;
        }

        double takeEvaluation() {
            double seconds = evaluation / 1e9;
            evaluation = 0;
            return seconds;
        }
    }

    /** The data for training: all training images, and the measured images of the other splits. */
    static Map<String, Splits> splits(Experiment experiment, Map<String, DataSet> data) {
        Map<String, Splits> splits = new LinkedHashMap<>();
        data.forEach((name, set) -> {
            Splits whole = experiment.data().splits(set, experiment.data().validation(), experiment.seed());
            splits.put(
                    name,
                    new Splits(
                            whole.train(),
                            measured(whole.validation(), experiment),
                            measured(whole.test(), experiment)));
        });
        return splits;
    }
}
