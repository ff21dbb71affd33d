package org.espalier.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.cli.console.Console;
import org.espalier.cli.memory.MemoryNeed;
import org.espalier.cli.progress.Durations;
import org.espalier.cli.progress.RunProgress;
import org.espalier.data.DataSet;
import org.espalier.lab.cluster.Simulator;
import org.espalier.lab.estimate.Costs;
import org.espalier.lab.estimate.SearchEstimate;
import org.espalier.lab.experiment.Experiment;

/** What {@code espalier run --plan} shows. */
final class PlanText {
    private static final double CALIBRATION_SECONDS = 3;
    private static final double HOUR = 3600;

    private PlanText() {}

    /**
     * Estimates a search and shows the estimate.
     *
     * @param first the experiment with one trial
     * @param cores numbers of cores to show the time for
     */
    static void print(
            Console console,
            Experiment experiment,
            Experiment first,
            Map<String, DataSet> data,
            MemoryNeed need,
            List<Integer> cores) {
        console.err().println("measuring on this machine, about 6 s, minutes for a large network");
        SearchEstimate estimate = SearchEstimate.of(first, experiment.trials(), data, CALIBRATION_SECONDS);
        PrintStream out = console.out();
        line(
                out,
                "%s: %s of %,d levels in all; %,d levels to train, as levels that chains share are trained once",
                experiment.name(),
                RunProgress.chains(Math.toIntExact(estimate.chains()), experiment.trials()),
                estimate.levels(),
                estimate.distinct());
        line(
                out,
                "work        %s core-hours: %s of training, %s of evaluation",
                hours(estimate.training() + estimate.evaluation()),
                hours(estimate.training()),
                hours(estimate.evaluation()));
        estimate.costs().forEach((pair, costs) -> {
            Costs.Point dense = costs.points().getFirst();
            Costs.Point last = costs.points().getLast();
            line(
                    out,
                    "            %s: %.3g ms an iteration dense, %.3g ms at %.3g %% of the weights",
                    pair,
                    1000 * dense.iteration(),
                    1000 * last.iteration(),
                    100 * last.density());
        });
        if (estimate.assumed() > 0) {
            line(
                    out,
                    "            %,d more objectives are taken to be like the first of their data set",
                    estimate.assumed());
        }
        Simulator.Outcome one = estimate.on(1);
        line(out, "path        %s on any number of cores: the longest chain", time(one.criticalPath()));
        for (int n : cores) {
            Simulator.Outcome outcome = estimate.on(n);
            line(
                    out,
                    "time        %s on %,d %s, %.0f %% of them in use",
                    time(outcome.makespan()),
                    n,
                    n == 1 ? "core" : "cores",
                    100 * outcome.work() / outcome.makespan() / n);
        }
        line(
                out,
                "memory      %,d MiB for the program and its data, %,d MiB for each level in training",
                mib(need.bytes(0)),
                mib(need.job()));
        line(out, "disk        %,d MiB for the store", mib(estimate.storeBytes()));
        if (experiment.training().mask().isPresent()) {
            line(out, "            times are of plain updates: what training.mask computes besides comes on top");
        }
        if (experiment.robustness().isPresent()) {
            line(out, "            the attacks of robustness come on top, in time and on disk");
        }
        out.flush();
    }

    private static void line(PrintStream out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values).stripTrailing());
    }

    private static String hours(double seconds) {
        double hours = seconds / HOUR;
        return String.format(Locale.ROOT, hours < 10 ? "%.2g" : "%,.0f", hours);
    }

    private static String time(double seconds) {
        return "about " + Durations.of(Duration.ofMillis(Math.round(1000 * seconds)));
    }

    private static long mib(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }
}
