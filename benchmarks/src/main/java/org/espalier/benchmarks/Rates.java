package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.espalier.attack.Fgsm;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSets;
import org.espalier.data.Split;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.engine.KernelMode;
import org.espalier.engine.Panels;
import org.espalier.engine.Pass;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.network.Architecture;
import org.espalier.network.InitialWeights;
import org.espalier.network.Mask;
import org.espalier.random.Stream;
import org.espalier.train.Objective;
import org.espalier.train.Trainer;
import org.espalier.train.TrainingSettings;

/**
 * Rates of the engine as shares of the core's peak, all in one run so that they can be compared: products at the
 * paper's shapes, training steps and evaluation by density with dense and sparse kernels, and two trials on two cores.
 *
 * <p>Each figure is the lower quartile of the times of many short repetitions, after a warm-up. Masks are random, each
 * layer at the same density. "% of peak" counts useful work only: surviving weights, and 60 of a panel's 64 lanes in
 * training steps.
 */
public final class Rates {
    private static final Architecture PAPER = Architecture.PAPER;
    /** Share of weights remaining at the paper's levels 0, 3, 8, 11, 15, 18 and 20. */
    private static final double[] DENSITIES = {1, 0.513, 0.169, 0.087, 0.036, 0.018, 0.012};

    private static final int BATCH = 60;
    private static final int STEPS = 10;

    private final double seconds;
    private final double peak; // operations per second
    private final Split digits;

    private Rates(double seconds) {
        this.seconds = seconds;
        time(FmaPeak::run, 1);
        peak = FmaPeak.operations() / time(FmaPeak::run, seconds);
        digits = DataSets.load("digits", Optional.empty(), DataProgress.NONE).train();
    }

    /** Runs everything; the first argument is the seconds to spend on each figure (1 if absent). */
    public static void main(String[] arguments) throws Exception {
        Rates rates = new Rates(arguments.length > 0 ? Double.parseDouble(arguments[0]) : 1);
        System.out.printf(
                Locale.ROOT,
                "%s, %s; register-only multiply-adds on one core: %.1f GFLOP/s%n%n",
                Engines.describe(),
                Runtime.version(),
                rates.peak / 1e9);
        rates.warmUp();
        rates.products();
        rates.steps();
        rates.twoTrials();
    }

    /** C2 takes its time over the large kernels: all of them run before anything is measured. */
    private void warmUp() {
        for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE)) {
            for (int kind = 0; kind < 3; kind++) {
                time(trainer(mode == KernelMode.DENSE ? 1 : 0.1, mode, kind, 0)::step, 3);
            }
            images(1, mode);
        }
    }

    private void products() {
        System.out.println("Dense products, 64 examples, % of that peak");
        System.out.println("layer       forward  input gradient  weight gradient");
        for (int layer = 0; layer < PAPER.layers(); layer++) {
            Architecture shape = new Architecture(List.of(PAPER.inputs(layer), PAPER.outputs(layer)), false);
            Engine engine = engine(shape, 1, KernelMode.DENSE, 0);
            Pass pass = engine.newPass(Panels.LANES);
            fill(pass.input(), 1);
            fill(pass.logitGradient(), 2);
            engine.forward(pass, 0, 1);
            double work = 2.0 * shape.weights() * Panels.LANES;
            System.out.printf(
                    Locale.ROOT,
                    "%-10s  %7.0f  %14.0f  %15.0f%n",
                    shape,
                    100 * work / time(() -> engine.forward(pass, 0, 1), seconds) / peak,
                    100 * work / time(() -> engine.inputGradient(pass, 0, 1, (p, g, o, f, i, c) -> {}), seconds) / peak,
                    100 * work / time(() -> engine.weightGradient(pass, 0, 1), seconds) / peak);
        }
        System.out.println();
    }

    private static void fill(Panels panels, int seed) {
        for (int f = 0; f < panels.features(); f++) {
            for (int e = 0; e < Panels.LANES; e++) {
                panels.set(f, e, Stream.root(seed).uniform(f * 64L + e));
            }
        }
    }

    private void steps() {
        System.out.println("Steps per second, batch 60, and images per second of PGD-10 evaluation, one core");
        System.out.println("density  kernels   natural     FGSM   PGD-10  % of peak  images/s  % of peak");
        double[] dense = new double[4];
        for (double density : DENSITIES) {
            for (KernelMode mode : List.of(KernelMode.DENSE, KernelMode.SPARSE, KernelMode.CHOSEN)) {
                double[] rate = new double[4];
                for (int kind = 0; kind < 3; kind++) {
                    Trainer trainer = trainer(density, mode, kind, 0);
                    rate[kind] = 1 / time(trainer::step, seconds);
                }
                rate[3] = images(density, mode);
                if (density == 1 && mode == KernelMode.DENSE) {
                    dense = rate;
                }
                double weights = density * PAPER.weights();
                double layer0 = density * PAPER.weights(0);
                // An attack step is a forward pass and a gradient of the inputs; a training step passes both batches
                // forward and back, but for the first layer's input gradient, and makes the weights' gradients.
                double step = 2 * BATCH * (STEPS * 2 * weights + 2 * (2 * weights + weights - layer0));
                double image = 2 * (STEPS * 2 * weights + weights);
                System.out.printf(
                        Locale.ROOT,
                        "%5.1f %%  %-7s  %8.0f  %7.0f  %7.0f  %9.0f  %8.0f  %9.0f%n",
                        100 * density,
                        mode.toString().toLowerCase(Locale.ROOT),
                        rate[0],
                        rate[1],
                        rate[2],
                        100 * step * rate[2] / peak,
                        rate[3],
                        100 * image * rate[3] / peak);
                if (density < 1 && mode == KernelMode.CHOSEN) {
                    System.out.printf(
                            Locale.ROOT,
                            "         x dense  %8.1f  %7.1f  %7.1f             %8.1f%n",
                            rate[0] / dense[0],
                            rate[1] / dense[1],
                            rate[2] / dense[2],
                            rate[3] / dense[3]);
                }
            }
        }
        System.out.println();
    }

    private double images(double density, KernelMode mode) {
        Engine engine = engine(PAPER, density, mode, 0);
        Split few = first(digits, 1280);
        Evaluator evaluator = new Evaluator(
                engine, new EvaluationSettings(new LinkedHashMap<>(Map.of("pgd", Pgd.paper(LabelChoice.TRUE)))));
        Stream stream = Stream.root(3);
        return few.size() / time(() -> evaluator.measure(0, few, 0, stream), Math.max(seconds, 1));
    }

    private static Split first(Split split, int images) {
        return new Split(
                split.name(),
                split.features(),
                Arrays.copyOf(split.images(), images * split.features()),
                Arrays.copyOf(split.labels(), images));
    }

    private void twoTrials() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(2);
        double one = together(workers, 1);
        double two = together(workers, 2);
        workers.shutdown();
        System.out.printf(
                Locale.ROOT,
                "PGD-10 steps per second, dense: one trial on one core %.0f, two trials on two cores %.0f, %.2f times%n",
                one,
                two,
                two / one);
    }

    private double together(ExecutorService workers, int trials) throws Exception {
        List<Callable<Double>> tasks = new ArrayList<>();
        for (int t = 0; t < trials; t++) {
            Trainer trainer = trainer(1, KernelMode.CHOSEN, 2, t);
            tasks.add(() -> 1 / time(trainer::step, 5 * seconds));
        }
        double sum = 0;
        for (var rate : workers.invokeAll(tasks)) {
            sum += rate.get();
        }
        return sum;
    }

    private Trainer trainer(double density, KernelMode mode, int kind, int trial) {
        Objective objective = switch (kind) {
            case 0 -> new Objective.Natural();
            case 1 -> new Objective.Mixed(0.5, new Fgsm(0.3f, LabelChoice.TRUE));
            default -> new Objective.Mixed(0.5, Pgd.paper(LabelChoice.TRUE));
        };
        Stream stream = Stream.root(1).child(trial);
        return new Trainer(engine(PAPER, density, mode, trial), digits, TrainingSettings.paper(objective), stream);
    }

    private static Engine engine(Architecture architecture, double density, KernelMode mode, int trial) {
        Stream stream = Stream.root(2).child(trial);
        BitSet[] survivors = new BitSet[architecture.layers()];
        for (int layer = 0; layer < survivors.length; layer++) {
            int[] order = stream.child(layer).permutation(architecture.weights(layer));
            survivors[layer] = new BitSet();
            for (int i = 0; i < Math.round(density * order.length); i++) {
                survivors[layer].set(order[i]);
            }
        }
        Engine engine = Engines.create(architecture, mode);
        engine.load(InitialWeights.GLOROT_UNIFORM.draw(architecture, stream), Mask.of(architecture, survivors));
        return engine;
    }

    /** Seconds of one run: the lower quartile over repetitions of about 20 ms, after as long a warm-up again. */
    private static double time(Runnable run, double seconds) {
        long warm = System.nanoTime() + (long) (seconds * 1e9);
        long runs = 0;
        long start = System.nanoTime();
        while (runs == 0 || System.nanoTime() < warm) {
            run.run();
            runs++;
        }
        long repetitions = Math.max(1, runs * 20_000_000L / (System.nanoTime() - start));
        List<Double> times = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (times.size() < 3 || System.nanoTime() < end) {
            long from = System.nanoTime();
            for (long i = 0; i < repetitions; i++) {
                run.run();
            }
            times.add((System.nanoTime() - from) / 1e9 / repetitions);
        }
        Collections.sort(times);
        return times.get(times.size() / 4);
    }
}
