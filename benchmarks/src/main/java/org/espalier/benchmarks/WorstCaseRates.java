package org.espalier.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.attack.KeptIterate;
import org.espalier.attack.LabelChoice;
import org.espalier.attack.Pgd;
import org.espalier.data.DataProgress;
import org.espalier.data.Split;
import org.espalier.data.catalogue.DataSets;
import org.espalier.engine.Engine;
import org.espalier.engine.Engines;
import org.espalier.evaluate.AttackedAccuracy;
import org.espalier.evaluate.EvaluationSettings;
import org.espalier.evaluate.Evaluator;
import org.espalier.evaluate.Measurement;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredLevel;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.random.Stream;

/**
 * What leaving broken images alone saves, on the trained networks of a search's first trial: natural and PGD-10 evaluation of
 * digits by kept points and by worst case, in turn, in processor time, which other processes disturb less than the clock.
 *
 * <p>What it saves hangs on how many images break and how soon, so networks have to be trained; epsilon is a second way to
 * set it.
 */
public final class WorstCaseRates {
    private static final int IMAGES = 1024;
    private static final int ROUNDS = 9;
    private static final double WARM_UP = 1.5; // seconds
    private static final Stream STREAM = Stream.root(1);

    private WorstCaseRates() {}

    /**
     * Prints a table.
     *
     * @param arguments the search's directory, then levels, then epsilons, both parted by commas
     */
    public static void main(String[] arguments) {
        Split images = first(
                DataSets.load("digits", Optional.empty(), DataProgress.NONE).test(), IMAGES);
        Store store = Store.open(Path.of(arguments[0]));
        List<StoredLevel> levels = store.levels(store.trials().getFirst());
        System.out.println("| weights remaining | epsilon | PGD accuracy: kept point, worst case | images a second of"
                + " processor time: kept point, worst case | ratio (quartiles) |");
        System.out.println("|---|---|---|---|---|");
        for (String level : arguments[1].split(",", -1)) {
            StoredNetwork network =
                    levels.get(Integer.parseInt(level)).trained().orElseThrow();
            for (String epsilon : arguments[2].split(",", -1)) {
                System.out.println(row(network, Float.parseFloat(epsilon), images));
            }
        }
    }

    private static String row(StoredNetwork network, float epsilon, Split images) {
        Engine engine = Engines.create(network.mask().architecture());
        engine.load(network.weights(), network.mask());
        Pgd attack = new Pgd(epsilon, epsilon / 6, 10, true, 1, KeptIterate.LAST, LabelChoice.TRUE);
        Evaluator kept = evaluator(engine, attack, AttackedAccuracy.KEPT_POINT);
        Evaluator worst = evaluator(engine, attack, AttackedAccuracy.WORST_CASE);
        Split few = first(images, IMAGES / 4);
        for (double spent = 0; spent < WARM_UP; ) {
            spent += seconds(kept, few) + seconds(worst, few);
        }
        double[] keptSeconds = new double[ROUNDS];
        double[] worstSeconds = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            keptSeconds[round] = seconds(kept, images);
            worstSeconds[round] = seconds(worst, images);
            ratios[round] = keptSeconds[round] / worstSeconds[round];
        }
        Arrays.sort(keptSeconds);
        Arrays.sort(worstSeconds);
        Arrays.sort(ratios);
        return String.format(
                Locale.ROOT,
                "| %.1f %% | %s | %.1f, %.1f %% | %,.0f, %,.0f | %.2f (%.2f-%.2f) |",
                100 * network.mask().density(),
                epsilon,
                100 * accuracy(kept, images),
                100 * accuracy(worst, images),
                IMAGES / keptSeconds[ROUNDS / 2],
                IMAGES / worstSeconds[ROUNDS / 2],
                ratios[ROUNDS / 2],
                ratios[ROUNDS / 4],
                ratios[ROUNDS - 1 - ROUNDS / 4]);
    }

    private static Evaluator evaluator(Engine engine, Pgd attack, AttackedAccuracy accuracy) {
        return new Evaluator(
                engine,
                new EvaluationSettings(
                        new LinkedHashMap<>(Map.of("pgd", attack)), Optional.empty(), Optional.empty(), accuracy));
    }

    private static double seconds(Evaluator evaluator, Split images) {
        long from = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        List<Measurement> measured = evaluator.measure(0, images, 0, STREAM);
        long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - from;
        if (measured.size() != 2) {
            throw new IllegalStateException("expected a natural and an attacked measurement, got " + measured);
        }
        return nanos / 1e9;
    }

    private static double accuracy(Evaluator evaluator, Split images) {
        return evaluator.measure(0, images, 0, STREAM).getLast().accuracy();
    }

    private static Split first(Split split, int images) {
        return split.part(split.name(), 0, images);
    }
}
