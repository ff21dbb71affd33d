package org.espalier.lab.study.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.espalier.UserException;
import org.espalier.attack.Attack;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.Split;
import org.espalier.dynamic.Distribution;
import org.espalier.dynamic.Selection;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudiedTrial;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.Spread;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.scores.AdversarialTangents;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Trainer;

/**
 * Whether {@link AdversarialTangents} finds networks whose tangent kernel is nearer to the dense one's than random masks and the
 * largest initial weights have it, and whether they train to more robust ones. After the abstract of Shi et al., "Finding dynamics
 * preserving adversarial winning tickets" (2022).
 */
@Kind("awt-kernels-style")
public record AdversarialKernels(
        @Setting("data set of the search; the first if not given")
        Optional<String> dataSet,

        @Setting("objective of the search, attacked by pgd; the first if not given")
        Optional<String> objective,

        @Setting(
                value = "weights kept of each layer, as fractions, each above 0 and at most 1",
                preset = "[0.03, 0.05, 0.1]",
                minItems = 1)
        List<Double> densities,

        @Setting(value = "updates of the search for an awt-style network", preset = "1000", min = 1)
        int search,

        @Setting(value = "draws of noise for each update of the search", preset = "4", min = 1)
        int draws,

        @Setting(value = "standard deviation of the noise on weights", preset = "0.01", min = 0, above = true)
        double scale,

        @Setting(value = "weight of the distance of tangents; outputs have 1", preset = "0.001", min = 0)
        double tangent,

        @Setting(value = "weight of the sum of squared weights, times density", preset = "1e-4", min = 0)
        double decay,

        @Setting(value = "learning rate of Adam in the search", preset = "5e-4", min = 0, above = true)
        double rate,

        @Setting(value = "updates of the search between masks", preset = "100", min = 1)
        int refresh,

        @Setting(value = "test images that the kernels are compared on", preset = "100", min = 1)
        int points,

        @Setting(value = "test images to measure accuracy on", preset = "1000", min = 1)
        int images,

        @Setting(value = "repetitions, each with initial weights of its own", preset = "3", min = 1)
        int runs) {
    /** Where a network that trains comes from. */
    private enum Arm {
        SEARCHED("awt-style"),
        SEARCHED_MASK("awt-style mask, first weights"),
        MAGNITUDE("magnitude"),
        RANDOM("random");

        private final String title;

        Arm(String title) {
            this.title = title;
        }
    }

    /** What is measured of a network; the columns of the table. */
    private enum Figure {
        KERNEL("kernel", false),
        KERNEL_ATTACKED("kernel, attacked", false),
        ALL("of all weights", false),
        ALL_ATTACKED("of all weights, attacked", false),
        NATURAL("natural %", true),
        ATTACKED("attacked %", true);

        private final String heading;
        private final boolean accuracy;

        Figure(String heading, boolean accuracy) {
            this.heading = heading;
            this.accuracy = accuracy;
        }

        int digits() {
            return accuracy ? 1 : 4;
        }
    }

    /** Registers the study. */
    public static final class Definition implements StudyKind<AdversarialKernels> {
        @Override
        public Class<AdversarialKernels> settings() {
            return AdversarialKernels.class;
        }

        @Override
        public String question() {
            return "Do awt-style networks keep the dense tangent kernel better than random masks, and withstand more?";
        }

        @Override
        public String source() {
            return "After Shi et al. 2022 (adversarial winning tickets), abstract only";
        }

        @Override
        public StudyResult run(AdversarialKernels settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    private static final class Study {
        private final AdversarialKernels settings;
        private final StudyContext context;
        private final StudiedTrial trial;
        private final String attack;
        private final Pgd pgd;
        private final Architecture architecture;

        Study(AdversarialKernels settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            for (double density : settings.densities) {
                if (!(density > 0 && density <= 1)) {
                    throw new UserException("densities has " + density + ", expected numbers above 0 and at most 1");
                }
            }
            trial = context.trials(settings.dataSet, settings.objective, Optional.empty())
                    .getFirst();
            String name = trial.objective().name();
            attack = trial.objective()
                    .attack()
                    .orElseThrow(() -> new UserException("objective " + name
                            + " has no attack, expected pgd: kernels are compared on attacked images too"));
            Attack attacking = trial.experiment().attack(attack);
            if (!(attacking instanceof Pgd found)) {
                throw new UserException("objective " + name + " is attacked by " + attacking.name()
                        + ", expected pgd: the search attacks its images with the same steps");
            }
            pgd = found;
            architecture = trial.initial(0).mask().architecture();
            if (architecture.fullyConnected().isEmpty()) {
                throw new UserException("the search has a network " + architecture
                        + ", expected a fully connected one: the tangent kernel has a closed form of those only");
            }
        }

        StudyResult run() {
            int densities = settings.densities.size();
            List<double[][]> found = context.all(
                    densities * settings.runs, task -> measured(task / settings.runs, task % settings.runs));
            double[][][][] figures = new double[densities][settings.runs][][];
            for (int task = 0; task < found.size(); task++) {
                figures[task / settings.runs][task % settings.runs] = found.get(task);
            }
            return result(figures);
        }

        /** (arm, figure) of one density and run. */
        private double[][] measured(int density, int run) {
            Stream stream = trial.streams().stream().child("study awt kernels").child(run);
            String name = "density-" + (density + 1) + "-run-" + (run + 1);
            double[][] figures = new double[Arm.values().length][];
            for (Arm arm : Arm.values()) {
                figures[arm.ordinal()] = context.numbers(
                        name + "-arm-" + (arm.ordinal() + 1),
                        () -> measured(start(name, settings.densities.get(density), arm, stream), stream));
                context.say("density " + settings.densities.get(density) + ", run " + (run + 1) + ", " + arm.title
                        + ": trained");
            }
            return figures;
        }

        /** The same for all densities and arms of a run. */
        private Weights initial(Stream stream) {
            return trial.experiment().network().initial().draw(architecture, stream.child("initial weights"));
        }

        /** What an arm begins its training with. */
        private StoredNetwork start(String name, double density, Arm arm, Stream stream) {
            Stream own = stream.child(Double.toString(density));
            if (arm == Arm.SEARCHED) {
                return searched(name, density, own.child("search"), stream);
            }
            Mask mask = switch (arm) {
                case SEARCHED, SEARCHED_MASK ->
                    searched(name, density, own.child("search"), stream).mask();
                case MAGNITUDE -> largest(initial(stream), density, own.child("ties"));
                case RANDOM -> Distribution.UNIFORM.draw(architecture, density, own.child("random"));
            };
            Weights weights = initial(stream);
            weights.apply(mask);
            return new StoredNetwork(weights, mask);
        }

        private StoredNetwork searched(String name, double density, Stream own, Stream stream) {
            return context.network(name + "-search", () -> {
                Engine engine = context.engine(architecture);
                engine.load(initial(stream), Mask.dense(architecture));
                // One update more than the search has, which is not made: the rule leaves one to train what it finds.
                int iterations = settings.search + 1;
                Trainer trainer = trainer(engine, own);
                trainer.follow(
                        new AdversarialTangents(
                                density,
                                Distribution.UNIFORM,
                                (double) settings.search / iterations,
                                settings.draws,
                                settings.scale,
                                settings.tangent,
                                settings.decay,
                                settings.rate,
                                pgd.epsilon(),
                                pgd.step(),
                                pgd.steps(),
                                settings.refresh),
                        iterations);
                trainer.runUntil(settings.search);
                Weights weights = trainer.state().weights();
                weights.apply(trainer.mask());
                return new StoredNetwork(weights, trainer.mask());
            });
        }

        /** As many of the largest weights of each layer as other arms keep. */
        private Mask largest(Weights weights, double density, Stream ties) {
            int[] counts = Distribution.UNIFORM.counts(architecture, density);
            Selection selection = new Selection();
            BitSet[] kept = new BitSet[counts.length];
            for (int layer = 0; layer < counts.length; layer++) {
                float[] values = weights.matrix(layer);
                int[] sizes = new int[values.length];
                Arrays.setAll(sizes, i -> Selection.magnitude(values[i]));
                BitSet all = new BitSet();
                all.set(0, values.length);
                kept[layer] = selection.highest(all, sizes, counts[layer], ties.child(layer));
            }
            return Mask.of(architecture, kept);
        }

        private Split test(int wanted) {
            return StudiedTrial.first(trial.splits().test(), wanted);
        }

        private Trainer trainer(Engine engine, Stream level) {
            return new Trainer(
                    engine,
                    trial.splits().train(),
                    Optional.of(trial.splits().validation()).filter(split -> split.size() > 0),
                    trial.training(),
                    level);
        }

        /** All figures of a network: kernels before its training, accuracies after it. */
        private double[] measured(StoredNetwork start, Stream stream) {
            Weights dense = initial(stream);
            Engine attacked = context.engine(architecture);
            attacked.load(dense, Mask.dense(architecture));
            // As the search attacks its images: on the dense network, away from what it predicts.
            Attack onDense =
                    new Pgd(pgd.epsilon(), pgd.step(), pgd.steps(), true, 1, KeptIterate.LAST, LabelChoice.PREDICTED);
            List<double[][]> inputs =
                    KernelDistance.points(attacked, test(settings.points), onDense, stream.child("points"));
            double[] figures = new double[Figure.values().length];
            for (int half = 0; half < 2; half++) {
                double[] distances =
                        new KernelDistance(architecture, dense, inputs.get(half)).of(start.weights(), start.mask());
                figures[Figure.KERNEL.ordinal() + half] = distances[0];
                figures[Figure.ALL.ordinal() + half] = distances[1];
            }
            Engine engine = context.engine(architecture);
            engine.load(start.weights(), start.mask());
            trainer(engine, stream.child("level"))
                    .runUntil(trial.experiment().training().iterations());
            LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
            attacks.put(attack, pgd);
            List<Measurement> found = new Evaluator(engine, new EvaluationSettings(attacks))
                    .measure(0, test(settings.images), 0, stream.child("measurement"));
            for (int what = 0; what < 2; what++) {
                Measurement each = found.get(what);
                figures[Figure.NATURAL.ordinal() + what] = 100.0 * each.correct() / each.examples();
            }
            return figures;
        }

        /**
         * The tables.
         *
         * @param figures (density, run, arm, figure)
         */
        private StudyResult result(double[][][][] figures) {
            List<String> headings = new ArrayList<>(List.of("density", "start"));
            for (Figure figure : Figure.values()) {
                headings.addAll(List.of(figure.heading, figure.heading.replace(" %", "") + ", deviation"));
            }
            List<List<String>> rows = new ArrayList<>();
            List<List<String>> reading = new ArrayList<>();
            for (int d = 0; d < figures.length; d++) {
                String density = settings.densities.get(d).toString();
                for (Arm arm : Arm.values()) {
                    List<String> row = new ArrayList<>(List.of(density, arm.title));
                    for (Figure figure : Figure.values()) {
                        row.addAll(Spread.cells(runs(figures[d], arm, figure), figure.digits()));
                    }
                    rows.add(row);
                }
                for (Arm against : List.of(Arm.RANDOM, Arm.MAGNITUDE)) {
                    for (Figure figure : List.of(Figure.KERNEL, Figure.KERNEL_ATTACKED, Figure.ATTACKED)) {
                        reading.add(reading(figures[d], density, against, figure));
                    }
                }
            }
            return new StudyResult(
                    List.of(
                            new StudyResult.Table(
                                    "arms",
                                    "Distance of tangent kernels before training, and accuracy after it",
                                    2,
                                    headings,
                                    rows,
                                    List.of(
                                            "kernel: |K_s - K_t| / |K_t| in Frobenius norms, K_s of surviving weights and"
                                                    + " biases, K_t of the dense network at its initial weights;"
                                                    + " attacked: on images attacked on the dense network",
                                            "of all weights: K_s counts the directions of pruned weights too",
                                            test(settings.points).size() + " test images for kernels, "
                                                    + test(settings.images).size()
                                                    + " for accuracy; attacked % under " + attack + "; "
                                                    + settings.runs + " runs",
                                            "each network trains for "
                                                    + trial.experiment()
                                                            .training()
                                                            .iterations()
                                                    + " updates; awt-style has " + settings.search
                                                    + " updates of its search before, without labels")),
                            new StudyResult.Table(
                                    "reading",
                                    "awt-style less others of the same run",
                                    3,
                                    List.of("density", "against", "figure", "mean difference", "as expected"),
                                    reading,
                                    List.of(
                                            "expected: a kernel nearer to the dense one, and more right under attack"))),
                    List.of());
        }

        /** Values of all runs. */
        private static double[] runs(double[][][] figures, Arm arm, Figure figure) {
            return Arrays.stream(figures)
                    .mapToDouble(run -> run[arm.ordinal()][figure.ordinal()])
                    .toArray();
        }

        private List<String> reading(double[][][] figures, String density, Arm against, Figure figure) {
            double[] own = runs(figures, Arm.SEARCHED, figure);
            double[] other = runs(figures, against, figure);
            double[] differences = IntStream.range(0, own.length)
                    .mapToDouble(run -> own[run] - other[run])
                    .toArray();
            long expected = Arrays.stream(differences)
                    .filter(difference -> figure.accuracy ? difference > 0 : difference < 0)
                    .count();
            return List.of(
                    density,
                    against.title,
                    figure.heading,
                    Spread.number(Spread.mean(differences) + 0.0, figure.digits()),
                    expected + " of " + own.length + (own.length == 1 ? " run" : " runs"));
        }
    }
}
