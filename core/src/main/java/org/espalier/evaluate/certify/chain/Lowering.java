package org.espalier.evaluate.certify.chain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.network.Architecture;
import org.espalier.network.Graph;
import org.espalier.network.Mask;
import org.espalier.network.Operation;
import org.espalier.network.Shape;
import org.espalier.network.Weights;

/**
 * Turns a graph into levels of units: level 0 holds the inputs, and a unit of any other level is an affine function of the units of
 * the level below, mostly with a ReLU. The result computes exactly what the graph does.
 *
 * <ul>
 *   <li>Convolutions, batch norm with running statistics, normalisation, average pools, sums and paddings are affine functions.
 *       They are composed until a ReLU makes a unit of them.
 *   <li>A maximum is {@code max(a, b) = b + relu(a - b)}; of more values in rounds. A max pool over a ReLU comes first: {@code
 *       max(relu(a), relu(b)) = relu(max(a, b))}.
 *   <li>A shortcut passes levels in units without a ReLU.
 * </ul>
 */
final class Lowering {
    /** Weights of the largest network that is unrolled, a convolution's counted once for each position; 0.7 GiB. */
    static final long MOST_WEIGHTS = 1L << 25;

    /** Units of all levels together; bounds take 1 KiB for each, optimised ones 5 KiB. */
    static final int MOST_UNITS = 1 << 18;

    /** The values of a node: functions of the units of one level, in the order of the node's shape. */
    private record Values(int level, Affine[] functions) {}

    /**
     * A unit of a level above the inputs.
     *
     * @param row what it computes before its ReLU
     * @param pass whether it has none
     * @param place in the image, row by row; 0 where the node is flat
     */
    record Unit(Affine row, boolean pass, int place) {}

    /**
     * The units of a level above the inputs.
     *
     * @param passed the value of each function that a unit carries on already
     */
    record Level(List<Unit> units, Map<Affine, Affine> passed) {
        Level() {
            this(new ArrayList<>(), new IdentityHashMap<>());
        }
    }

    private final Weights weights;
    private final Mask mask;
    private final Graph graph;
    private final Map<String, Graph.Node> nodes = new LinkedHashMap<>();
    private final Map<String, Integer> layers = new HashMap<>(); // weight layer of each node
    private final Map<String, Values> known = new HashMap<>();
    private final List<Level> levels = new ArrayList<>();
    private final Combination sum = new Combination();
    private final Affine[] logits;
    private long unrolled;
    private int units;

    /**
     * Lowers a network.
     *
     * @throws IllegalArgumentException if a value that bounds need is not finite
     * @throws UserException if the network is too large
     */
    Lowering(Weights weights, Mask mask) {
        this.weights = weights;
        this.mask = mask;
        graph = weights.graph();
        Architecture architecture = weights.architecture();
        for (Graph.Node node : graph.nodes()) {
            nodes.put(node.name(), node);
        }
        for (int layer = 0; layer < architecture.layers(); layer++) {
            layers.put(architecture.node(layer), layer);
        }
        checkSize();
        Affine[] inputs = new Affine[architecture.inputs()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = Affine.unit(i);
        }
        known.put(Graph.INPUT, new Values(0, inputs));
        Values output = values(graph.output());
        while (levels.size() > output.level()) {
            levels.removeLast(); // made for nothing that the output reads
        }
        logits = output.functions();
    }

    /** Levels above the inputs. */
    List<Level> levels() {
        return levels;
    }

    /** (class): functions of the last level's units. */
    Affine[] logits() {
        return logits;
    }

    private void checkSize() {
        Architecture architecture = weights.architecture();
        long all = 0;
        for (int layer = 0; layer < architecture.layers(); layer++) {
            int positions = graph.shape(architecture.node(layer)).elements() / architecture.outputs(layer);
            all += (long) mask.count(layer) * positions;
        }
        if (all > MOST_WEIGHTS) {
            throw tooLarge(String.format(Locale.ROOT, "%,d weights", all), MOST_WEIGHTS);
        }
    }

    private static UserException tooLarge(String found, long limit) {
        return new UserException(String.format(
                Locale.ROOT,
                "the network is too large to be certified: unrolled over all positions it has %s, expected at most %,d;"
                        + " a sparser network has fewer",
                found,
                limit));
    }

    private Values values(String name) {
        Values before = known.get(name);
        if (before != null) {
            return before;
        }
        Graph.Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalStateException("no layer " + name);
        }
        Values values = lower(node);
        known.put(name, values);
        return values;
    }

    private Values lower(Graph.Node node) {
        String source = node.inputs().getFirst();
        Shape from = graph.shape(source);
        Shape to = graph.shape(node.name());
        return switch (node.operation()) {
            case Operation.Relu relu -> relu(values(source), places(to));
            case Operation.MaxPool pool -> maxPool(node, pool);
            case Operation.Add add -> add(values(source), values(node.inputs().getLast()));
            default -> {
                Values in = values(source);
                yield new Values(in.level(), affine(node, from, to, in.functions()));
            }
        };
    }

    /** The values of an operation that is affine. */
    private Affine[] affine(Graph.Node node, Shape from, Shape to, Affine[] in) {
        return switch (node.operation()) {
            case Operation.Linear linear -> linear(layer(node), in);
            case Operation.Conv2d conv -> conv(layer(node), conv, from, to, in);
            case Operation.BatchNorm norm -> norm(node.name(), norm, in);
            case Operation.Normalise normalise -> normalise(normalise, in);
            case Operation.AveragePool pool -> averagePool(pool, from, to, in);
            case Operation.GlobalAveragePool pool -> globalAveragePool(from, in);
            case Operation.PadChannels pad -> padChannels(pad, from, to, in);
            case Operation.Flatten flatten -> in;
            case Operation.Relu relu -> throw new IllegalStateException(node.name());
            case Operation.MaxPool pool -> throw new IllegalStateException(node.name());
            case Operation.Add add -> throw new IllegalStateException(node.name());
        };
    }

    private int layer(Graph.Node node) {
        Integer layer = layers.get(node.name());
        if (layer == null) {
            throw new IllegalStateException(node.name());
        }
        return layer;
    }

    private static int places(Shape shape) {
        return shape.dimensions() == 3 ? shape.size(1) * shape.size(2) : 1;
    }

    private Affine counted(Affine made) {
        unrolled += made.columns().length;
        if (unrolled > 2 * MOST_WEIGHTS) { // functions in between count too
            throw tooLarge(String.format(Locale.ROOT, "more than %,d weights", 2 * MOST_WEIGHTS), MOST_WEIGHTS);
        }
        return made;
    }

    private Affine[] linear(int layer, Affine[] in) {
        float[] matrix = weights.matrix(layer);
        Affine[] out = new Affine[matrix.length / in.length];
        for (int o = 0; o < out.length; o++) {
            sum.clear();
            for (int i = 0; i < in.length; i++) {
                int at = o * in.length + i;
                if (mask.keeps(layer, at) && checked(matrix[at], layer) != 0) {
                    sum.add(matrix[at], in[i]);
                }
            }
            out[o] = counted(biased(layer, o).products());
        }
        return out;
    }

    private Combination biased(int layer, int output) {
        return weights.architecture().bias(layer) ? sum.constant(checked(weights.biases(layer)[output], layer)) : sum;
    }

    private static float checked(float value, int layer) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(
                    "a network to be certified has finite weights, layer " + layer + " holds " + value);
        }
        return value;
    }

    private Affine[] conv(int layer, Operation.Conv2d conv, Shape from, Shape to, Affine[] in) {
        float[] matrix = weights.matrix(layer);
        int kernel = conv.kernel();
        int window = conv.inputs() * kernel * kernel;
        Affine[] out = new Affine[to.elements()];
        int[] live = new int[window];
        for (int o = 0; o < conv.outputs(); o++) {
            int count = 0;
            for (int i = 0; i < window; i++) {
                if (mask.keeps(layer, o * window + i) && checked(matrix[o * window + i], layer) != 0) {
                    live[count++] = i;
                }
            }
            for (int place = 0; place < places(to); place++) {
                int top = place / to.size(2) * conv.stride() - conv.padding();
                int left = place % to.size(2) * conv.stride() - conv.padding();
                sum.clear();
                for (int n = 0; n < count; n++) {
                    int i = live[n];
                    int row = top + i / kernel % kernel;
                    int column = left + i % kernel;
                    if (row >= 0 && row < from.size(1) && column >= 0 && column < from.size(2)) {
                        int at = (i / (kernel * kernel) * from.size(1) + row) * from.size(2) + column;
                        sum.add(matrix[o * window + i], in[at]);
                    }
                }
                out[o * places(to) + place] = counted(biased(layer, o).products());
            }
        }
        return out;
    }

    /**
     * {@code s x + (b - s m)}, {@code s = g / sqrt(v + epsilon)}. Whatever the order of operations, a float32 evaluation rounds at
     * most ten times on the way of a value: the constant, the sum under the root, the root, its inverse, the factor, the mean's
     * product, two sums, the product and the shift.
     */
    private Affine[] norm(String name, Operation.BatchNorm norm, Affine[] in) {
        float[] mean = weights.values(name + ".running_mean");
        float[] variance = weights.values(name + ".running_var");
        int each = in.length / norm.channels();
        Affine[] out = new Affine[in.length];
        for (int c = 0; c < norm.channels(); c++) {
            double scale = norm.affine() ? finite(weights.values(name + ".weight")[c], name) : 1;
            double shift = norm.affine() ? finite(weights.values(name + ".bias")[c], name) : 0;
            double spread = finite(variance[c], name) + Operation.BatchNorm.EPSILON;
            if (!(spread > 0)) {
                throw new IllegalArgumentException(
                        "a network to be certified has variances from 0, layer " + name + " holds " + variance[c]);
            }
            double factor = scale / Math.sqrt(spread);
            double size = size(factor);
            double offset = factor * finite(mean[c], name);
            double growth = Math.max(1, Math.max(1 / size, 1 / size(scale)));
            for (int i = c * each; i < (c + 1) * each; i++) {
                sum.clear();
                if (factor != 0) {
                    sum.add(factor, size, in[i]);
                }
                sum.constant(shift - offset, Math.abs(shift) + size * Math.abs(mean[c]));
                out[i] = counted(sum.finish(11, 8 + 2 * Math.abs(scale), growth));
            }
        }
        return out;
    }

    /** The absolute factor, or more where float32 may lose digits of it: below the normal numbers its error is absolute. */
    private static double size(double factor) {
        return Math.max(Math.abs(factor), 0x1p-120);
    }

    private static double finite(float value, String name) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(
                    "a network to be certified has finite values, layer " + name + " holds " + value);
        }
        return value;
    }

    private Affine[] normalise(Operation.Normalise normalise, Affine[] in) {
        int each = in.length / normalise.means().size();
        Affine[] out = new Affine[in.length];
        for (int i = 0; i < in.length; i++) {
            double mean = normalise.means().get(i / each);
            double factor = 1.0 / normalise.deviations().get(i / each);
            double growth = factor < 1e36 ? Math.max(1, 1 / factor) : Double.POSITIVE_INFINITY; // float32 overflows
            sum.clear().add(factor, size(factor), in[i]).constant(-mean * factor, Math.abs(mean) * size(factor));
            out[i] = counted(sum.finish(7, 8, growth));
        }
        return out;
    }

    private Affine[] averagePool(Operation.AveragePool pool, Shape from, Shape to, Affine[] in) {
        int area = pool.window() * pool.window();
        Affine[] out = new Affine[to.elements()];
        for (int o = 0; o < out.length; o++) {
            sum.clear();
            for (int at : window(o, from, to, pool.window(), pool.stride(), pool.padding())) {
                sum.add(1.0 / area, in[at]);
            }
            out[o] = counted(sum.finish(area + 5, area + 4, area));
        }
        return out;
    }

    private Affine[] globalAveragePool(Shape from, Affine[] in) {
        int area = places(from);
        Affine[] out = new Affine[from.size(0)];
        for (int c = 0; c < out.length; c++) {
            sum.clear();
            for (int at = c * area; at < (c + 1) * area; at++) {
                sum.add(1.0 / area, in[at]);
            }
            out[c] = counted(sum.finish(area + 5, area + 4, area));
        }
        return out;
    }

    /** Values of a pool's window that lie inside the image, row by row. */
    private static int[] window(int output, Shape from, Shape to, int window, int stride, int padding) {
        int place = output % places(to);
        int top = place / to.size(2) * stride - padding;
        int left = place % to.size(2) * stride - padding;
        int[] found = new int[window * window];
        int count = 0;
        for (int row = Math.max(top, 0); row < Math.min(top + window, from.size(1)); row++) {
            for (int column = Math.max(left, 0); column < Math.min(left + window, from.size(2)); column++) {
                found[count++] = (output / places(to) * from.size(1) + row) * from.size(2) + column;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private static Affine[] padChannels(Operation.PadChannels pad, Shape from, Shape to, Affine[] in) {
        Affine[] out = new Affine[to.elements()];
        Arrays.fill(out, Affine.ZERO);
        for (int c = 0; c < from.size(0); c++) {
            for (int place = 0; place < places(to); place++) {
                int row = place / to.size(2) * pad.stride();
                int column = place % to.size(2) * pad.stride();
                out[(c + pad.before()) * places(to) + place] = in[(c * from.size(1) + row) * from.size(2) + column];
            }
        }
        return out;
    }

    private Values add(Values first, Values second) {
        int level = Math.max(first.level(), second.level());
        Affine[] a = lift(first, level).functions();
        Affine[] b = lift(second, level).functions();
        Affine[] out = new Affine[a.length];
        for (int i = 0; i < out.length; i++) {
            sum.clear().add(1, a[i]).add(1, b[i]);
            out[i] = counted(sum.terms() > 1 ? sum.finish(2, 1, 1) : sum.exact());
        }
        return new Values(level, out);
    }

    private Level level(int number) {
        while (levels.size() < number) {
            levels.add(new Level());
        }
        return levels.get(number - 1);
    }

    /** A unit of a level. */
    private Affine unit(int level, Affine row, boolean pass, int place) {
        List<Unit> all = level(level).units();
        Affine unit = Affine.unit(all.size());
        all.add(new Unit(row, pass, place));
        if (++units > MOST_UNITS) {
            throw tooLarge(String.format(Locale.ROOT, "more than %,d units", MOST_UNITS), MOST_UNITS);
        }
        return unit;
    }

    private Values relu(Values in, int places) {
        Affine[] out = new Affine[in.functions().length];
        for (int i = 0; i < out.length; i++) {
            Affine function = in.functions()[i];
            out[i] = function.zero() ? Affine.ZERO : unit(in.level() + 1, function, false, i % places);
        }
        return new Values(in.level() + 1, out);
    }

    /** The same values as functions of a higher level's units. */
    private Values lift(Values in, int level) {
        Values at = in;
        while (at.level() < level) {
            Affine[] out = new Affine[at.functions().length];
            for (int i = 0; i < out.length; i++) {
                out[i] = passed(at.functions()[i], at.level() + 1);
            }
            at = new Values(at.level() + 1, out);
        }
        return at;
    }

    /** A function as one of the units of the level above: a constant stays, all else becomes a unit without a ReLU. */
    private Affine passed(Affine function, int level) {
        if (function.constant()) {
            return function;
        }
        Map<Affine, Affine> passed = level(level).passed();
        Affine before = passed.get(function);
        if (before != null) {
            return before;
        }
        Affine unit = unit(level, function, true, 0);
        passed.put(function, unit);
        return unit;
    }

    private Values maxPool(Graph.Node node, Operation.MaxPool pool) {
        String source = node.inputs().getFirst();
        Graph.Node below = nodes.get(source);
        Shape from = graph.shape(source);
        Shape to = graph.shape(node.name());
        if (below != null && below.operation() instanceof Operation.Relu) {
            return relu(maxPool(values(below.inputs().getFirst()), pool, from, to), places(to));
        }
        return maxPool(values(source), pool, from, to);
    }

    private Values maxPool(Values in, Operation.MaxPool pool, Shape from, Shape to) {
        Affine[][] windows = new Affine[to.elements()][];
        int rounds = 0;
        for (int o = 0; o < windows.length; o++) {
            windows[o] = Arrays.stream(window(o, from, to, pool.window(), pool.stride(), pool.padding()))
                    .mapToObj(at -> in.functions()[at])
                    .toArray(Affine[]::new);
            rounds = Math.max(rounds, 32 - Integer.numberOfLeadingZeros(windows[o].length - 1));
        }
        for (int round = 1; round <= rounds; round++) {
            for (int o = 0; o < windows.length; o++) {
                windows[o] = halved(windows[o], in.level() + round, o % places(to));
            }
        }
        return new Values(
                in.level() + rounds,
                Arrays.stream(windows).map(window -> window[0]).toArray(Affine[]::new));
    }

    /** The larger of each two values, as functions of a level's units. */
    private Affine[] halved(Affine[] values, int level, int place) {
        Affine[] half = new Affine[(values.length + 1) / 2];
        for (int i = 0; i < half.length; i++) {
            Affine a = values[2 * i];
            if (2 * i + 1 == values.length) {
                half[i] = passed(a, level);
                continue;
            }
            Affine b = values[2 * i + 1];
            Affine lead = counted(sum.clear().add(1, a).add(-1, b).exact());
            sum.clear().add(1, passed(b, level));
            if (!lead.zero()) {
                sum.add(1, unit(level, lead, false, place));
            }
            half[i] = counted(sum.exact());
        }
        return half;
    }
}
