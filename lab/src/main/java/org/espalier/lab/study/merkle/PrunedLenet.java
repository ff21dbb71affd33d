package org.espalier.lab.study.merkle;

import java.util.ArrayList;
import java.util.Arrays;
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
 * again with its weights going on, and attacked by PGD, Carlini and Wagner, and Brendel and Bethge.
 */
@Kind("merkle-lenet5")
public record PrunedLenet(
        @Setting(value = "data set of 28 x 28 images", preset = "digits")
        String data,

        @Setting(value = "ways to prune", preset = "[global, layer, random, filter]", minItems = 1)
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

        @Setting(value = "test images to attack by PGD, from the start", preset = "1000", min = 1)
        int images,

        @Setting(
                value = "attacks that measure distances: cw (L2) and brendel-bethge (L0)",
                preset = "[cw, brendel-bethge]")
        List<Distance> distances,

        @Setting(value = "test images to measure distances of, from the start", preset = "100", min = 1)
        int distanceImages,

        @Setting(value = "steps of each of the nine searches of cw", preset = "1000", min = 1)
        int cwSteps,

        @Setting(value = "steps of brendel-bethge", preset = "500", min = 1)
        int brendelBethgeSteps) {

    /** What is pruned at each level. */
    public enum Arm {
        /** The smallest weights of the network; as for all arms but filters, down to a half, a quarter and so on. */
        GLOBAL,
        /** The smallest weights of each layer. */
        LAYER,
        /** Random weights of each layer. */
        RANDOM,
        /** Half of each convolution's filters, those of the smallest sum of |w|. */
        FILTER;

        /**
         * The mask of a level.
         *
         * @param before the network of the level before
         * @param level from 1
         */
        Mask prune(StoredNetwork before, int level, Stream stream) {
            return switch (this) {
                case GLOBAL -> half(Criterion.MAGNITUDE, Scope.GLOBAL, before, level, stream);
                case LAYER -> half(Criterion.MAGNITUDE, Scope.LAYER, before, level, stream);
                case RANDOM -> half(new RandomScores(), Scope.LAYER, before, level, stream);
                case FILTER -> FilterPruning.prune(before.mask(), before.weights(), 1 - Math.scalb(1.0, -level));
            };
        }

        /** As in the source, round(r N) of all N weights of the network, or of each layer, are gone after a level. */
        private static Mask half(Criterion criterion, Scope scope, StoredNetwork before, int level, Stream stream) {
            Mask mask = before.mask();
            List<Double> fractions = new ArrayList<>();
            for (int layer = 0; layer < mask.architecture().layers(); layer++) {
                fractions.add(
                        scope == Scope.GLOBAL
                                ? fraction(mask.architecture().weights(), mask.count(), level)
                                : fraction(mask.architecture().weights(layer), mask.count(layer), level));
            }
            return new Pruner(criterion, scope, CountingRule.EXACT).prune(mask, before.weights(), fractions, stream);
        }

        /** Share of the survivors that goes, so that round((1 - 2^-level) N) of all are gone. */
        private static double fraction(int all, int survivors, int level) {
            double gone = Math.rint((1 - Math.scalb(1.0, -level)) * all);
            return survivors == 0 ? 0 : (gone - (all - survivors)) / survivors;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Attacks that look for a least distance. */
    public enum Distance {
        /** Carlini and Wagner, L2. */
        CW,
        /** Brendel and Bethge, L0. */
        BRENDEL_BETHGE
    }

    static final int[] RADII = {2, 4, 8, 16, 32}; // of 255
    static final int STEPS = 40;
    private static final int BATCH = 64;
    private static final double RATE = 1e-3;

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
            return "Merkle, Samsinger and Schoettle 2021, their code and their files of results";
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
        private final Distances distances;

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
            distances = new Distances(
                    test.part("test", 0, Math.min(settings.distanceImages, test.size())),
                    settings.cwSteps,
                    settings.brendelBethgeSteps);
        }

        StudyResult run() {
            return new LenetTables(settings, test.size()).result(context.all(settings.runs, this::run));
        }

        private Map<Arm, List<Cell>> run(int run) {
            Stream stream = Stream.root(settings.seed).child("study merkle").child(run);
            String first = "run-" + (run + 1) + "-level-0";
            StoredNetwork dense = context.network(first, () -> {
                Weights weights = InitialWeights.GLOROT_UNIFORM.draw(network, stream.child("initial weights"));
                return train(weights, Mask.dense(network), stream.child("level").child(0));
            });
            Cell whole = cell(first, dense, stream);
            Map<Arm, List<Cell>> cells = new EnumMap<>(Arm.class);
            for (Arm arm : settings.arms) {
                List<Cell> levels = new ArrayList<>(List.of(whole));
                StoredNetwork present = dense;
                for (int level = 1; level <= settings.halvings; level++) {
                    int number = level;
                    StoredNetwork before = present;
                    Stream own = stream.child(arm.name()).child("level").child(level);
                    String name = "run-" + (run + 1) + "-" + arm.text() + "-level-" + level;
                    present = context.network(name, () -> {
                        Mask mask = arm.prune(before, number, own.child("pruning"));
                        Weights weights = before.weights().copy();
                        weights.apply(mask);
                        StoredNetwork trained = train(weights, mask, own);
                        context.say("run " + (run + 1) + ", " + arm.text() + ", level " + number + ": trained");
                        return trained;
                    });
                    levels.add(cell(name, present, stream));
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

        /** What is measured of a network, each part kept for a study that goes on. */
        private Cell cell(String name, StoredNetwork trained, Stream stream) {
            double[] shares = context.numbers(name + "-shares", () -> shares(trained, stream));
            return new Cell(
                    trained.mask().count(),
                    FilterPruning.alive(trained.mask()),
                    shares[0],
                    Arrays.copyOfRange(shares, 1, shares.length),
                    median(Distance.CW, name + "-cw", trained, stream),
                    median(Distance.BRENDEL_BETHGE, name + "-brendel-bethge", trained, stream));
        }

        private double median(Distance kind, String name, StoredNetwork trained, Stream stream) {
            if (!settings.distances.contains(kind)) {
                return Double.NaN;
            }
            return Distances.median(context.numbers(name, () -> {
                double[] found = distances.of(kind, loaded(trained), stream.child(kind.name()));
                context.say(name + ": measured");
                return found;
            }));
        }

        private Engine loaded(StoredNetwork trained) {
            Engine engine = context.engine(network);
            engine.load(trained.weights(), trained.mask());
            return engine;
        }

        /** Accuracy on all test images, then PGD success by radius. */
        private double[] shares(StoredNetwork trained, Stream stream) {
            Engine engine = loaded(trained);
            double[] shares = new double[1 + RADII.length];
            shares[0] = share(new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()))
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
            for (int i = 0; i < RADII.length; i++) {
                shares[i + 1] = 1 - share(measured.get(i + 1)); // clean errors count as successes, as published
            }
            return shares;
        }

        private static double share(Measurement measured) {
            return (double) measured.correct() / measured.examples();
        }
    }
}
