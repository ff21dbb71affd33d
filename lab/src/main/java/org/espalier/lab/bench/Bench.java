package org.espalier.lab.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.data.Split;
import org.espalier.engine.ActivationBuffers;
import org.espalier.engine.ActivationPanels;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.Gradients;
import org.espalier.engine.KernelMode;
import org.espalier.lab.bench.BenchReport.Figure;
import org.espalier.lab.bench.BenchReport.Masks;
import org.espalier.lab.bench.BenchReport.Product;
import org.espalier.lab.bench.BenchReport.Row;
import org.espalier.lab.bench.BenchReport.Side;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.random.Stream;
import org.espalier.ticket.Level;
import org.espalier.ticket.TrainedLevel;

/**
 * Measures the engine on the machine at hand, all in one run so that figures can be compared: the core's peak, dense
 * products, training steps and evaluation at the paper's levels, with kernels dense and auto, and trials side
 * by side.
 */
public final class Bench {
    private static final List<KernelMode> MODES = List.of(KernelMode.DENSE, KernelMode.AUTO);

    /** Time that C2 needs to compile the kernels of one work and mode. */
    private static final double COMPILING = 1.2;

    private final BenchSettings settings;
    private final Split images;
    private final Progress progress;
    private int stepsDone;
    private final int steps;

    /** Shows the present measurement. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called before each part.
         *
         * @param what in words
         * @param done share of the parts that are done, 0 to 1
         */
        void now(String what, double done);
    }

    /** A bench on images of the paper's size. */
    public Bench(BenchSettings settings, Split images, Progress progress) {
        this.settings = settings;
        this.images = images;
        this.progress = progress;
        int levels = settings.levels().size();
        int several = (int) settings.jobs().stream().filter(n -> n > 1).count();
        steps = 2 + settings.deepest() + 1 + Work.values().length * levels * 2 + levels * several;
    }

    /** Measures everything. */
    public BenchReport run() {
        Architecture paper = Architecture.PAPER;
        say("compiling");
        warmUp();
        List<TrainedLevel> search = RealNetworks.search(
                images,
                settings.searchIterations(),
                settings.deepest(),
                level -> say(String.format(
                        Locale.ROOT, "searching for networks, level %d of %d", level, settings.deepest())));
        say("the peak and dense products");
        double peak =
                InterleavedTiming.besidePeak(List.of(), settings.seconds()).peak();
        List<Product> products = new ArrayList<>();
        for (int layer = 0; layer < paper.layers(); layer++) {
            products.add(product(paper, layer));
        }
        List<Row> rows = new ArrayList<>();
        List<Side> together = new ArrayList<>();
        for (int number : settings.levels()) {
            Level level = search.get(number).level();
            Weights trained = search.get(number).trained();
            rows.addAll(rows(number == 0 ? Masks.NONE : Masks.REAL, number, trained, level.mask()));
            if (number > 0) {
                Mask random = RandomMasks.like(level.mask(), Stream.root(3));
                rows.addAll(rows(Masks.RANDOM, number, level.start(), random));
            }
        }
        for (int jobs : settings.jobs()) {
            if (jobs > 1) {
                for (int number : settings.levels()) {
                    together.addAll(together(jobs, search.get(number)));
                }
            }
        }
        return new BenchReport(settings, Engines.describe(), peak, products, Engines.crossovers(), rows, together);
    }

    private void say(String what) {
        progress.now(what, Math.min(1, (double) stepsDone++ / steps));
    }

    private void warmUp() {
        Architecture paper = Architecture.PAPER;
        Weights start = InitialWeights.GLOROT_UNIFORM.draw(paper, Stream.root(2));
        double seconds = Math.min(COMPILING, 4 * settings.seconds());
        for (double density : new double[] {1, 0.1}) {
            Mask mask = RandomMasks.draw(paper, density, Stream.root(1));
            for (Work work : Work.values()) {
                InterleavedTiming.of(List.of(task(work, KernelMode.AUTO, start, mask, 0)), seconds);
            }
        }
    }

    private Product product(Architecture network, int layer) {
        Architecture shape = new Architecture(List.of(network.inputs(layer), network.outputs(layer)), false);
        Engine engine = Engines.create(shape, KernelMode.DENSE);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(shape, Stream.root(2)), Mask.dense(shape));
        ActivationBuffers buffers = engine.newBuffers(ActivationPanels.LANES);
        fill(buffers.input(), 1);
        fill(buffers.logitGradient(), 2);
        engine.forward(buffers, 0, 1);
        InterleavedTiming.BesidePeak turns = InterleavedTiming.besidePeak(
                List.of(
                        () -> engine.forward(buffers, 0, 1),
                        () -> engine.backward(buffers, 0, 1, Gradients.INPUTS),
                        () -> engine.backward(buffers, 0, 1, Gradients.WEIGHTS)),
                settings.seconds());
        double operations = 2.0 * shape.weights() * ActivationPanels.LANES;
        return new Product(shape, turns.share(0, operations), turns.share(1, operations), turns.share(2, operations));
    }

    private static void fill(ActivationPanels panels, int seed) {
        for (int f = 0; f < panels.features(); f++) {
            for (int e = 0; e < ActivationPanels.LANES; e++) {
                panels.set(f, e, Stream.root(seed).uniform(f * 64L + e));
            }
        }
    }

    /** Rates of kernels dense and auto on one network; for each work the two modes alternate. */
    private List<Row> rows(Masks masks, int level, Weights weights, Mask mask) {
        List<Map<Work, Figure>> figures = MODES.stream()
                .map(_ -> (Map<Work, Figure>) new EnumMap<Work, Figure>(Work.class))
                .toList();
        for (Work work : Work.values()) {
            say(String.format(
                    Locale.ROOT,
                    "level %d, %.1f %% of weights, %s masks: %s",
                    level,
                    100 * mask.density(),
                    masks == Masks.RANDOM ? "random" : "real",
                    work.label()));
            InterleavedTiming.BesidePeak turns = InterleavedTiming.besidePeak(
                    MODES.stream()
                            .map(mode -> task(work, mode, weights, mask, 0))
                            .toList(),
                    settings.seconds());
            for (int m = 0; m < MODES.size(); m++) {
                Rate rate = turns.rates().get(m).times(work.units());
                figures.get(m).put(work, new Figure(rate, turns.share(m, work.units() * work.operations(mask))));
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int m = 0; m < MODES.size(); m++) {
            rows.add(new Row(masks, level, mask.density(), MODES.get(m), figures.get(m)));
        }
        return rows;
    }

    private List<Side> together(int jobs, TrainedLevel network) {
        Level level = network.level();
        say(String.format(Locale.ROOT, "%d trials side by side, level %d", jobs, level.number()));
        List<Side> sides = new ArrayList<>();
        for (Work work : List.of(Work.PGD, Work.EVALUATION)) {
            List<Runnable> tasks = new ArrayList<>();
            for (int trial = 0; trial < jobs; trial++) {
                tasks.add(task(work, KernelMode.AUTO, network.trained(), level.mask(), trial));
            }
            sides.add(new Side(
                    jobs,
                    level.number(),
                    level.mask().density(),
                    work,
                    work.units() * ParallelScaling.rate(tasks, settings.seconds())));
        }
        return sides;
    }

    private Runnable task(Work work, KernelMode mode, Weights start, Mask mask, int trial) {
        Engine engine = Engines.create(mask.architecture(), mode);
        engine.load(start, mask);
        return work.on(engine, images, Stream.root(4).child(trial));
    }
}
