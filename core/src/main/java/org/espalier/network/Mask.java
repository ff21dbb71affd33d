package org.espalier.network;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which weights of a network survive. Immutable. Biases are never pruned.
 *
 * <p>Positions in a layer are those of {@link Weights}: {@code output * inputs + input}.
 */
public final class Mask {
    private final Architecture architecture;
    private final BitSet[] kept; // (layer): bit set = the weight survives

    private Mask(Architecture architecture, BitSet[] kept) {
        this.architecture = architecture;
        this.kept = kept;
    }

    /** Every weight survives. */
    public static Mask dense(Architecture architecture) {
        BitSet[] kept = new BitSet[architecture.layers()];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new BitSet();
            kept[layer].set(0, architecture.weights(layer));
        }
        return new Mask(architecture, kept);
    }

    /**
     * A mask from one bit set per layer (copied).
     *
     * @throws IllegalArgumentException if the layers are too few or too many, or a bit lies outside its layer
     */
    public static Mask of(Architecture architecture, BitSet[] survivors) {
        if (survivors.length != architecture.layers()) {
            throw new IllegalArgumentException("a network " + architecture + " needs " + architecture.layers()
                    + " layer masks, got " + survivors.length);
        }
        BitSet[] kept = new BitSet[survivors.length];
        for (int layer = 0; layer < kept.length; layer++) {
            if (survivors[layer].length() > architecture.weights(layer)) {
                throw new IllegalArgumentException("layer " + layer + " has " + architecture.weights(layer)
                        + " weights, its mask names position " + (survivors[layer].length() - 1));
            }
            kept[layer] = (BitSet) survivors[layer].clone();
        }
        return new Mask(architecture, kept);
    }

    /**
     * A mask from one bit set per prunable parameter (copied).
     *
     * @throws IllegalArgumentException if a parameter is missing or unknown, or a bit lies outside its parameter
     */
    public static Mask of(Architecture architecture, Map<String, BitSet> survivors) {
        List<String> expected =
                architecture.graph().prunable().stream().map(Parameter::name).toList();
        if (survivors.size() != expected.size() || !survivors.keySet().containsAll(expected)) {
            throw new IllegalArgumentException("a mask of a network " + architecture + " covers "
                    + String.join(", ", expected) + ", got " + String.join(", ", survivors.keySet()));
        }
        return of(architecture, expected.stream().map(survivors::get).toArray(BitSet[]::new));
    }

    /**
     * A mask from one byte per weight and layer.
     *
     * @param values (layer, position), each 0 (pruned) or 1 (survives)
     * @throws IllegalArgumentException for any other value or a wrong length
     */
    public static Mask of(Architecture architecture, byte[][] values) {
        BitSet[] kept = new BitSet[values.length];
        for (int layer = 0; layer < values.length; layer++) {
            if (layer < architecture.layers() && values[layer].length != architecture.weights(layer)) {
                throw new IllegalArgumentException("layer " + layer + " has " + architecture.weights(layer)
                        + " weights, its mask has " + values[layer].length);
            }
            kept[layer] = new BitSet(values[layer].length);
            for (int i = 0; i < values[layer].length; i++) {
                if (values[layer][i] != 0 && values[layer][i] != 1) {
                    throw new IllegalArgumentException(
                            "a mask holds 0 and 1 only, layer " + layer + " position " + i + " is " + values[layer][i]);
                }
                kept[layer].set(i, values[layer][i] == 1);
            }
        }
        return of(architecture, kept);
    }

    public Architecture architecture() {
        return architecture;
    }

    /** The network that the mask belongs to. */
    public Graph graph() {
        return architecture.graph();
    }

    /**
     * A copy of a parameter's survivors, one bit per value.
     *
     * @param parameter name of a prunable parameter, e.g. {@code layers.0.weight}
     * @throws IllegalArgumentException if the network has none of this name
     */
    public BitSet survivors(String parameter) {
        return survivors(layer(parameter));
    }

    /** One byte per value of a prunable parameter: 1 survives, 0 is pruned. */
    public byte[] bytes(String parameter) {
        return bytes(layer(parameter));
    }

    /** Surviving values of a prunable parameter. */
    public int count(String parameter) {
        return count(layer(parameter));
    }

    private int layer(String parameter) {
        List<Parameter> prunable = graph().prunable();
        for (int layer = 0; layer < prunable.size(); layer++) {
            if (prunable.get(layer).name().equals(parameter)) {
                return layer;
            }
        }
        throw new IllegalArgumentException("the network has no prunable parameter called " + parameter + ", it has "
                + prunable.stream().map(Parameter::name).collect(Collectors.joining(", ")));
    }

    /** Whether the weight at a position of a layer survives. */
    public boolean keeps(int layer, int position) {
        return kept[layer].get(position);
    }

    /** A copy of a layer's survivors, one bit per position. */
    public BitSet survivors(int layer) {
        return (BitSet) kept[layer].clone();
    }

    /** One byte per weight of a layer: 1 survives, 0 is pruned. */
    public byte[] bytes(int layer) {
        byte[] bytes = new byte[architecture.weights(layer)];
        kept[layer].stream().forEach(i -> bytes[i] = 1);
        return bytes;
    }

    /** Surviving weights of a layer. */
    public int count(int layer) {
        return kept[layer].cardinality();
    }

    /** Surviving weights of the network. */
    public int count() {
        int total = 0;
        for (BitSet layer : kept) {
            total += layer.cardinality();
        }
        return total;
    }

    /** Fraction of all weights that survive (the paper's P_m), in [0, 1]. */
    public double density() {
        return (double) count() / architecture.weights();
    }

    /** Whether every survivor of this mask also survives in {@code other}. */
    public boolean within(Mask other) {
        for (int layer = 0; layer < kept.length; layer++) {
            BitSet outside = survivors(layer);
            outside.andNot(other.kept[layer]);
            if (!outside.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Mask other
                && architecture.equals(other.architecture)
                && java.util.Arrays.equals(kept, other.kept);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(kept);
    }

    @Override
    public String toString() {
        return "mask of " + architecture + " keeping " + count() + " of " + architecture.weights();
    }
}
