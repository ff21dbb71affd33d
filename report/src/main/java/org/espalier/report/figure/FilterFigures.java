package org.espalier.report.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.espalier.UserException;
import org.espalier.lab.store.LevelState;
import org.espalier.lab.store.Store;
import org.espalier.lab.store.StoredNetwork;
import org.espalier.lab.store.StoredTrial;
import org.espalier.network.Architecture;
import org.espalier.report.chart.Figure;
import org.espalier.report.chart.FigureGroup;
import org.espalier.report.chart.Panel;
import org.espalier.report.notation.Numbers;
import org.espalier.report.result.Cell;

/** The filters of a convolutional network's first layer as trained: one figure for each trial, one panel for each density. */
final class FilterFigures {
    /** Filters that a panel shows at most. */
    static final int MOST = 64;

    private static final int LEVELS = 6;
    private static final int TRIALS = 10;

    /** The strongest negative weight, zero, and the strongest positive one. */
    private static final int[][] SIGNED = {{0xb2, 0x18, 0x2b}, {0xf7, 0xf7, 0xf7}, {0x21, 0x66, 0xac}};

    /** Colours of pruned weights: unlike zero's, beside signs and beside colours. */
    private static final String PRUNED_SIGNED = "#c3c8ce";

    private static final String PRUNED_RGB = "#ffffff";

    private FilterFigures() {}

    /**
     * The filters of a layer.
     *
     * @param layer its name
     * @param outputs number of filters
     * @param channels that each filter reads
     * @param side of its kernel, in pixels
     * @param weights (filter, channel, row, column)
     * @param survivors positions of the weights that are not pruned
     */
    record Filters(String layer, int outputs, int channels, int side, float[] weights, BitSet survivors) {
        /** The first layer's; empty if it is not a convolution. */
        static Optional<Filters> of(StoredNetwork network) {
            Architecture shape = network.mask().architecture();
            if (!shape.convolution(0)) {
                return Optional.empty();
            }
            int area = shape.kernelArea(0);
            return Optional.of(new Filters(
                    shape.node(0),
                    shape.outputs(0),
                    shape.inputs(0) / area,
                    (int) Math.round(Math.sqrt(area)),
                    network.weights().matrix(0).clone(),
                    network.mask().survivors(0)));
        }

        /** All filters side by side in a square, one cell apart; a cell is a weight. */
        Panel.Picture picture(String title) {
            int shown = Math.min(MOST, outputs);
            int across = (int) Math.ceil(Math.sqrt(shown));
            int down = Math.ceilDiv(shown, across);
            int columns = across * (side + 1) - 1;
            int rows = down * (side + 1) - 1;
            String[] colors = new String[rows * columns];
            Arrays.fill(colors, "");
            double top = top(shown);
            for (int filter = 0; filter < shown; filter++) {
                for (int at = 0; at < side * side; at++) {
                    int row = filter / across * (side + 1) + at / side;
                    int column = filter % across * (side + 1) + at % side;
                    colors[row * columns + column] = color(filter, at, top);
                }
            }
            return new Panel.Picture(title, rows, columns, List.of(colors));
        }

        /** The largest magnitude that is drawn. */
        private double top(int shown) {
            double top = 0;
            for (int filter = 0; filter < shown; filter++) {
                for (int at = 0; at < side * side; at++) {
                    if (channels == 3) {
                        for (int channel = 0; channel < 3; channel++) {
                            top = Math.max(top, Math.abs(weight(filter, channel, at)));
                        }
                    } else {
                        top = Math.max(top, Math.abs(mean(filter, at)));
                    }
                }
            }
            return top;
        }

        private String color(int filter, int at, double top) {
            if (channels == 3) {
                return survives(filter, at)
                        ? rgb(weight(filter, 0, at) / top, weight(filter, 1, at) / top, weight(filter, 2, at) / top)
                        : PRUNED_RGB;
            }
            return survives(filter, at) ? signed(mean(filter, at) / top) : PRUNED_SIGNED;
        }

        private int position(int filter, int channel, int at) {
            return (filter * channels + channel) * side * side + at;
        }

        private double weight(int filter, int channel, int at) {
            return weights[position(filter, channel, at)];
        }

        private boolean survives(int filter, int at) {
            for (int channel = 0; channel < channels; channel++) {
                if (survivors.get(position(filter, channel, at))) {
                    return true;
                }
            }
            return false;
        }

        private double mean(int filter, int at) {
            double sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                sum += weight(filter, channel, at);
            }
            return sum / channels;
        }
    }

    /** The colour of a share from -1 to 1; any other number has the colour of the nearer end, NaN that of zero. */
    static String signed(double share) {
        double step = Double.isNaN(share) ? 0 : Math.clamp(share, -1, 1);
        int[] end = SIGNED[step < 0 ? 0 : 2];
        int[] color = new int[3];
        for (int i = 0; i < 3; i++) {
            color[i] = (int) Math.rint(SIGNED[1][i] + (end[i] - SIGNED[1][i]) * Math.abs(step));
        }
        return hex(color);
    }

    /** A colour whose red, green and blue are shares from -1 to 1; the mean gray is zero. */
    static String rgb(double red, double green, double blue) {
        return hex(new int[] {level(red), level(green), level(blue)});
    }

    private static int level(double share) {
        return Double.isNaN(share) ? 128 : (int) Math.rint(255 * (0.5 + 0.5 * Math.clamp(share, -1, 1)));
    }

    private static String hex(int[] color) {
        return String.format(Locale.ROOT, "#%02x%02x%02x", color[0], color[1], color[2]);
    }

    /** Reads a cell's networks and draws their filters; no group if the first layer is not a convolution. */
    static FigureKind.Made of(String prefix, Store store, Cell cell, String strategy) {
        Map<Integer, Map<Integer, Filters>> found = new TreeMap<>();
        var problems = new ConcurrentSkipListSet<String>();
        List<StoredTrial> trials = store.trials().stream()
                .filter(t -> t.id().dataset().equals(cell.dataset())
                        && t.id().objective().equals(cell.objective())
                        && t.id().strategy().equals(strategy))
                .limit(TRIALS)
                .toList();
        for (StoredTrial trial : trials) {
            Map<Integer, Filters> levels = new ConcurrentHashMap<>();
            levels(store, cell, trial).parallelStream()
                    .forEach(level -> network(store, trial.levels().get(level), problems)
                            .flatMap(Filters::of)
                            .ifPresent(filters -> levels.put(level, filters)));
            if (!levels.isEmpty()) {
                found.put(trial.id().trial(), new TreeMap<>(levels));
            }
        }
        var variants = new ArrayList<FigureGroup.Variant>();
        found.forEach((trial, levels) -> {
            Filters first = levels.values().iterator().next();
            variants.add(new FigureGroup.Variant(
                    "trial " + trial,
                    new Figure(
                            prefix + "-filters-" + trial,
                            "Filters of " + first.layer() + ", trial " + trial + ": " + cell.dataset() + ", "
                                    + cell.objective() + " training",
                            caption(first, strategy),
                            List.of(),
                            levels.entrySet().stream()
                                    .map(e -> (Panel) e.getValue().picture(Numbers.density(density(cell, e.getKey()))))
                                    .toList())));
        });
        return new FigureKind.Made(
                variants.isEmpty() ? List.of() : List.of(new FigureGroup("Filters of the first layer", variants)),
                List.copyOf(problems));
    }

    private static final String SIGNS = "Blue is positive, red is negative, white is zero, gray is pruned.";

    private static String caption(Filters filters, String strategy) {
        return "Weights of " + filters.layer() + " after training in \"" + strategy + "\", one trial, by weights"
                + " remaining in the network. A square is a filter of " + filters.side() + " x " + filters.side()
                + " weights"
                + (filters.outputs() > MOST ? "; the first " + MOST + " of " + filters.outputs() : "")
                + ". "
                + switch (filters.channels()) {
                    case 1 -> SIGNS;
                    case 3 ->
                        "Red, green and blue are the weights of the three channels. Mid-gray is zero; white is pruned in all"
                                + " three.";
                    default -> "Means over " + filters.channels() + " channels. " + SIGNS;
                }
                + " The strongest colour is the largest magnitude of the panel.";
    }

    private static List<Integer> levels(Store store, Cell cell, StoredTrial trial) {
        var done = new TreeSet<Integer>();
        for (int level = 0; level < trial.levels().size(); level++) {
            if (cell.shows(trial.id().strategy(), level)
                    && store.level(trial.levels().get(level)).state() == LevelState.DONE) {
                done.add(level);
            }
        }
        return ShownLevels.of(done, LEVELS);
    }

    private static Optional<StoredNetwork> network(Store store, String key, ConcurrentSkipListSet<String> problems) {
        try {
            return store.level(key).trained();
        } catch (UserException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    private static double density(Cell cell, int level) {
        return level < cell.densities().size() ? cell.densities().get(level) : Double.NaN;
    }
}
