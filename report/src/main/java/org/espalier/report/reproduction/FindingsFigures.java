package org.espalier.report.reproduction;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.espalier.UserException;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.chart.draw.FigureDrawing;
import org.espalier.report.figure.FigureStyle;
import org.espalier.report.format.Csv;

/**
 * The figures of docs/findings.md. They are drawn from the CSV files in docs/findings, so that a figure shows what the tables say, with
 * or without the searches.
 */
public final class FindingsFigures {
    /** Folder of the figures, in that of the files. */
    public static final String FOLDER = "figures";

    /** Methods of one panel; more lines cannot be told apart. */
    private static final int METHODS = 4;

    private static final String BARS = "Means over trials; bars are one standard deviation, and one trial has none.";
    private static final String STANDARD = "right under standard (%)";
    private static final String CERTIFIED = "certified";

    /** Test images of the certificates that are drawn; some networks have others of more. */
    private static final String IMAGES = "1000";

    private final Path folder;
    private final Map<String, String> changed;
    private final Set<String> deleted;

    private FindingsFigures(Path folder, Map<String, String> changed, Set<String> deleted) {
        this.folder = folder;
        this.changed = changed;
        this.deleted = deleted;
    }

    /**
     * All figures whose files are there.
     *
     * @param folder of the CSV files
     * @return SVG by file name
     * @throws UserException naming a file that cannot be read
     */
    public static Map<String, String> drawn(Path folder) {
        return drawn(folder, Map.of(), Set.of());
    }

    /**
     * The same as if some files had changed already.
     *
     * @param changed texts of files that are written later, by name
     * @param deleted names of files that are deleted later
     */
    static Map<String, String> drawn(Path folder, Map<String, String> changed, Set<String> deleted) {
        var drawn = new LinkedHashMap<String, String>();
        all(new FindingsFigures(folder, changed, deleted))
                .forEach(figure -> drawn.put(figure.id() + ".svg", FigureDrawing.svg(figure)));
        return drawn;
    }

    /** All figures whose files are there and have something to show. */
    static List<Figure> all(Path folder) {
        return all(new FindingsFigures(folder, Map.of(), Set.of()));
    }

    private static List<Figure> all(FindingsFigures figures) {
        var all = new ArrayList<Figure>();
        figures.whenKept(
                "certified-curve-certificates.csv",
                rows -> all.add(certificates(
                        "certified-curve", "Accuracy and time to certify, by density", "", rows, List.of())));
        figures.whenKept(
                "certified-continued-certificates.csv",
                rows -> figures.whenKept(
                        "certified-unpruned-certificates.csv",
                        control -> all.add(certificates(
                                "certified-continued",
                                "Accuracy and time to certify, by density, when training continues",
                                " \"not pruned\": networks with 99 % of the weights or more, after as many updates.",
                                rows,
                                control))));
        Map<String, SortedMap<Double, List<Double>>> trainings = new LinkedHashMap<>();
        figures.whenKept(
                "certified-robustness.csv", rows -> putRobust(trainings, rows, _ -> "trained for certificates"));
        figures.whenKept(
                "robust-tenth-robustness.csv",
                rows -> putRobust(trainings, rows, row -> "trained on PGD, " + value(row, "strategy")));
        if (figures.kept("certified-robustness.csv") && figures.kept("robust-tenth-robustness.csv")) {
            all.add(tenth(trainings));
        }
        figures.whenKept("benchmark-digits-mlp.csv", rows -> all.add(benchmark(rows)));
        figures.whenKept("benchmark-certified-methods.csv", rows -> all.add(certifiedMethods(rows)));
        figures.whenKept(
                "benchmark-robust-methods.csv",
                inside -> figures.whenKept("benchmark-corner-starts.csv", corners -> all.add(starts(inside, corners))));
        figures.whenKept("paper-differences.csv", rows -> all.addAll(paper(rows)));
        all.removeIf(Figure::isEmpty);
        return all;
    }

    private boolean kept(String file) {
        return changed.containsKey(file) || !deleted.contains(file) && Files.exists(folder.resolve(file));
    }

    private void whenKept(String file, Consumer<List<Map<String, String>>> figures) {
        if (kept(file)) {
            Path path = folder.resolve(file);
            String text = changed.get(file);
            try {
                figures.accept(text == null ? Csv.read(path) : Csv.rows(text, path));
            } catch (IllegalArgumentException e) {
                throw new UserException(path + " cannot be drawn: " + e.getMessage(), e);
            }
        }
    }

    /**
     * Accuracies and the time of certificates by weights remaining.
     *
     * @param control certificates of networks that were hardly pruned: each is drawn above the pruned ones of its level, and levels that
     *     it lacks are left out. Empty: none
     */
    private static Figure certificates(
            String id, String title, String more, List<Map<String, String>> rows, List<Map<String, String>> control) {
        Map<String, SortedMap<Double, List<Double>>> accuracies = new LinkedHashMap<>();
        Map<String, SortedMap<Double, List<Double>>> seconds = new LinkedHashMap<>();
        Map<String, Double> densities = new LinkedHashMap<>(); // by level
        Set<String> levels = distinct(control.isEmpty() ? rows : control, "level");
        for (Map<String, String> row : rows) {
            if (!value(row, "images").equals(IMAGES) || !levels.contains(value(row, "level"))) {
                continue;
            }
            double density = 100 * number(row, "density");
            densities.put(value(row, "level"), density);
            put(accuracies, "natural", density, 100 * number(row, "natural"));
            put(accuracies, "under PGD", density, 100 * number(row, "attacked"));
            put(accuracies, CERTIFIED, density, 100 * number(row, "certified"));
            put(seconds, CERTIFIED, density, 1000 * number(row, "seconds"));
        }
        for (Map<String, String> row : control) {
            Double density = densities.get(value(row, "level"));
            if (density != null && value(row, "images").equals(IMAGES)) {
                put(accuracies, "certified, not pruned", density, 100 * number(row, "certified"));
            }
        }
        return new Figure(
                id,
                title,
                BARS + " Epsilon 0.3, first 1,000 test images of digits." + more,
                List.of(FigureStyle.colors("accuracy", accuracies.keySet())),
                List.of(
                        lines("", Axis.densities(), percent("test accuracy (%)"), accuracies),
                        lines("", Axis.densities(), Axis.of("CROWN, ms per image", Axis.Scale.ZERO), seconds)));
    }

    /** The two kinds of training at a tenth of the weights. */
    private static Figure tenth(Map<String, SortedMap<Double, List<Double>>> curves) {
        return new Figure(
                "tenth",
                "Robust accuracy, dense and with 9.2 % of the weights",
                BARS + " Epsilon 0.3, first 1,000 test images of digits; right under the suite standard.",
                List.of(FigureStyle.colors("training", curves.keySet())),
                List.of(lines("", Axis.densities(), percent(STANDARD), curves)));
    }

    private static void putRobust(
            Map<String, SortedMap<Double, List<Double>>> curves,
            List<Map<String, String>> rows,
            Function<Map<String, String>, String> name) {
        rows.stream()
                .filter(row -> value(row, "purpose").equals("worst-case"))
                .forEach(row -> put(curves, name.apply(row), 100 * number(row, "density"), 100 * number(row, "after")));
    }

    /** The methods that keep the most on average over the shares pruned, weights and units apart. */
    private static Figure benchmark(List<Map<String, String>> rows) {
        var shown = new LinkedHashSet<String>();
        var panels = new ArrayList<Panel>();
        for (String pruned : List.of("weights", "units")) {
            Map<String, SortedMap<Double, List<Double>>> methods = new LinkedHashMap<>();
            for (Map<String, String> row : rows) {
                if (value(row, "pruned").equals(pruned) && !value(row, "method").equals("dense")) {
                    double kept = 100 * (1 - number(row, "sparsity"));
                    put(methods, value(row, "method"), kept, 100 * number(row, "robust"));
                }
            }
            Map<String, SortedMap<Double, List<Double>>> best = new LinkedHashMap<>();
            methods.entrySet().stream()
                    .sorted(Comparator.comparingDouble(entry -> -mean(entry.getValue())))
                    .limit(METHODS)
                    .forEach(entry -> best.put(entry.getKey(), entry.getValue()));
            shown.addAll(best.keySet());
            panels.add(lines(
                    pruned + " pruned",
                    Axis.of(pruned + " remaining (%)", Axis.Scale.LOG_FALLING),
                    percent(STANDARD),
                    best));
        }
        return new Figure(
                "benchmark",
                "Robust accuracy by what remains, best methods",
                BARS + " Epsilon 0.1, first 500 test images of digits, 2,000 updates; of each kind the " + METHODS
                        + " methods with the highest mean.",
                List.of(FigureStyle.colors("method", shown)),
                panels);
    }

    /** Methods of a benchmark: those that prune trained networks, and those that prune earlier. */
    private static Figure certifiedMethods(List<Map<String, String>> rows) {
        var shown = new LinkedHashSet<String>();
        var panels = new ArrayList<Panel>();
        for (boolean after : new boolean[] {true, false}) {
            Map<String, SortedMap<Double, List<Double>>> methods = byMethod(
                    rows.stream()
                            .filter(row -> value(row, "prunes").equals("after") == after)
                            .toList(),
                    CERTIFIED);
            shown.addAll(methods.keySet());
            panels.add(lines(
                    after ? "after training" : "before or during training",
                    Axis.densities(),
                    percent("certified accuracy (%)"),
                    methods));
        }
        return new Figure(
                "certified-methods",
                "Certified accuracy by weights remaining, by when a method prunes",
                BARS + " Epsilon 0.3, first 1,000 test images of digits, 6,000 updates.",
                List.of(FigureStyle.colors("method", shown)),
                panels);
    }

    /** A column of a benchmark, in %, by method and share of weights that remain; without the dense network. */
    private static Map<String, SortedMap<Double, List<Double>>> byMethod(
            List<Map<String, String>> rows, String column) {
        Map<String, SortedMap<Double, List<Double>>> methods = new LinkedHashMap<>();
        for (Map<String, String> row : rows) {
            if (!value(row, "prunes").equals("none")) {
                put(methods, value(row, "method"), 100 * (1 - number(row, "sparsity")), 100 * number(row, column));
            }
        }
        return methods;
    }

    /**
     * The methods of a second benchmark, trained as in a first one and from corners of the ball.
     *
     * @param inside rows of the first one; its other methods are left out
     */
    private static Figure starts(List<Map<String, String>> inside, List<Map<String, String>> corners) {
        Set<String> methods = distinct(corners, "method");
        Map<String, String> measured = new LinkedHashMap<>();
        measured.put("robust", "all of standard");
        measured.put("white-box", "with gradients");
        Map<String, List<Map<String, String>>> trainings = new LinkedHashMap<>();
        trainings.put("training starts inside the ball", inside);
        trainings.put("training starts at its corners", corners);
        trainings.replaceAll((_, rows) -> rows.stream()
                .filter(row -> methods.contains(value(row, "method")))
                .toList());
        DoubleSummaryStatistics accuracies = trainings.values().stream()
                .flatMap(List::stream)
                .flatMapToDouble(row -> measured.keySet().stream().mapToDouble(column -> 100 * number(row, column)))
                .summaryStatistics();
        // Panels side by side are compared, so they have one scale.
        double least = Math.min(90, 10 * Math.floor(accuracies.getMin() / 10));
        Axis right = percent("right (%)").within(least, Math.max(least + 10, 10 * Math.ceil(accuracies.getMax() / 10)));
        var shown = new LinkedHashSet<String>();
        var panels = new ArrayList<Panel>();
        trainings.forEach((title, rows) -> {
            var lines = new ArrayList<Line>();
            measured.forEach((column, what) -> byMethod(rows, column).forEach((method, curve) -> {
                shown.add(method);
                lines.add(Line.of(Curve.ofMeans(curve), method, what));
            }));
            panels.add(new Panel.Lines(title, Axis.densities(), right, lines, true));
        });
        return new Figure(
                "corner-starts",
                "Accuracy under attack by weights remaining, by where PGD starts in training",
                BARS + " Epsilon 0.3, first 1,000 test images of digits, 3,000 updates on PGD.",
                List.of(
                        FigureStyle.colors("method", shown),
                        FigureStyle.dashes("attacks", List.copyOf(measured.values()))),
                panels);
    }

    private static double mean(SortedMap<Double, List<Double>> curve) {
        return curve.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }

    /** Published and measured accuracies, a figure for each kind of training and a panel for each data set. */
    private static List<Figure> paper(List<Map<String, String>> all) {
        List<Map<String, String>> rows = all.stream()
                .filter(row -> value(row, "setting").equals("as-published")
                        && !value(row, "ours").isEmpty())
                .toList();
        var figures = new ArrayList<Figure>();
        for (String training : distinct(rows, "training")) {
            List<Map<String, String>> of = rows.stream()
                    .filter(row -> value(row, "training").equals(training))
                    .toList();
            Set<String> measured = distinct(of, "measured");
            var panels = new ArrayList<Panel>();
            for (String dataset : distinct(of, "dataset")) {
                var lines = new ArrayList<Line>();
                for (String attack : measured) {
                    // Of natural training the paper has two natural accuracies at a density; the first is drawn.
                    Map<String, Map<String, String>> byDensity = new LinkedHashMap<>();
                    of.stream()
                            .filter(row -> value(row, "dataset").equals(dataset)
                                    && value(row, "measured").equals(attack))
                            .forEach(row -> byDensity.putIfAbsent(value(row, "density"), row));
                    List<Map<String, String>> points = List.copyOf(byDensity.values());
                    lines.add(Line.of(curve(points, "published"), attack, "published"));
                    lines.add(Line.of(curve(points, "ours"), attack, "ours"));
                }
                panels.add(new Panel.Lines(dataset, Axis.densities(), percent("test accuracy (%)"), lines, true));
            }
            figures.add(new Figure(
                    "paper-" + training,
                    training + " training, as published",
                    BARS
                            + " Published: five trials. Accuracy is measured with the attack of the training, and does not show"
                            + " robustness.",
                    List.of(
                            FigureStyle.colors("images", measured),
                            FigureStyle.dashes("figures", List.of("ours", "published"))),
                    panels));
        }
        return figures;
    }

    private static Curve curve(List<Map<String, String>> rows, String figure) {
        return new Curve(
                rows.stream().mapToDouble(row -> number(row, "density")).toArray(),
                rows.stream().mapToDouble(row -> number(row, figure)).toArray(),
                rows.stream()
                        .mapToDouble(row -> value(row, figure + "-deviation").isEmpty()
                                ? Double.NaN
                                : number(row, figure + "-deviation"))
                        .toArray(),
                rows.stream()
                        .mapToInt(row -> (int) number(row, figure + "-trials"))
                        .toArray());
    }

    private static Set<String> distinct(List<Map<String, String>> rows, String column) {
        return rows.stream().map(row -> value(row, column)).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static void put(
            Map<String, SortedMap<Double, List<Double>>> curves, String name, double density, double number) {
        curves.computeIfAbsent(name, _ -> new TreeMap<>(Comparator.reverseOrder()))
                .computeIfAbsent(density, _ -> new ArrayList<>())
                .add(number);
    }

    private static Panel lines(String title, Axis x, Axis y, Map<String, SortedMap<Double, List<Double>>> curves) {
        Function<Map.Entry<String, SortedMap<Double, List<Double>>>, Line> line =
                entry -> Line.of(Curve.ofMeans(entry.getValue()), entry.getKey());
        return new Panel.Lines(title, x, y, curves.entrySet().stream().map(line).toList(), true);
    }

    private static Axis percent(String label) {
        return Axis.of(label, Axis.Scale.PERCENT);
    }

    private static String value(Map<String, String> row, String column) {
        String value = row.get(column);
        if (value == null) {
            throw new IllegalArgumentException(
                    "no column \"" + column + "\", found " + String.join(", ", row.keySet()));
        }
        return value;
    }

    private static double number(Map<String, String> row, String column) {
        String value = value(row, column);
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("column \"" + column + "\" has \"" + value + "\", expected a number", e);
        }
    }
}
