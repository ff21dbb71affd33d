package org.espalier.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.espalier.data.DataProgress;
import org.espalier.data.DataSet;
import org.espalier.data.catalogue.DataSets;
import org.espalier.lab.cluster.Simulator;
import org.espalier.lab.experiment.Experiment;
import org.espalier.lab.experiment.ExperimentFile;
import org.espalier.lab.plan.Plan;
import org.espalier.lab.plan.Task;

/**
 * {@code benchmarks/scale}: workers on a shared store, simulated, for grids of chains like the paper's: 20 levels that each keep
 * 80 % of the weights, with the time of a level as density to the power of 0.6.
 */
final class ScaleMain {
    private static final double DENSE_SECONDS = 1800;
    private static final double POWER = 0.6;

    private ScaleMain() {}

    /** Trials of chains that share a dense level, as strategies of one trial do. */
    private static List<Simulator.Group> grid(int trials, int chains) {
        double[] chain = new double[20];
        for (int level = 1; level <= chain.length; level++) {
            chain[level - 1] = DENSE_SECONDS * StrictMath.pow(StrictMath.pow(0.8, level), POWER);
        }
        List<Simulator.Group> grid = new ArrayList<>();
        for (int trial = 0; trial < trials; trial++) {
            grid.add(new Simulator.Group(DENSE_SECONDS, Collections.nCopies(chains, chain)));
        }
        return grid;
    }

    public static void main(String[] arguments) {
        System.out.println("| chains | workers | faults | of the ideal | over the path | in use | lost | repeated |"
                + " doubled | operations/s | busiest minute |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        var vanishing = Simulator.Conditions.vanishing(0.01);
        // 1 % vanish, 1 % stall for twice the term, 5 % take twice the time.
        var bad = new Simulator.Conditions(0.01, 0.01, 0.05, 2, 300, 180, 60);
        row("120", grid(120, 1), 120, "1 % vanish", vanishing);
        for (int workers : List.of(10, 100, 1_000, 10_000)) {
            List<Simulator.Group> grid = grid(2_500, 4);
            row("10,000", grid, workers, "none", Simulator.Conditions.IDEAL);
            row("10,000", grid, workers, "1 % vanish", vanishing);
            row("10,000", grid, workers, "1 % vanish, 1 % stall, 5 % slow", bad);
        }
        System.out.println();
        plan();
    }

    /** Memory and time of the plan that a worker, or a driver, holds. */
    private static void plan() {
        DataSet digits = DataSets.load("digits", Optional.empty(), DataProgress.NONE);
        for (int trials : List.of(30, 2_500)) {
            Experiment experiment = ExperimentFile.read(
                    "quick-mlp",
                    List.of(
                            "trials=" + trials,
                            "pruning.levels=20",
                            "strategies=[original, random, continued, rewind-100]"));
            long start = System.nanoTime();
            Plan plan = new Plan(experiment, Map.of("digits", digits));
            List<Task> tasks = plan.tasks();
            double seconds = (System.nanoTime() - start) * 1e-9;
            System.gc();
            long used =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            System.out.println(String.format(
                    Locale.ROOT,
                    "plan of %,d chains, %,d levels: %.1f s, %,d MiB with the program and its data",
                    plan.trials().size(),
                    tasks.size(),
                    seconds,
                    used >> 20));
        }
    }

    private static void row(
            String chains, List<Simulator.Group> grid, int workers, String faults, Simulator.Conditions conditions) {
        Simulator.Outcome outcome = Simulator.run(grid, workers, conditions, 1);
        System.out.println(String.format(
                Locale.ROOT,
                "| %s | %,d | %s | %.3f | %.2f | %.1f %% | %,d | %.2f %% | %d | %,.0f | %,.0f |",
                chains,
                workers,
                faults,
                outcome.efficiency(),
                outcome.makespan() / outcome.criticalPath(),
                100 * outcome.work() / outcome.makespan() / workers,
                outcome.vanished(),
                100 * outcome.repeated() / outcome.work(),
                outcome.doubled(),
                outcome.operations(),
                outcome.busiest()));
    }
}
