package org.espalier.lab.study.ticket;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.espalier.UserException;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.plan.ExperimentTranslator;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudiedTrial;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingState;

/**
 * Linear mode connectivity: Frankle, Dziugaite, Roy and Carbin, "Linear mode connectivity and the lottery ticket hypothesis"
 * (2020). Two copies of a network train from its state after k updates with different batches and noise. Their error is
 * measured along the line between them.
 */
@Kind("linear-mode-connectivity")
public record LinearPaths(
        @Setting("data set of the search; the first if not given")
        Optional<String> dataSet,

        @Setting("objective of the search; the first if not given")
        Optional<String> objective,

        @Setting("strategy whose masks are taken; the first if not given")
        Optional<String> strategy,

        @Setting(value = "trial", preset = "1", min = 1) int trial,

        @Setting(value = "levels whose masks are taken; 0 is the dense network", preset = "[0]", min = 0, minItems = 1)
        List<Integer> levels,

        @Setting(
                value = "updates k of the dense network that both copies share; those beyond the training are"
                        + " left out",
                preset = "[0, 100, 500, 2000]",
                min = 0,
                minItems = 1)
        List<Integer> shared,

        @Setting(value = "points of the line, both ends included", preset = "31", min = 2, max = 1001)
        int points,

        @Setting(value = "test images to measure, from the start", preset = "1000", min = 1)
        int images) {

    private static final double STABLE = 0.02;

    /** One pair of copies. */
    private record Pair(int level, int shared) {}

    /** Error by attack and point of the line. */
    private record Path(Pair pair, double density, Map<String, double[]> errors) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<LinearPaths> {
        @Override
        public Class<LinearPaths> settings() {
            return LinearPaths.class;
        }

        @Override
        public String question() {
            return "From which update on do two trainings with different batches end in linearly connected networks?";
        }

        @Override
        public String source() {
            return "Frankle, Dziugaite, Roy and Carbin 2020; accuracy under attack along the line is ours";
        }

        @Override
        public StudyResult run(LinearPaths settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    private static final class Study {
        private final LinearPaths settings;
        private final StudyContext context;
        private final StudiedTrial trial;
        private final int iterations;

        Study(LinearPaths settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            trial = context.trial(settings.dataSet, settings.objective, settings.strategy, settings.trial);
            iterations = trial.experiment().training().iterations();
            if (trial.experiment().training().mask().isPresent()) {
                throw new UserException("the search has training.mask, expected none: the copies of this study train"
                        + " with a mask that does not change");
            }
            if (trial.initial(0).mask().graph().nodes().stream()
                    .anyMatch(node -> node.operation() instanceof Operation.BatchNorm)) {
                throw new UserException(
                        "the network has batch norms, expected none: their statistics would not be those"
                                + " of the networks on the line");
            }
        }

        StudyResult run() {
            List<Pair> pairs = new ArrayList<>();
            for (int level : settings.levels) {
                trial.trained(level); // refuses levels that are not there before hours of training
                settings.shared.stream().filter(k -> k <= iterations).forEach(k -> pairs.add(new Pair(level, k)));
            }
            if (pairs.isEmpty()) {
                throw new UserException("shared is " + settings.shared + ", expected at least one number up to "
                        + iterations + ", the updates of a level");
            }
            List<Callable<Path>> tasks = pairs.stream()
                    .map(pair -> (Callable<Path>) () -> path(pair))
                    .toList();
            return result(context.all(tasks));
        }

        private Path path(Pair pair) {
            Mask mask = trial.initial(pair.level).mask();
            StoredNetwork first = copy(pair, mask, 1);
            StoredNetwork second = copy(pair, mask, 2);
            Split test = StudiedTrial.first(trial.splits().test(), settings.images);
            Engine engine = context.engine(mask.architecture());
            EvaluationSettings attacks =
                    new EvaluationSettings(ExperimentTranslator.evaluation(trial.experiment(), trial.objective())
                            .attacks());
            Evaluator evaluator = new Evaluator(engine, attacks);
            Stream noise = stream().child("line");
            Map<String, double[]> errors = new LinkedHashMap<>();
            for (int point = 0; point < settings.points; point++) {
                engine.load(WeightLine.at(first.weights(), second.weights(), point, settings.points - 1), mask);
                // The same noise at every point: differences along the line are the weights' alone.
                for (Measurement measured : evaluator.measure(0, test, 0, noise)) {
                    errors.computeIfAbsent(measured.attack(), _ -> new double[settings.points])[point] =
                            1 - (double) measured.correct() / measured.examples();
                }
            }
            context.say("level " + pair.level + ", copies from update " + pair.shared + ": measured");
            return new Path(pair, mask.density(), errors);
        }

        private Stream stream() {
            return trial.streams().stream().child("study linear mode connectivity");
        }

        /** One copy after its training; made again from nothing, so that it depends on nothing but its name. */
        private StoredNetwork copy(Pair pair, Mask mask, int copy) {
            return context.network("level-" + pair.level + "-shared-" + pair.shared + "-copy-" + copy, () -> {
                StoredNetwork dense = trial.initial(0);
                Engine engine = context.engine(mask.architecture());
                engine.load(dense.weights(), dense.mask());
                TrainingState shared = trained(engine, trial.streams().level(0), Optional.empty(), pair.shared);
                engine.load(shared.weights(), mask);
                Stream own = stream().child("copy").child(copy);
                TrainingState end = trained(engine, own, Optional.of(shared), iterations);
                return new StoredNetwork(end.weights(), mask);
            });
        }

        private TrainingState trained(Engine engine, Stream stream, Optional<TrainingState> from, int to) {
            Trainer trainer = new Trainer(
                    engine,
                    trial.splits().train(),
                    Optional.of(trial.splits().validation()).filter(split -> split.size() > 0),
                    trial.training(),
                    stream);
            from.ifPresent(trainer::resume);
            trainer.runUntil(to);
            return trainer.state();
        }

        private StudyResult result(List<Path> paths) {
            List<List<String>> rows = new ArrayList<>();
            List<StudyResult.Figure> figures = new ArrayList<>();
            for (Path path : paths) {
                path.errors.forEach((attack, errors) -> {
                    double barrier = WeightLine.barrier(errors);
                    rows.add(List.of(
                            Integer.toString(path.pair.level),
                            attack,
                            percent(path.density),
                            Integer.toString(path.pair.shared),
                            percent(errors[0]),
                            percent(errors[errors.length - 1]),
                            percent(WeightLine.highest(errors)),
                            percent(barrier),
                            barrier < STABLE ? "yes" : "no"));
                });
            }
            for (int level : settings.levels) {
                figures.add(figure(
                        level,
                        paths.stream().filter(path -> path.pair.level == level).toList()));
            }
            return new StudyResult(
                    List.of(new StudyResult.Table(
                            "barriers",
                            "Error barrier between two trainings from one state, "
                                    + trial.trial().id(),
                            2,
                            List.of(
                                    "level",
                                    "attack",
                                    "P_m %",
                                    "shared updates",
                                    "error 1 %",
                                    "error 2 %",
                                    "highest %",
                                    "barrier",
                                    "stable"),
                            rows,
                            List.of(
                                    "barrier: highest error on the line minus the mean error of its ends, in points;"
                                            + " stable: below 2 points",
                                    "the first "
                                            + Math.min(
                                                    settings.images,
                                                    trial.splits().test().size())
                                            + " test images, the same noise at every point"))),
                    figures);
        }

        private StudyResult.Figure figure(int level, List<Path> paths) {
            List<Double> share = new ArrayList<>();
            for (int point = 0; point < settings.points; point++) {
                share.add((double) point / (settings.points - 1));
            }
            List<StudyResult.Curve> curves = new ArrayList<>();
            for (Path path : paths) {
                path.errors.forEach((attack, errors) -> {
                    List<Double> y = new ArrayList<>();
                    for (double error : errors) {
                        y.add(100 * error);
                    }
                    curves.add(new StudyResult.Curve(attack + ", k = " + path.pair.shared, share, y));
                });
            }
            return new StudyResult.Figure(
                    "line-level-" + level,
                    "Error on the line between two trainings, level " + level,
                    "Two copies share k updates and then train with batches and noise of their own.",
                    "share of the second copy",
                    "error (%)",
                    curves);
        }

        private static String percent(double share) {
            return String.format(Locale.ROOT, "%.2f", 100 * share);
        }
    }
}
