package org.espalier.lab.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Mode;
import org.espalier.engine.StepRule;
import org.espalier.engine.ops.FmaPeak;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Shape;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.OptimizerSettings;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/**
 * Measures one network of any layers: passes and whole PGD-10 training steps by density and batch size, as shares of the
 * core's peak. Images, labels, masks and weights are random, so no data set is needed. Times are processor times of one
 * thread.
 */
public final class NetworkBench {
    private static final int ATTACK_STEPS = 10;
    private static final float EPSILON = 0.3f;
    private static final float STEP = 0.01f;
    private static final double RATE = 1.2e-3;
    /** Batches of images, so that steps do not train on one. */
    private static final int BATCHES = 4;

    /**
     * What to measure.
     *
     * @param name the network's
     * @param densities shares of each layer's weights that survive, each above 0 and at most 1
     * @param batches examples to a step, each at least 1
     * @param kernels to run, each in its turn
     * @param seconds processor time to each figure, above 0
     */
    public record Settings(
            String name,
            Architecture network,
            List<Double> densities,
            List<Integer> batches,
            List<KernelMode> kernels,
            double seconds) {
        public Settings {
            densities = List.copyOf(densities);
            batches = List.copyOf(batches);
            kernels = List.copyOf(kernels);
            if (!(seconds > 0) || densities.isEmpty() || batches.isEmpty() || kernels.isEmpty()) {
                throw new IllegalArgumentException("a bench needs time, densities, batches and kernels");
            }
            if (densities.stream().anyMatch(d -> !(d > 0 && d <= 1))
                    || batches.stream().anyMatch(b -> b < 1)) {
                throw new IllegalArgumentException("densities lie above 0 and up to 1 and batches are at least 1, got "
                        + densities + " and " + batches);
            }
        }
    }

    /** What is timed. */
    public enum Part {
        /** A forward pass. */
        FORWARD("forward"),
        /** The pass back to the inputs. */
        INPUT_GRADIENT("input gradient"),
        /** A forward pass, the pass back to the inputs and the step along the sign. */
        ATTACK_STEP("attack step"),
        /** The pass back to all weights' gradients, after one forward. */
        WEIGHT_GRADIENT("weight gradient"),
        /** A training step on natural and PGD-10 examples, half and half, with its update. */
        PGD_STEP("pgd step");

        private final String label;

        Part(String label) {
            this.label = label;
        }

        /** The name in tables and files. */
        public String label() {
            return label;
        }
    }

    /**
     * One figure.
     *
     * @param seconds processor time of one run
     * @param share useful operations a second over the peak; a batch's examples count, empty lanes of its panels do not
     */
    public record Figure(double seconds, double share) {}

    /**
     * The figures of one density, batch size and choice of kernels.
     *
     * @param figures one for each part
     */
    public record Row(int batch, double density, KernelMode kernels, Map<Part, Figure> figures) {}

    /**
     * The results.
     *
     * @param engine description of the engine
     * @param peak register-only multiply-adds of one core, the most seen in the run, floating-point operations per second
     * @param multiplyAdds of one example's forward pass through all weights
     */
    public record Report(Settings settings, String engine, double peak, double multiplyAdds, List<Row> rows) {
        /** For JSON: maps, lists, strings and numbers. */
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("network", settings.name());
            json.put("weights", settings.network().weights());
            json.put("multiply-adds", multiplyAdds);
            json.put("engine", engine);
            json.put("peak-flops", peak);
            List<Object> all = new ArrayList<>();
            for (Row row : rows) {
                row.figures().forEach((part, figure) -> {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("batch", row.batch());
                    entry.put("density", row.density());
                    entry.put("kernels", row.kernels().name().toLowerCase(Locale.ROOT));
                    entry.put("part", part.label());
                    entry.put("seconds", figure.seconds());
                    entry.put("of-peak", figure.share());
                    all.add(entry);
                });
            }
            json.put("figures", all);
            return json;
        }
    }

    private final Settings settings;
    private final Architecture network;
    private final Bench.Progress progress;

    /** A bench of one network. */
    public NetworkBench(Settings settings, Bench.Progress progress) {
        this.settings = settings;
        this.progress = progress;
        network = settings.network();
    }

    /** Measures everything. */
    public Report run() {
        double peak = 0;
        List<Row> rows = new ArrayList<>();
        int all = settings.batches().size()
                * settings.densities().size()
                * settings.kernels().size();
        for (int batch : settings.batches()) {
            for (double density : settings.densities()) {
                for (KernelMode kernels : settings.kernels()) {
                    progress.now(
                            String.format(
                                    Locale.ROOT,
                                    "batch %d, %.1f %% of weights, %s kernels",
                                    batch,
                                    100 * density,
                                    kernels.name().toLowerCase(Locale.ROOT)),
                            (double) rows.size() / all);
                    Mask mask = RandomMasks.draw(network, density, Stream.root(1));
                    double[] times = times(batch, mask, kernels);
                    double here = FmaPeak.operations() / times[Part.values().length];
                    peak = Math.max(peak, here);
                    Map<Part, Figure> figures = new LinkedHashMap<>();
                    for (Part part : Part.values()) {
                        double seconds = times[part.ordinal()];
                        figures.put(part, new Figure(seconds, batch * operations(part, mask) / seconds / here));
                    }
                    rows.add(new Row(batch, mask.density(), kernels, figures));
                }
            }
        }
        return new Report(settings, Engines.describe(), peak, multiplyAdds(Mask.dense(network), 0), rows);
    }

    /** Seconds of each part, and of the peak's task, all timed in turn. */
    private double[] times(int batch, Mask mask, KernelMode kernels) {
        Engine engine = engine(mask, kernels);
        Split images = images(BATCHES * batch);
        int panels = ActivationPanels.panelsFor(batch);
        ActivationBuffers buffers = engine.newBuffers(batch);
        buffers.batch(0, panels, batch);
        int[] order = new int[batch];
        for (int i = 0; i < batch; i++) {
            order[i] = i;
        }
        engine.ops().loadImages(images, order, 0, batch, buffers.input(), 0);
        ActivationPanels clean = new ActivationPanels(network.inputs(), batch);
        clean.copy(buffers.input(), 0, 0, panels);
        engine.forward(buffers, 0, panels, Mode.EVALUATION);
        engine.ops()
                .crossEntropyGradient(
                        buffers.logits(), buffers.logitGradient(), 0, panels, images.labels(), 0, batch, 0f, 1f);
        StepRule sign = new StepRule.Sign(STEP, EPSILON);
        Trainer trainer = new Trainer(
                engine(mask, kernels),
                images,
                new TrainingSettings(
                        new Objective.Adversarial(0.5, Pgd.paper(LabelChoice.TRUE)),
                        new OptimizerSettings.Adam(RATE),
                        batch,
                        0,
                        0,
                        0),
                Stream.root(2));
        List<Runnable> tasks = List.of(
                () -> engine.forward(buffers, 0, panels, Mode.EVALUATION),
                () -> engine.backward(buffers, 0, panels, Gradients.INPUTS),
                () -> {
                    engine.forward(buffers, 0, panels, Mode.EVALUATION);
                    engine.perturb(buffers, 0, panels, sign, clean, 0, buffers.input(), 0);
                },
                () -> engine.backward(buffers, 0, panels, Gradients.WEIGHTS),
                trainer::step,
                FmaPeak::run);
        return ProcessorTiming.of(tasks, settings.seconds());
    }

    private Engine engine(Mask mask, KernelMode kernels) {
        Engine engine = Engines.create(network, kernels);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(network, Stream.root(3)), mask);
        return engine;
    }

    private Split images(int count) {
        Shape input = network.graph().input();
        ImageShape shape = input.dimensions() == 3
                ? new ImageShape(input.size(1), input.size(2), input.size(0))
                : new ImageShape(1, input.elements());
        byte[] pixels = new byte[Math.multiplyExact(count, input.elements())];
        Stream stream = Stream.root(4);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (256 * stream.uniform(i));
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % network.classes();
        }
        return new Split("random", shape, pixels, labels);
    }

    /** Multiply-adds of one example's forward pass through the remaining weights of the layers from one on. */
    private double multiplyAdds(Mask mask, int firstLayer) {
        double sum = 0;
        for (int layer = firstLayer; layer < network.layers(); layer++) {
            sum += (double) mask.count(layer) * network.positions(layer);
        }
        return sum;
    }

    /** Useful floating-point operations of a part for one example. */
    private double operations(Part part, Mask mask) {
        double all = 2 * multiplyAdds(mask, 0);
        double behind = 2 * multiplyAdds(mask, 1); // the pass back to the first layer's outputs
        return switch (part) {
            case FORWARD, INPUT_GRADIENT -> all;
            case ATTACK_STEP -> 2 * all;
            case WEIGHT_GRADIENT -> behind + all;
            case PGD_STEP -> ATTACK_STEPS * 2 * all + 2 * (all + behind + all);
        };
    }
}
