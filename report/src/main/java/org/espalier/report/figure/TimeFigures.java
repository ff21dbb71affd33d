package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.espalier.UserException;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.StoredTrial;
import org.espalier.lab.store.Timing;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.content.Report;

/** What levels cost: updates per second and seconds a level, against density. */
public final class TimeFigures {
    /** Time that one level took, over all processes that worked on it. */
    private static final class Spent {
        private long updates;
        private double training;
        private double measuring;
    }

    private TimeFigures() {}

    /**
     * The figure of a run.
     *
     * @param id the figure's id
     * @param label names the run where there are several
     */
    public static FigureGroup of(String id, String label, Report.Run run) {
        Map<String, Spent> spent = spent(run.store().timings());
        // (data set and objective) density in percent -> a number of each level of it
        var speeds = new LinkedHashMap<String, TreeMap<Double, List<Double>>>();
        var seconds = new LinkedHashMap<String, TreeMap<Double, List<Double>>>();
        var seen = new HashSet<String>();
        for (StoredTrial trial : run.store().trials()) {
            String cell = trial.id().dataset() + ", " + trial.id().objective() + " training";
            for (String key : trial.levels()) {
                Spent time = spent.get(key);
                if (time == null || time.updates == 0 || time.training <= 0 || !seen.add(key)) {
                    continue;
                }
                density(run, key).ifPresent(density -> {
                    add(speeds, cell, density, time.updates / time.training);
                    if (run.store().level(key).state() == LevelState.DONE) {
                        add(seconds, cell, density, time.training + time.measuring);
                    }
                });
            }
        }
        List<String> cells = List.copyOf(speeds.keySet());
        Axis x = Axis.densities();
        return FigureGroup.of(
                (label.isEmpty() ? "" : label + ": ") + "Speed and time by density",
                new Figure(
                        id,
                        "Speed and time by density" + (label.isEmpty() ? "" : ": " + label),
                        "From timings.jsonl: one core a level, whatever else the machine was doing. Mean over trials and"
                                + " strategies; bars are one standard deviation. Time of a level: training and measuring.",
                        List.of(FigureStyle.of("training", cells)),
                        List.of(
                                panel("training speed", x, Axis.of("updates per second", Axis.Scale.LOG), speeds),
                                panel("time of a level", x, Axis.of("seconds a level", Axis.Scale.LOG), seconds))));
    }

    private static Panel panel(String title, Axis x, Axis y, Map<String, TreeMap<Double, List<Double>>> values) {
        var lines = new ArrayList<Line>();
        values.forEach((cell, numbers) -> lines.add(Line.of(Curve.ofMeans(numbers), cell)));
        return new Panel.Lines(title, x, y, lines, true);
    }

    private static void add(Map<String, TreeMap<Double, List<Double>>> to, String cell, double density, double number) {
        to.computeIfAbsent(cell, _ -> new TreeMap<>(Comparator.reverseOrder()))
                .computeIfAbsent(density, _ -> new ArrayList<>())
                .add(number);
    }

    private static Optional<Double> density(Report.Run run, String key) {
        try {
            // Four digits: trials of one level may differ by a weight.
            return run.store().level(key).density().map(d -> Math.rint(d * 1e6) / 1e4);
        } catch (UserException e) {
            return Optional.empty();
        }
    }

    private static Map<String, Spent> spent(List<Timing> timings) {
        var spent = new HashMap<String, Spent>();
        var reached = new HashMap<String, Integer>();
        for (Timing timing : timings) {
            Integer before = reached.put(timing.level(), timing.iteration());
            if (before != null && timing.iteration() > before) {
                Spent level = spent.computeIfAbsent(timing.level(), _ -> new Spent());
                level.updates += timing.iteration() - before;
                level.training += timing.trainingSeconds();
                level.measuring += timing.evaluationSeconds();
            }
        }
        return spent;
    }

    /** Registers the figures. */
    public static final class Definition implements FigureKind {
        @Override
        public Section section() {
            return Section.TIME;
        }

        @Override
        public List<FigureGroup> ofRun(String prefix, String label, Report.Run run) {
            return List.of(TimeFigures.of(prefix, label, run));
        }
    }
}
