package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.espalier.lab.store.Store;
import org.espalier.network.Architecture;
import org.espalier.network.LivePaths;
import org.espalier.network.Mask;
import org.espalier.report.chart.Axis;
import org.espalier.report.chart.Curve;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Line;
import org.espalier.report.chart.Panel;
import org.espalier.report.content.Report;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;

/**
 * What the surviving networks look like: densities of their first weights (figures 13 to 15 of the paper), the input pixels
 * that they read, what is alive in each layer, and how far masks agree.
 */
public final class NetworkFigures {
    private static final int BINS = 512;
    private static final int DRAWN = 96;

    /** Brightest of the maps: pixels with so many times the average. */
    private static final double TOP = 3;

    private final String prefix;
    private final Cell cell;
    private final CellCurves curves;
    private final NetworkReader networks;
    private final String base;

    private NetworkFigures(String prefix, Cell cell, NetworkReader networks) {
        this.prefix = prefix;
        this.cell = cell;
        this.networks = networks;
        curves = new CellCurves(cell);
        base = curves.base();
    }

    /** Reads the networks of a cell and makes its figures. */
    public static FigureKind.Made of(String prefix, Store store, Cell cell) {
        NetworkReader networks = NetworkReader.read(store, cell);
        NetworkFigures figures = new NetworkFigures(prefix, cell, networks);
        var groups = new ArrayList<FigureGroup>();
        groups.add(FigureGroup.of("Initial weights of the survivors", figures.initialWeights()));
        var problems = new ArrayList<>(networks.problems());
        // A convolution reads every pixel with each of its weights: its filters say more than a map of pixels.
        if (figures.architecture().filter(a -> a.convolution(0)).isPresent()) {
            FigureKind.Made filters = FilterFigures.of(prefix, store, cell, figures.base);
            groups.addAll(filters.groups());
            problems.addAll(filters.problems());
        } else {
            groups.add(FigureGroup.of("Input pixels that survive", figures.pixels()));
        }
        groups.add(FigureGroup.of("Neurons and weights alive", figures.alive()));
        groups.add(FigureGroup.of("Agreement of masks", figures.overlap()));
        return new FigureKind.Made(groups, problems.stream().distinct().toList());
    }

    private Optional<Architecture> architecture() {
        return networks.firsts().values().stream()
                .map(n -> n.mask().architecture())
                .findFirst();
    }

    /** The survivors' values in the dense network before training, one frame a layer. */
    private Figure initialWeights() {
        var panels = new ArrayList<Panel>();
        List<Integer> levels = levels(4, List.of(0, 3, 8, 15));
        List<String> names = names(levels);
        int layers = architecture().map(Architecture::layers).orElse(0);
        for (int layer = 0; layer < layers; layer++) {
            panels.add(initialWeights(layer, levels, names));
        }
        return new Figure(
                prefix + "-initial-weights",
                "Initial weights of the survivors: " + subject(),
                "Density of the weights, before any training, of the connections that survive in \"" + base
                        + "\", all trials together; smoothed with a Gaussian of Silverman's width.",
                List.of(FigureStyle.levels(names)),
                panels);
    }

    private Panel initialWeights(int layer, List<Integer> levels, List<String> names) {
        double top = 0;
        for (var network : networks.firsts().values()) {
            for (float weight : network.weights().matrix(layer)) {
                top = Math.max(top, Math.abs(weight));
            }
        }
        top = top > 0 ? top * 1.3 : 1;
        var lines = new ArrayList<Line>();
        for (int i = 0; i < levels.size(); i++) {
            double[] bins = new double[BINS];
            for (var first : networks.firsts().entrySet()) {
                Optional<Mask> mask = networks.mask(base, first.getKey(), levels.get(i));
                if (mask.isPresent()) {
                    float[] weights = first.getValue().weights().matrix(layer);
                    BitSet survivors = mask.get().survivors(layer);
                    for (int at = survivors.nextSetBit(0); at >= 0; at = survivors.nextSetBit(at + 1)) {
                        int bin = (int) ((weights[at] + top) / (2 * top) * BINS);
                        bins[Math.max(0, Math.min(BINS - 1, bin))]++;
                    }
                }
            }
            lines.add(Line.of(smoothed(bins, top), names.get(i)));
        }
        Architecture shape = architecture().orElseThrow();
        return new Panel.Lines(
                shape.node(layer) + ": " + shape.outputs(layer) + " x " + inputs(shape, layer),
                Axis.of("initial weight", Axis.Scale.LINEAR),
                Axis.of("probability density", Axis.Scale.ZERO),
                lines,
                false);
    }

    /** Inputs of a layer: a number, or channels x rows x columns of a kernel. */
    private static String inputs(Architecture shape, int layer) {
        int area = shape.kernelArea(layer);
        int side = (int) Math.round(Math.sqrt(area));
        return shape.convolution(layer)
                ? shape.inputs(layer) / area + " x " + side + " x " + side
                : Integer.toString(shape.inputs(layer));
    }

    /** A density from counts in bins over [-top, top]. */
    static Curve smoothed(double[] bins, double top) {
        double count = 0;
        double squares = 0;
        double width = 2 * top / bins.length;
        for (int b = 0; b < bins.length; b++) {
            double at = -top + (b + 0.5) * width;
            count += bins[b];
            squares += bins[b] * at * at;
        }
        if (count < 2) {
            return Curve.EMPTY;
        }
        // The mean is as good as zero: initial weights are drawn around it.
        double bandwidth = Math.max(width, 0.9 * Math.sqrt(squares / count) * StrictMath.pow(count, -0.2));
        double[] x = new double[DRAWN];
        double[] y = new double[DRAWN];
        for (int i = 0; i < DRAWN; i++) {
            x[i] = -top + 2 * top * i / (DRAWN - 1);
            double sum = 0;
            for (int b = 0; b < bins.length; b++) {
                double distance = (x[i] - (-top + (b + 0.5) * width)) / bandwidth;
                if (bins[b] > 0 && Math.abs(distance) < 6) {
                    sum += bins[b] * StrictMath.exp(-0.5 * distance * distance);
                }
            }
            y[i] = sum / (count * bandwidth * Math.sqrt(2 * Math.PI));
        }
        return Curve.ofDerived(x, y);
    }

    /** For each pixel how many surviving weights read it, beside the average pixel. */
    private Figure pixels() {
        var panels = new ArrayList<Panel>();
        int inputs = architecture()
                .filter(a -> a.inputs(0) == a.inputs())
                .map(Architecture::inputs)
                .orElse(0);
        List<Integer> sizes = architecture().map(a -> a.graph().input().sizes()).orElse(List.of());
        // Of flat inputs the sides are not known.
        int area = sizes.size() == 3 ? sizes.get(1) * sizes.get(2) : inputs;
        int side = (int) Math.round(Math.sqrt(area));
        int rows = sizes.size() == 3 ? sizes.get(1) : side;
        if (inputs > 0 && (sizes.size() == 3 || side * side == inputs)) {
            for (int level : levels(6, ShownLevels.PAPER)) {
                double[] counts = new double[area];
                double all = 0;
                for (int trial : networks.trials()) {
                    Optional<Mask> mask = networks.mask(base, trial, level);
                    if (mask.isPresent()) {
                        BitSet survivors = mask.get().survivors(0);
                        for (int at = survivors.nextSetBit(0); at >= 0; at = survivors.nextSetBit(at + 1)) {
                            // Channels lie one after the other.
                            counts[at % inputs % area]++;
                            all++;
                        }
                    }
                }
                if (all > 0) {
                    for (int i = 0; i < area; i++) {
                        counts[i] *= area / all;
                    }
                    panels.add(new Panel.Heat(name(level), rows, area / rows, counts, "times the average pixel", TOP));
                }
            }
        }
        return new Figure(
                prefix + "-pixels",
                "Input pixels that survive: " + subject(),
                "How many surviving weights of \"" + base
                        + "\" read each input pixel, in multiples of the average pixel,"
                        + " mean over trials; the scale ends at three times the average.",
                List.of(),
                panels);
    }

    /** Units on a path of surviving weights, and weights, by layer. */
    private Figure alive() {
        var units = new LinkedHashMap<String, TreeMap<Double, List<Double>>>();
        var weights = new LinkedHashMap<String, TreeMap<Double, List<Double>>>();
        for (int level : networks.levels()) {
            double density = 100 * curves.density(base, level);
            for (int trial : networks.trials()) {
                Optional<Mask> mask = networks.mask(base, trial, level);
                if (mask.isPresent()) {
                    Architecture shape = mask.get().architecture();
                    LivePaths paths = new LivePaths(mask.get());
                    List<BitSet> alive = paths.reachedUnits();
                    boolean channels = IntStream.range(0, shape.layers()).anyMatch(shape::convolution);
                    for (int layer = 0; layer < shape.layers(); layer++) {
                        // Channels are outputs of convolutions; of the last layer every logit is alive.
                        if (!channels) {
                            add(
                                    units,
                                    "inputs of " + shape.node(layer),
                                    density,
                                    100.0 * paths.inputs(layer).length / shape.inputs(layer));
                        } else if (layer < shape.layers() - 1) {
                            add(
                                    units,
                                    (shape.convolution(layer) ? "channels of " : "neurons of ") + shape.node(layer),
                                    density,
                                    100.0 * alive.get(layer).cardinality() / shape.outputs(layer));
                        }
                        add(
                                weights,
                                "weights of " + shape.node(layer),
                                density,
                                100.0 * mask.get().count(layer) / shape.weights(layer));
                    }
                }
            }
        }
        var names = new ArrayList<>(units.keySet());
        names.addAll(weights.keySet());
        Axis x = Axis.densities();
        return new Figure(
                prefix + "-alive",
                "Neurons and weights alive: " + subject(),
                "A neuron, channel or input is alive if a path of surviving weights leads through it from an input to a logit, in \""
                        + base + "\". Mean over trials; bars are one standard deviation.",
                List.of(FigureStyle.of("alive", names)),
                List.of(
                        new Panel.Lines(
                                "neurons, channels and inputs alive",
                                x,
                                Axis.of("alive (% of the dense network's)", Axis.Scale.PERCENT),
                                lines(units),
                                true),
                        new Panel.Lines(
                                "weights surviving",
                                x,
                                Axis.of("surviving (% of the layer)", Axis.Scale.LOG),
                                lines(weights),
                                true)));
    }

    /** How far masks agree beyond chance: over trials of one strategy, and over strategies of one trial. */
    private Figure overlap() {
        var found = new LinkedHashMap<String, TreeMap<Double, List<Double>>>();
        var chance = new LinkedHashMap<String, TreeMap<Double, List<Double>>>();
        for (int level : networks.levels()) {
            if (level == 0) {
                continue;
            }
            double density = 100 * curves.density(base, level);
            var trials = new ArrayList<>(networks.trials());
            for (String strategy : curves.strategies()) {
                for (int i = 0; i < trials.size(); i++) {
                    for (int j = i + 1; j < trials.size(); j++) {
                        overlap(
                                found,
                                chance,
                                "two trials of " + strategy,
                                density,
                                networks.mask(strategy, trials.get(i), level),
                                networks.mask(strategy, trials.get(j), level));
                    }
                }
            }
            for (String other : curves.strategies()) {
                if (!other.equals(base)) {
                    for (int trial : trials) {
                        overlap(
                                found,
                                chance,
                                base + " and " + other + ", one trial",
                                density,
                                networks.mask(base, trial, level),
                                networks.mask(other, trial, level));
                    }
                }
            }
        }
        var all = new LinkedHashMap<>(found);
        all.putAll(chance);
        return new Figure(
                prefix + "-overlap",
                "Agreement of masks: " + subject(),
                "Jaccard index: weights that survive in both masks, of those that survive in either. By chance: what masks"
                        + " drawn at random with as many survivors in each layer would share. Mean over pairs; bars are one"
                        + " standard deviation.",
                List.of(FigureStyle.of("masks of", List.copyOf(all.keySet()))),
                List.of(new Panel.Lines(
                        "",
                        Axis.densities(),
                        Axis.of("shared survivors, Jaccard index (%)", Axis.Scale.LOG),
                        lines(all),
                        true)));
    }

    private static void overlap(
            Map<String, TreeMap<Double, List<Double>>> found,
            Map<String, TreeMap<Double, List<Double>>> chance,
            String name,
            double density,
            Optional<Mask> one,
            Optional<Mask> other) {
        if (one.isPresent() && other.isPresent()) {
            add(found, name, density, 100 * jaccard(one.get(), other.get()));
            add(chance, "by chance", density, 100 * jaccardByChance(one.get(), other.get()));
        }
    }

    /** Survivors of both masks over survivors of either; 1 where neither has any. */
    static double jaccard(Mask one, Mask other) {
        long both = 0;
        long either = 0;
        for (int layer = 0; layer < one.architecture().layers(); layer++) {
            BitSet shared = one.survivors(layer);
            shared.and(other.survivors(layer));
            both += shared.cardinality();
            either += one.count(layer) + other.count(layer) - shared.cardinality();
        }
        return either == 0 ? 1 : (double) both / either;
    }

    /** The ratio of expected counts for random masks with as many survivors in each layer. */
    static double jaccardByChance(Mask one, Mask other) {
        double both = 0;
        double either = 0;
        for (int layer = 0; layer < one.architecture().layers(); layer++) {
            double shared = (double) one.count(layer)
                    * other.count(layer)
                    / one.architecture().weights(layer);
            both += shared;
            either += one.count(layer) + other.count(layer) - shared;
        }
        return either == 0 ? 1 : both / either;
    }

    private static List<Line> lines(Map<String, TreeMap<Double, List<Double>>> numbers) {
        var lines = new ArrayList<Line>();
        numbers.forEach((name, all) -> lines.add(Line.of(Curve.ofMeans(all), name)));
        return lines;
    }

    private static void add(Map<String, TreeMap<Double, List<Double>>> to, String name, double density, double number) {
        to.computeIfAbsent(name, _ -> new TreeMap<>(Comparator.reverseOrder()))
                .computeIfAbsent(density, _ -> new ArrayList<>())
                .add(number);
    }

    private List<Integer> levels(int most, List<Integer> paper) {
        var there = new TreeSet<>(networks.levels());
        there.removeIf(level -> networks.trials().stream()
                .noneMatch(t -> networks.mask(base, t, level).isPresent()));
        return there.size() > most && there.containsAll(paper) ? paper : ShownLevels.of(there, most);
    }

    private List<String> names(List<Integer> levels) {
        return levels.stream().map(this::name).toList();
    }

    private String name(int level) {
        return Numbers.density(curves.density(base, level));
    }

    private String subject() {
        return cell.dataset() + ", " + cell.objective() + " training";
    }

    /** Registers the figures. */
    public static final class Definition implements FigureKind {
        @Override
        public Made ofCell(String prefix, Report.Run run, Cell cell) {
            return NetworkFigures.of(prefix, run.store(), cell);
        }
    }
}
