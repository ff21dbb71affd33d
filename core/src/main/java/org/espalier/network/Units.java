package org.espalier.network;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hidden units of a network that can be taken out whole: a neuron of a linear layer or a channel of a convolution, with the
 * weights that feed it (a row of its layer's matrix) and those that read it (columns of the layers behind). Units whose values
 * are added to others, at the end of a residual block, and logits cannot be taken out.
 */
public final class Units {
    /**
     * A layer that reads units.
     *
     * @param layer its number
     * @param each columns of its matrix to one unit, at least 1
     */
    public record Reader(int layer, int each) {}

    private final Architecture architecture;
    private final List<List<Reader>> readers = new ArrayList<>(); // (layer): empty if its units must stay

    /** The units of a network. */
    public Units(Architecture architecture) {
        this.architecture = architecture;
        Map<String, Integer> layers = new LinkedHashMap<>();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            layers.put(architecture.node(layer), layer);
        }
        for (int layer = 0; layer < architecture.layers(); layer++) {
            List<Reader> found = new ArrayList<>();
            readers.add(follow(architecture.node(layer), 1, layers, found) ? List.copyOf(found) : List.of());
        }
    }

    /** Finds the layers that read a node's units; false if the units must stay. */
    private boolean follow(String name, int each, Map<String, Integer> layers, List<Reader> found) {
        Graph graph = architecture.graph();
        if (name.equals(graph.output())) {
            return false;
        }
        boolean removable = true;
        for (Graph.Node node : graph.nodes()) {
            if (!node.inputs().contains(name)) {
                continue;
            }
            int layer = layers.getOrDefault(node.name(), -1);
            removable &= switch (node.operation()) {
                case Operation.Linear _ -> found.add(new Reader(layer, each));
                case Operation.Conv2d _ -> found.add(new Reader(layer, architecture.kernelArea(layer)));
                case Operation.Flatten _ -> {
                    Shape shape = graph.shape(name);
                    yield follow(node.name(), each * (shape.elements() / shape.size(0)), layers, found);
                }
                case Operation.Relu _,
                        Operation.MaxPool _,
                        Operation.AveragePool _,
                        Operation.GlobalAveragePool _,
                        Operation.BatchNorm _,
                        Operation.Normalise _ -> follow(node.name(), each, layers, found);
                case Operation.Add _, Operation.PadChannels _ -> false;
            };
        }
        return removable;
    }

    /** Whether a layer's units can be taken out. */
    public boolean removable(int layer) {
        return !readers.get(layer).isEmpty();
    }

    /** Layers that read a layer's units; none where the units must stay. */
    public List<Reader> readers(int layer) {
        return readers.get(layer);
    }

    /** Units of a layer that are there: a weight that feeds or reads them survives. */
    public BitSet present(BitSet[] survivors, int layer) {
        BitSet present = new BitSet();
        for (int unit = 0; unit < architecture.outputs(layer); unit++) {
            if (present(survivors, layer, unit)) {
                present.set(unit);
            }
        }
        return present;
    }

    private boolean present(BitSet[] survivors, int layer, int unit) {
        int inputs = architecture.inputs(layer);
        int next = survivors[layer].nextSetBit(unit * inputs);
        return next >= 0 && next < (unit + 1) * inputs || read(survivors, layer, unit);
    }

    /** Whether a surviving weight reads a unit. */
    public boolean read(BitSet[] survivors, int layer, int unit) {
        for (Reader reader : readers.get(layer)) {
            int columns = architecture.inputs(reader.layer());
            for (int row = 0; row < architecture.outputs(reader.layer()); row++) {
                int from = row * columns + unit * reader.each();
                int next = survivors[reader.layer()].nextSetBit(from);
                if (next >= 0 && next < from + reader.each()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Takes a unit out: clears the weights that feed it and those that read it.
     *
     * @return how many weights that were
     */
    public int clear(BitSet[] survivors, int layer, int unit) {
        int inputs = architecture.inputs(layer);
        int cleared = clear(survivors[layer], unit * inputs, inputs);
        for (Reader reader : readers.get(layer)) {
            int columns = architecture.inputs(reader.layer());
            for (int row = 0; row < architecture.outputs(reader.layer()); row++) {
                cleared += clear(survivors[reader.layer()], row * columns + unit * reader.each(), reader.each());
            }
        }
        return cleared;
    }

    /**
     * The number of weights that {@link #clear(BitSet[], int, int)} would take out. Changes no weight.
     *
     * @param counts (layer) weights of each layer; what each would lose is taken from them
     */
    public int subtract(BitSet[] survivors, int layer, int unit, int[] counts) {
        int inputs = architecture.inputs(layer);
        int gone = count(survivors[layer], unit * inputs, inputs);
        counts[layer] -= gone;
        for (Reader reader : readers.get(layer)) {
            int columns = architecture.inputs(reader.layer());
            int read = 0;
            for (int row = 0; row < architecture.outputs(reader.layer()); row++) {
                read += count(survivors[reader.layer()], row * columns + unit * reader.each(), reader.each());
            }
            counts[reader.layer()] -= read;
            gone += read;
        }
        return gone;
    }

    private static int clear(BitSet bits, int from, int length) {
        int count = count(bits, from, length);
        bits.clear(from, from + length);
        return count;
    }

    private static int count(BitSet bits, int from, int length) {
        int count = 0;
        for (int at = bits.nextSetBit(from); at >= 0 && at < from + length; at = bits.nextSetBit(at + 1)) {
            count++;
        }
        return count;
    }
}
