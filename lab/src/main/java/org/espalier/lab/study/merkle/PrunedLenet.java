package org.espalier.lab.study.merkle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.attack.Attack;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.DataSet;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.NamedNetworks;
import org.espalier.network.Shape;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.RandomScores;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/**
 * Merkle, Samsinger and Schoettle, "Pruning in the face of adversaries" (2021): LeNet-5 trained on clean images, halved again and
 * again with its weights going on, and attacked by PGD.
 */
@Kind("merkle-lenet5")
public record PrunedLenet(
        @Setting(value = "data set of 28 x 28 images", preset = "digits")
        String data,

        @Setting(value = "ways to prune", preset = "[global, layer, random]", minItems = 1)
        List<Arm> arms,

        @Setting(value = "halvings; the last keeps 1/64 of the weights with 6", preset = "6", min = 0, max = 6)
        int halvings,

        @Setting(value = "runs with seeds of their own", preset = "5", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed,

        @Setting(value = "epochs at most at each level", preset = "100", min = 1)
        int epochs,

        @Setting(value = "epochs without a lower validation loss before a level ends", preset = "5", min = 1)
        int patience,

        @Setting(value = "test images to attack, from the start", preset = "1000", min = 1)
        int images) {

    /** What is pruned at each level. */
    public enum Arm {
        /** The smallest half of the network. */
        GLOBAL,
        /** The smallest half of each layer. */
        LAYER,
        /** A random half of each layer. */
        RANDOM;

        private Pruner pruner() {
            return switch (this) {
                case GLOBAL -> new Pruner(Criterion.MAGNITUDE, Scope.GLOBAL, CountingRule.EXACT);
                case LAYER -> new Pruner(Criterion.MAGNITUDE, Scope.LAYER, CountingRule.EXACT);
                case RANDOM -> new Pruner(new RandomScores(), Scope.LAYER, CountingRule.EXACT);
            };
        }
    }

    private static final int[] RADII = {2, 4, 8, 16, 32}; // of 255
    private static final int STEPS = 40;
    private static final int BATCH = 64;
    private static final double RATE = 1e-3;

    /** Means of the published runs: accuracy in %, then PGD success at 8 and 16 of 255; by level. NaN: not given. */
    private static final Map<Arm, double[][]> PUBLISHED = published();

    private static Map<Arm, double[][]> published() {
        Map<Arm, double[][]> means = new EnumMap<>(Arm.class);
        means.put(Arm.GLOBAL, new double[][] {
            {98.91, 0.048, 0.183},
            {99.06, 0.040, 0.173},
            {99.04, 0.053, 0.231},
            {98.90, 0.081, 0.385},
            {98.68, 0.147, 0.572},
            {98.17, 0.225, 0.718},
            {94.62, 0.266, 0.673}
        });
        means.put(Arm.LAYER, new double[][] {
            {98.94, 0.044, 0.156},
            {99.10, 0.040, 0.155},
            {99.03, 0.059, 0.267},
            {98.90, 0.097, 0.438},
            {97.77, 0.174, 0.605},
            {94.92, 0.403, 0.756},
            {55.77, 0.891, 0.968}
        });
        double[] random = {98.54, 98.45, 98.25, 97.72, 96.29, 83.95, 39.04};
        double[][] rows = new double[random.length][];
        for (int level = 0; level < random.length; level++) {
            rows[level] = new double[] {random[level], Double.NaN, Double.NaN};
        }
        means.put(Arm.RANDOM, rows);
        return means;
    }

    /** Shares of one network: accuracy on all test images, then PGD success by radius. */
    private record Cell(int kept, double accuracy, double[] success) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<PrunedLenet> {
        @Override
        public Class<PrunedLenet> settings() {
            return PrunedLenet.class;
        }

        @Override
        public String question() {
            return "How does pruning without adversarial training change the robustness of LeNet-5?";
        }

        @Override
        public String source() {
            return "Merkle, Samsinger and Schoettle 2021 and their code; its C&W and Brendel-Bethge distances are left"
                    + " out";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(PrunedLenet settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    private static final class Study {
        private final PrunedLenet settings;
        private final StudyContext context;
        private final Architecture network;
        private final Split train;
        private final Split validation;
        private final Split test;

        Study(PrunedLenet settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            DataSet set = context.data(settings.data);
            network = new Architecture(NamedNetworks.graph(
                    "lenet5",
                    Shape.of(
                            set.shape().channels(),
                            set.shape().height(),
                            set.shape().width()),
                    set.classes()));
            int trained = (int) (set.train().size() * 9L / 10);
            train = set.train().part("train", 0, trained);
            validation = set.train().part("validation", trained, set.train().size());
            test = set.test();
        }

        StudyResult run() {
            return result(context.all(settings.runs, this::run));
        }

        private Map<Arm, List<Cell>> run(int run) {
            Stream stream = Stream.root(settings.seed).child("study merkle").child(run);
            StoredNetwork dense = context.network("run-" + (run + 1) + "-level-0", () -> {
                Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, stream.child("initial weights"));
                return train(weights, Mask.dense(network), stream.child("level").child(0));
            });
            Map<Arm, List<Cell>> cells = new EnumMap<>(Arm.class);
            for (Arm arm : settings.arms) {
                List<Cell> levels = new ArrayList<>();
                StoredNetwork present = dense;
                levels.add(cell(present, stream));
                for (int level = 1; level <= settings.halvings; level++) {
                    int number = level;
                    StoredNetwork before = present;
                    Stream own = stream.child(arm.name()).child("level").child(level);
                    present = context.network(
                            "run-" + (run + 1) + "-" + arm.name().toLowerCase(Locale.ROOT) + "-level-" + level, () -> {
                                Mask mask = arm.pruner()
                                        .prune(
                                                before.mask(),
                                                before.weights(),
                                                Collections.nCopies(network.layers(), 0.5),
                                                own.child("pruning"));
                                Weights weights = before.weights().copy();
                                weights.apply(mask);
                                StoredNetwork trained = train(weights, mask, own);
                                context.say("run " + (run + 1) + ", "
                                        + arm.name().toLowerCase(Locale.ROOT) + ", level " + number + ": trained");
                                return trained;
                            });
                    levels.add(cell(present, stream));
                }
                cells.put(arm, levels);
            }
            return cells;
        }

        /** Trains until the validation loss has not been lower for some epochs; gives the weights of the lowest one. */
        private StoredNetwork train(Weights start, Mask mask, Stream stream) {
            Engine engine = context.engine(network);
            engine.load(start, mask);
            Trainer trainer = new Trainer(
                    engine,
                    train,
                    new TrainingSettings(new Objective.Natural(), new OptimizerSettings.Adam(RATE), BATCH, 0, 0, 0),
                    stream);
            Evaluator evaluator = new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()));
            Weights best = start;
            double least = Double.POSITIVE_INFINITY;
            int since = 0;
            for (int epoch = 1; epoch <= settings.epochs && since < settings.patience; epoch++) {
                trainer.runUntil(epoch * trainer.batchesPerEpoch());
                double loss = evaluator
                        .measure(epoch, validation, 0, stream)
                        .getFirst()
                        .loss();
                since++;
                if (loss < least) {
                    least = loss;
                    best = trainer.state().weights();
                    since = 0;
                }
            }
            return new StoredNetwork(best, mask);
        }

        private Cell cell(StoredNetwork trained, Stream stream) {
            Engine engine = context.engine(network);
            engine.load(trained.weights(), trained.mask());
            double accuracy = share(new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()))
                    .measure(0, test, 0, stream)
                    .getFirst());
            LinkedHashMap<String, Attack> attacks = new LinkedHashMap<>();
            for (int radius : RADII) {
                double epsilon = radius / 255.0;
                attacks.put(
                        "pgd-" + radius,
                        new Pgd(epsilon, epsilon / 30, STEPS, true, 1, KeptIterate.LAST, LabelChoice.TRUE));
            }
            Split attacked = test.part("test", 0, Math.min(settings.images, test.size()));
            List<Measurement> measured =
                    new Evaluator(engine, new EvaluationSettings(attacks)).measure(0, attacked, 0, stream);
            double[] success = new double[RADII.length];
            for (int i = 0; i < success.length; i++) {
                success[i] = 1 - share(measured.get(i + 1)); // clean errors count as successes, as published
            }
            return new Cell(trained.mask().count(), accuracy, success);
        }

        private static double share(Measurement measured) {
            return (double) measured.correct() / measured.examples();
        }

        private StudyResult result(List<Map<Arm, List<Cell>>> runs) {
            List<List<String>> rows = new ArrayList<>();
            List<StudyResult.Curve> curves = new ArrayList<>();
            for (Arm arm : settings.arms) {
                List<Double> x = new ArrayList<>();
                List<Double> y = new ArrayList<>();
                for (int level = 0; level <= settings.halvings; level++) {
                    int at = level;
                    List<Cell> cells = runs.stream()
                            .map(run -> run.getOrDefault(arm, List.of()).get(at))
                            .toList();
                    rows.add(row(arm, level, cells));
                    x.add((double) level);
                    y.add(100 * success(cells, 3));
                }
                curves.add(new StudyResult.Curve(arm.name().toLowerCase(Locale.ROOT), x, y));
            }
            List<String> headings = new ArrayList<>(List.of("pruned", "level", "weights", "accuracy %", "published %"));
            for (int radius : RADII) {
                headings.add("PGD " + radius);
            }
            headings.addAll(List.of("published 8", "published 16"));
            return new StudyResult(
                    List.of(new StudyResult.Table(
                            "levels",
                            "LeNet-5 on " + settings.data + ", trained on clean images: means of " + settings.runs
                                    + (settings.runs == 1 ? " run" : " runs"),
                            2,
                            headings,
                            rows,
                            List.of(
                                    "PGD r: share of the first " + Math.min(settings.images, test.size())
                                            + " test images that are wrong under PGD at r / 255, clean errors"
                                            + " included; "
                                            + STEPS + " steps of epsilon / 30, random start",
                                    "published: means of 5 runs, random 8 to 12, on MNIST, computed from the authors'"
                                            + " files; their random arm keeps more weights than asked for",
                                    "a level ends after " + settings.patience
                                            + " epochs without a lower validation loss, or " + settings.epochs
                                            + " epochs; its weights of the lowest one go on, which is ours"))),
                    List.of(new StudyResult.Figure(
                            "pgd-16",
                            "PGD success at 16/255 by level",
                            "Each level halves the weights.",
                            "level",
                            "wrong under PGD (%)",
                            curves)));
        }

        private List<String> row(Arm arm, int level, List<Cell> cells) {
            double[] published = PUBLISHED.getOrDefault(arm, new double[0][])[level];
            List<String> row = new ArrayList<>(List.of(
                    arm.name().toLowerCase(Locale.ROOT),
                    Integer.toString(level),
                    Integer.toString(cells.getFirst().kept),
                    String.format(
                            Locale.ROOT,
                            "%.2f",
                            100 * cells.stream().mapToDouble(Cell::accuracy).sum() / cells.size()),
                    text(published[0], 2)));
            for (int radius = 0; radius < RADII.length; radius++) {
                row.add(text(success(cells, radius), 3));
            }
            row.add(text(published[1], 3));
            row.add(text(published[2], 3));
            return row;
        }

        private static double success(List<Cell> cells, int radius) {
            return cells.stream().mapToDouble(cell -> cell.success[radius]).sum() / cells.size();
        }

        private static String text(double value, int digits) {
            return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + digits + "f", value);
        }
    }
}
