package org.espalier.lab.study.popup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.data.BatchOrder;
import org.espalier.data.DataSet;
import org.espalier.dynamic.Cosine;
import org.espalier.engine.Engine;
import org.espalier.engine.Gradients;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.study.StudyContext;
import org.espalier.lab.study.StudyKind;
import org.espalier.lab.study.StudyResult;
import org.espalier.lab.study.loop.LogitLosses;
import org.espalier.lab.study.loop.LogitPass;
import org.espalier.lab.study.loop.Spread;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.setting.Kind;
import org.espalier.setting.Setting;

/**
 * Pensia, Rajput, Nagle, Vishwakarma and Papailiopoulos, "Optimal lottery tickets via subset-sum" (2020), second experiment: edge-popup
 * on a network whose inputs each have several random weights of their own, beside a plain network of as many weights.
 */
@Kind("redundant-layers")
public record RedundantLayers(
        @Setting(value = "data set", preset = "digits") String data,

        @Setting(value = "networks", preset = "[redundant, redundant-relu, wide]", minItems = 1)
        List<Arm> arms,

        @Setting(
                value = "shares of each layer's weights to remove",
                preset = "[0.5, 0.9, 0.98, 0.99]",
                min = 0,
                max = 1,
                below = true,
                minItems = 1)
        List<Double> sparsities,

        @Setting(value = "hidden units of the redundant network", preset = "500", min = 1, max = 10_000)
        int hidden,

        @Setting(value = "weights of each input's own", preset = "5", min = 1, max = 100)
        int redundancy,

        @Setting(value = "epochs that learn scores", preset = "3", min = 1)
        int epochs,

        @Setting(value = "learning rate of scores; a cosine by epochs", preset = "0.1", min = 0)
        double rate,

        @Setting(value = "runs with seeds of their own", preset = "3", min = 1)
        int runs,

        @Setting(value = "first seed", preset = "1") long seed) {

    /** Networks to compare. */
    public enum Arm {
        /** Inputs of each layer multiplied by weights of their own. */
        REDUNDANT,
        /** The same with a ReLU behind these products. */
        REDUNDANT_RELU,
        /** A plain network with as many weights. */
        WIDE;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final int BATCH = LogitPass.LANES; // 64, as in the source

    /** Registers the study. */
    public static final class Definition implements StudyKind<RedundantLayers> {
        @Override
        public Class<RedundantLayers> settings() {
            return RedundantLayers.class;
        }

        @Override
        public String question() {
            return "Does edge-popup find sparser networks where each connection has several random weights to choose"
                    + " from?";
        }

        @Override
        public String source() {
            return "Pensia, Rajput, Nagle, Vishwakarma and Papailiopoulos 2020 (second experiment) and their code; images are"
                    + " not normalised";
        }

        @Override
        public boolean needsRun() {
            return false;
        }

        @Override
        public StudyResult run(RedundantLayers settings, StudyContext context) {
            return new Study(settings, context).run();
        }
    }

    /** A training to make. */
    private record Task(Arm arm, double sparsity, int run) {
        /** Letters, digits and hyphens. */
        String name() {
            return arm.text() + "-"
                    + Double.toString(sparsity).replace('.', '-').toLowerCase(Locale.ROOT) + "-run-" + (run + 1);
        }
    }

    /**
     * What it gave.
     *
     * @param accuracy share of the test images
     */
    private record Found(int weights, int kept, double accuracy) {}

    /** Weights of the redundant network. */
    static int weights(int inputs, int hidden, int classes, int redundancy) {
        return redundancy * (inputs * hidden + hidden * classes + inputs + hidden);
    }

    /** Hidden units of the plain network of nearest as many weights. */
    static int wideHidden(int inputs, int hidden, int classes, int redundancy) {
        return Math.max(
                1, (int) Math.round((double) weights(inputs, hidden, classes, redundancy) / (inputs + classes)));
    }

    private static final class Study {
        private final RedundantLayers settings;
        private final StudyContext context;
        private final DataSet data;

        Study(RedundantLayers settings, StudyContext context) {
            this.settings = settings;
            this.context = context;
            data = context.data(settings.data);
        }

        StudyResult run() {
            List<Task> tasks = new ArrayList<>();
            for (int run = 0; run < settings.runs; run++) {
                for (Arm arm : settings.arms) {
                    for (double sparsity : settings.sparsities) {
                        tasks.add(new Task(arm, sparsity, run));
                    }
                }
            }
            List<Found> found = context.all(tasks.stream().map(this::kept).toList());
            LinkedHashMap<Task, Found> byTask = new LinkedHashMap<>();
            for (int i = 0; i < tasks.size(); i++) {
                byTask.put(tasks.get(i), found.get(i));
            }
            return result(byTask);
        }

        private Callable<Found> kept(Task task) {
            return () -> {
                double[] numbers = context.numbers(task.name(), () -> {
                    Found found = train(task);
                    context.say(task.name() + ": " + Spread.number(100 * found.accuracy, 2) + " %");
                    return new double[] {found.weights, found.kept, found.accuracy};
                });
                return new Found((int) numbers[0], (int) numbers[1], numbers[2]);
            };
        }

        private Found train(Task task) {
            // Arms and sparsities of a run see the same batches.
            Stream run =
                    Stream.root(settings.seed).child("study redundant layers").child(task.run);
            Stream draws = run.child(task.arm.name());
            int inputs = data.train().features();
            int hidden = task.arm == Arm.WIDE
                    ? wideHidden(inputs, settings.hidden, data.classes(), settings.redundancy)
                    : settings.hidden;
            Architecture network = new Architecture(List.of(inputs, hidden, data.classes()), false);
            List<ScoredLayer> layers = new ArrayList<>();
            for (int layer = 0; layer < network.layers(); layer++) {
                int from = network.inputs(layer);
                int to = network.outputs(layer);
                Stream own = draws.child(layer);
                layers.add(
                        task.arm == Arm.WIDE
                                ? new PlainLayer(from, to, task.sparsity, own)
                                : new RedundantLayer(
                                        from,
                                        to,
                                        settings.redundancy,
                                        task.arm == Arm.REDUNDANT_RELU,
                                        task.sparsity,
                                        own));
            }
            double accuracy = accuracy(learn(network, layers, run));
            List<ScoredWeights> parts =
                    layers.stream().flatMap(layer -> layer.parts().stream()).toList();
            return new Found(
                    parts.stream().mapToInt(ScoredWeights::size).sum(),
                    parts.stream().mapToInt(ScoredWeights::count).sum(),
                    accuracy);
        }

        /** Learns the scores; gives an engine that holds the linear maps of the last choice. */
        private Engine learn(Architecture network, List<ScoredLayer> layers, Stream run) {
            Engine engine = context.engine(network);
            Weights matrices = new Weights(network);
            Weights gradient = new Weights(network);
            effective(layers, matrices);
            engine.load(matrices, Mask.dense(network));
            LogitPass pass = new LogitPass(engine, 1);
            int[] labels = data.train().labels();
            BatchOrder order = new BatchOrder(run, data.train().size(), BATCH);
            for (int epoch = 0; epoch < settings.epochs; epoch++) {
                double rate = Cosine.at(epoch, settings.epochs, settings.rate, 0);
                for (int batch = 0; batch < order.batchesPerEpoch(); batch++) {
                    int update = epoch * order.batchesPerEpoch() + batch;
                    int[] images = new int[order.count(update)];
                    System.arraycopy(order.order(update), order.first(update), images, 0, images.length);
                    pass.load(data.train(), images, 0);
                    pass.forward(1);
                    pass.loss(
                            0,
                            images.length,
                            update,
                            (example, logits, slopes) -> LogitLosses.crossEntropy(
                                    logits, 0, logits.length, labels[images[example]], 1.0 / images.length, slopes));
                    pass.backward(1, Gradients.WEIGHTS);
                    engine.readGradient(gradient);
                    for (int layer = 0; layer < layers.size(); layer++) {
                        layers.get(layer).gradient(gradient.matrix(layer));
                        layers.get(layer).parts().forEach(part -> part.learn(rate));
                    }
                    effective(layers, matrices);
                    engine.writeWeights(matrices);
                }
            }
            return engine;
        }

        private static void effective(List<ScoredLayer> layers, Weights matrices) {
            for (int layer = 0; layer < layers.size(); layer++) {
                layers.get(layer).effective(matrices.matrix(layer));
            }
        }

        private double accuracy(Engine engine) {
            Measurement measured = new Evaluator(engine, new EvaluationSettings(new LinkedHashMap<>()))
                    .measure(0, data.test(), 0, Stream.root(settings.seed))
                    .getFirst();
            return (double) measured.correct() / measured.examples();
        }

        private StudyResult result(LinkedHashMap<Task, Found> found) {
            List<List<String>> rows = new ArrayList<>();
            List<StudyResult.Curve> curves = new ArrayList<>();
            for (Arm arm : settings.arms) {
                List<Double> x = new ArrayList<>();
                List<Double> y = new ArrayList<>();
                for (double sparsity : settings.sparsities) {
                    double[] accuracies = accuracies(found, arm, sparsity);
                    Found first = found.get(new Task(arm, sparsity, 0));
                    List<String> row = new ArrayList<>(List.of(
                            arm.text(),
                            Double.toString(sparsity),
                            first == null ? "" : Integer.toString(first.weights),
                            first == null ? "" : Integer.toString(first.kept)));
                    row.addAll(Spread.cells(accuracies, 2));
                    rows.add(row);
                }
                settings.sparsities.stream().sorted().forEach(sparsity -> {
                    x.add(100 * sparsity);
                    y.add(Spread.mean(accuracies(found, arm, sparsity)));
                });
                curves.add(new StudyResult.Curve(arm.text(), x, y));
            }
            List<StudyResult.Table> tables = new ArrayList<>(List.of(new StudyResult.Table(
                    "accuracy",
                    "Accuracy of random networks on " + settings.data + ", of which edge-popup chose the weights",
                    2,
                    List.of("network", "sparsity", "weights", "kept", "accuracy %", "sd"),
                    rows,
                    List.of(
                            "sparsity: share of each layer's weights that is removed",
                            "no weight is trained; " + settings.epochs + " epochs of scores, " + settings.runs
                                    + (settings.runs == 1 ? " run" : " runs")))));
            List<List<String>> differences = differences(found);
            if (!differences.isEmpty()) {
                tables.add(new StudyResult.Table(
                        "reading",
                        "Accuracy of the redundant networks less that of the wide one, in points",
                        2,
                        List.of("network", "sparsity", "difference", "sd"),
                        differences,
                        List.of("means over runs; the source expects more than 0 at high sparsity")));
            }
            return new StudyResult(
                    tables,
                    List.of(new StudyResult.Figure(
                            "accuracy",
                            "Accuracy by sparsity",
                            "No weight is trained.",
                            "weights removed (%)",
                            "accuracy (%)",
                            curves)));
        }

        private List<List<String>> differences(LinkedHashMap<Task, Found> found) {
            List<List<String>> rows = new ArrayList<>();
            if (settings.arms.contains(Arm.WIDE)) {
                for (Arm arm : settings.arms) {
                    for (double sparsity : settings.sparsities) {
                        if (arm != Arm.WIDE) {
                            double[] ours = accuracies(found, arm, sparsity);
                            double[] wide = accuracies(found, Arm.WIDE, sparsity);
                            for (int run = 0; run < ours.length; run++) {
                                ours[run] -= wide[run];
                            }
                            List<String> row = new ArrayList<>(List.of(arm.text(), Double.toString(sparsity)));
                            row.addAll(Spread.cells(ours, 2));
                            rows.add(row);
                        }
                    }
                }
            }
            return rows;
        }

        /** (run) in %. */
        private static double[] accuracies(LinkedHashMap<Task, Found> found, Arm arm, double sparsity) {
            return found.entrySet().stream()
                    .filter(each -> each.getKey().arm == arm && each.getKey().sparsity == sparsity)
                    .mapToDouble(each -> 100 * each.getValue().accuracy)
                    .toArray();
        }
    }
}
