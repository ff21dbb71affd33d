package org.espalier.lab.study.gan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.data.DataSet;
import org.espalier.engine.Engine;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.SmallestWeights;
import org.espalier.lab.study.loop.Spread;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.prune.CountingRule;
import org.espalier.prune.Criterion;
import org.espalier.prune.Pruner;
import org.espalier.prune.Scope;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;
import org.espalier.train.DivergedException;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/**
 * Chen, Zhang, Sui and Chen, "GANs can play lottery tickets too" (2021), with fully connected networks: generators that are pruned 20 %
 * at a time and rewound, beside random masks and fresh weights of the same density.
 */
@Kind("gan-tickets")
public record GanTickets(
        @Setting(value = "data set", preset = "digits") String data,

        @Setting(value = "inputs of the generator", preset = "64", min = 1)
        int codes,

        @Setting(value = "hidden units of generator and discriminator", preset = "256", min = 1)
        int hidden,

        @Setting(value = "updates of each training of both networks", preset = "20000", min = 1)
        int updates,

        @Setting(value = "rounds of pruning of 20 % of the generator", preset = "8", min = 0)
        int rounds,

        @Setting(
                value = "learning rate of Adam with moments of 0.5 and 0.999",
                preset = "0.0002",
                min = 0,
                above = true)
        double rate,

        @Setting(value = "images to compare, of generators and of the test images", preset = "10000", min = 2)
        int samples,

        @Setting(
                value = "hidden layers of the classifier that compares images",
                preset = "[300, 100]",
                min = 1,
                minItems = 1)
        List<Integer> classifier,

        @Setting(value = "updates of the classifier, of 60 images", preset = "3000", min = 1)
        int classifierUpdates,

        @Setting(value = "runs with seeds of their own", preset = "1", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed) {

    private static final double FRACTION = 0.2;

    private enum Arm {
        TICKET,
        /** The ticket's mask with fresh weights. */
        FRESH_WEIGHTS,
        /** As many weights of each layer, at random, with the initial weights. */
        RANDOM_MASK;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private record Found(Arm arm, int round, double density, double distance, double entropy) {}

    /** Registers the study. */
    public static final class Definition implements StudyKind<GanTickets> {
        @Override
        public Class<GanTickets> settings() {
            return GanTickets.class;
        }

        @Override
        public String question() {
            return "Do generators have tickets that make images as well as the dense generator?";
        }

        @Override
        public String source() {
            return "Chen, Zhang, Sui and Chen 2021 and their code; fully connected networks, digits and the distance by our"
                    + " own classifier are ours";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(GanTickets settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    private static final class Study {
        private final GanTickets settings;
        private final StudyContext context;
        private final DataSet data;
        private final Architecture generator;
        private final Architecture discriminator;

        Study(GanTickets settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            data = context.data(settings.data);
            generator = Architecture.of(settings.codes, List.of(settings.hidden), data.features(), false);
            discriminator = Architecture.of(data.features(), List.of(settings.hidden), 1, false);
        }

        StudyResult run() {
            StoredNetwork classifier = context.network("classifier", this::classifier);
            Quality.Measured training = quality(classifier).of(data.train(), settings.samples);
            return result(context.all(settings.runs, run -> new Run(run, quality(classifier)).all()), training);
        }

        private Quality quality(StoredNetwork classifier) {
            return new Quality(context, classifier, data.test(), settings.samples);
        }

        private StoredNetwork classifier() {
            Architecture network = Architecture.of(data.features(), settings.classifier, data.classes(), false);
            Stream stream = Stream.root(settings.seed).child("gan tickets").child("classifier");
            Engine engine = context.engine(network);
            engine.load(
                    InitialWeights.GLOROT_UNIFORM.draw(network, stream.child("initial weights")), Mask.dense(network));
            Trainer trainer = new Trainer(
                    engine, data.train(), TrainingSettings.paper(new Objective.Natural()), stream.child("training"));
            trainer.runUntil(settings.classifierUpdates);
            return new StoredNetwork(trainer.state().weights(), Mask.dense(network));
        }

        private final class Run {
            private final int run;
            private final Quality quality;
            private final Stream stream;
            private final Weights judge;

            Run(int run, Quality quality) {
                this.run = run;
                this.quality = quality;
                stream = Stream.root(settings.seed + run).child("gan tickets");
                judge = InitialWeights.GLOROT_UNIFORM.draw(discriminator, stream.child("discriminator"));
            }

            List<Found> all() {
                Weights initial = InitialWeights.GLOROT_UNIFORM.draw(generator, stream.child("generator"));
                Pruner pruner = new Pruner(Criterion.MAGNITUDE, Scope.GLOBAL, CountingRule.EXACT);
                Mask mask = Mask.dense(generator);
                Optional<Weights> trained = train("dense", initial, mask);
                List<Found> found = new ArrayList<>();
                found.add(measured(Arm.TICKET, 0, mask, trained));
                for (int round = 1; round <= settings.rounds; round++) {
                    if (trained.isEmpty()) {
                        // Without trained weights there is no next mask: the rest counts as diverged too.
                        for (Arm arm : Arm.values()) {
                            found.add(measured(arm, round, mask, trained));
                        }
                        continue;
                    }
                    Stream draws = stream.child("round").child(round);
                    mask = pruner.prune(
                            mask,
                            trained.get(),
                            Collections.nCopies(generator.layers(), FRACTION),
                            draws.child("pruning"));
                    Weights fresh = InitialWeights.GLOROT_UNIFORM.draw(generator, draws.child("generator"));
                    Mask random = random(mask, draws.child("mask"));
                    trained = train("ticket-" + round, initial, mask);
                    found.add(measured(Arm.TICKET, round, mask, trained));
                    found.add(measured(Arm.FRESH_WEIGHTS, round, mask, train("fresh-" + round, fresh, mask)));
                    found.add(measured(Arm.RANDOM_MASK, round, random, train("random-" + round, initial, random)));
                }
                return found;
            }

            private Mask random(Mask mask, Stream draws) {
                BitSet[] kept = new BitSet[generator.layers()];
                for (int layer = 0; layer < kept.length; layer++) {
                    kept[layer] =
                            SmallestWeights.random(generator.weights(layer), mask.count(layer), draws.child(layer));
                }
                return Mask.of(generator, kept);
            }

            /** Trains both networks from the start; empty if they diverged, which is a result. */
            private Optional<Weights> train(String name, Weights start, Mask mask) {
                double[] numbers = context.numbers("run-" + (run + 1) + "-" + name, () -> {
                    Engine made = context.engine(generator);
                    made.load(start, mask);
                    Engine judging = context.engine(discriminator);
                    judging.load(judge, Mask.dense(discriminator));
                    boolean whole = true;
                    try {
                        new Adversaries(made, judging)
                                .train(
                                        data.train(),
                                        new OptimizerSettings.Adam(settings.rate, 0.5, 0.999, 1e-8),
                                        settings.updates,
                                        stream.child("training"));
                    } catch (DivergedException _) {
                        whole = false;
                    }
                    Weights weights = made.weights();
                    whole &= weights.finite();
                    context.say("run " + (run + 1) + ", " + name + ": " + (whole ? "trained" : "diverged"));
                    return whole ? flat(weights) : new double[0];
                });
                return numbers.length == 0 ? Optional.empty() : Optional.of(weights(numbers));
            }

            private double[] flat(Weights weights) {
                double[] all = new double[generator.weights()];
                int next = 0;
                for (int layer = 0; layer < generator.layers(); layer++) {
                    for (float value : weights.matrix(layer)) {
                        all[next++] = value;
                    }
                }
                return all;
            }

            private Weights weights(double[] numbers) {
                Weights weights = new Weights(generator);
                int next = 0;
                for (int layer = 0; layer < generator.layers(); layer++) {
                    float[] matrix = weights.matrix(layer);
                    for (int i = 0; i < matrix.length; i++) {
                        matrix[i] = (float) numbers[next++];
                    }
                }
                return weights;
            }

            private Found measured(Arm arm, int round, Mask mask, Optional<Weights> trained) {
                if (trained.isEmpty()) {
                    return new Found(arm, round, mask.density(), Double.NaN, Double.NaN);
                }
                Engine made = context.engine(generator);
                made.load(trained.get(), mask);
                Adversaries pair = new Adversaries(made, context.engine(discriminator));
                Stream codes = stream.child("samples");
                Quality.Measured measured = quality.of(settings.samples, first -> pair.generate(codes.child(first)));
                return new Found(arm, round, mask.density(), measured.distance(), measured.entropy());
            }
        }

        private StudyResult result(List<List<Found>> all, Quality.Measured training) {
            List<List<String>> rows = new ArrayList<>();
            List<StudyResult.Curve> curves = new ArrayList<>();
            rows.add(List.of(
                    "training images",
                    "",
                    "",
                    Spread.number(training.distance(), 3),
                    "",
                    Spread.number(training.entropy(), 3),
                    ""));
            for (Arm arm : Arm.values()) {
                List<Double> x = new ArrayList<>();
                List<Double> y = new ArrayList<>();
                for (int at = 0; at < all.getFirst().size(); at++) {
                    int index = at;
                    Found first = all.getFirst().get(at);
                    if (first.arm != arm) {
                        continue;
                    }
                    double[] distances = all.stream()
                            .mapToDouble(run -> run.get(index).distance)
                            .toArray();
                    List<String> row = new ArrayList<>(List.of(
                            first.round == 0 ? "dense" : arm.text(),
                            Integer.toString(first.round),
                            Spread.number(100 * first.density, 2)));
                    row.addAll(Spread.cells(distances, 3));
                    row.addAll(Spread.cells(
                            all.stream()
                                    .mapToDouble(run -> run.get(index).entropy)
                                    .toArray(),
                            3));
                    rows.add(row);
                    if (Double.isFinite(Spread.mean(distances))) {
                        x.add((double) first.round);
                        y.add(Spread.mean(distances));
                    }
                }
                curves.add(new StudyResult.Curve(arm.text(), x, y));
            }
            return new StudyResult(
                    List.of(new StudyResult.Table(
                            "generators",
                            "Generators " + generator + " on " + data.name() + ": "
                                    + (settings.runs == 1 ? "1 run" : "means of " + settings.runs + " runs"),
                            2,
                            List.of(
                                    "generator",
                                    "round",
                                    "density %",
                                    "feature Frechet distance",
                                    "distance sd",
                                    "label entropy",
                                    "entropy sd"),
                            rows,
                            List.of(
                                    "feature Frechet distance: between " + settings.samples
                                            + " images and the test images, in the last hidden layer of our own"
                                            + " classifier; it is no FID",
                                    "label entropy: of the classifier's labels in nats; "
                                            + Spread.number(StrictMath.log(data.classes()), 3)
                                            + " if all classes are as frequent",
                                    "the discriminator " + discriminator
                                            + " is dense and starts from the same weights each time",
                                    "sd: standard deviation over runs; a run that diverged is said so"))),
                    List.of(new StudyResult.Figure(
                            "distance",
                            "Feature Frechet distance by round",
                            "Each round prunes 20 % of the generator; lower is better.",
                            "round",
                            "distance",
                            curves)));
        }
    }
}
