package org.espalier.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One float per parameter value of a network: weights, gradients or optimizer moments. Read by parameter name
 * ({@link #values}), or weights and biases by layer ({@link #matrix}, {@link #biases}): both give the same arrays.
 *
 * <p>Layer {@code l} is a row-major matrix {@code [outputs(l)][inputs(l)]}: the weight from input {@code i} to
 * output {@code o} stands at {@code o * inputs(l) + i}, as in PyTorch's {@code nn.Linear.weight}; of a convolution, input
 * {@code i} is (channel, row, column) of the window, as in {@code nn.Conv2d.weight}.
 */
public final class Weights {
    private final Architecture architecture;
    private final Graph graph;
    private final Map<String, float[]> values = new LinkedHashMap<>(); // by parameter, in the graph's order
    private final float[][] matrices; // (layer, output * input)
    private final float[][] biases; // (layer, output), empty without biases

    /** All zero. */
    public Weights(Architecture architecture) {
        this.architecture = architecture;
        graph = architecture.graph();
        for (Parameter parameter : graph.parameters()) {
            values.put(parameter.name(), new float[parameter.size()]);
        }
        matrices = new float[architecture.layers()][];
        biases = new float[architecture.layers()][];
        for (int layer = 0; layer < matrices.length; layer++) {
            matrices[layer] = values(architecture.node(layer) + ".weight");
            biases[layer] = architecture.bias(layer) ? values(architecture.node(layer) + ".bias") : new float[0];
        }
    }

    public Architecture architecture() {
        return architecture;
    }

    /** The network that the values belong to. */
    public Graph graph() {
        return graph;
    }

    /**
     * A parameter's values themselves, in the order of its {@link Parameter#shape}; writing to them changes these weights.
     *
     * @param parameter name, e.g. {@code layers.0.weight}
     * @throws IllegalArgumentException if the network has none of this name
     */
    public float[] values(String parameter) {
        float[] found = values.get(parameter);
        if (found == null) {
            graph.parameter(parameter); // says what is wrong
            throw new IllegalStateException(parameter + " has no values");
        }
        return found;
    }

    /** The layer's matrix itself, (output, input) row-major; writing to it changes these weights. */
    public float[] matrix(int layer) {
        return matrices[layer];
    }

    /** The layer's biases themselves, (output); empty when the architecture has none. */
    public float[] biases(int layer) {
        return biases[layer];
    }

    /** An independent copy. */
    public Weights copy() {
        Weights copy = new Weights(architecture);
        copy.set(this);
        return copy;
    }

    /** Copies all values of {@code other}, which must have the same architecture. */
    public void set(Weights other) {
        if (!other.architecture.equals(architecture)) {
            throw new IllegalArgumentException(
                    "weights of a network " + other.architecture + " do not fit a network " + architecture);
        }
        values.forEach((name, to) -> System.arraycopy(other.values(name), 0, to, 0, to.length));
    }

    /** Sets every weight that the mask prunes to +0; biases stay. */
    public void apply(Mask mask) {
        for (int layer = 0; layer < matrices.length; layer++) {
            for (int i = 0; i < matrices[layer].length; i++) {
                if (!mask.keeps(layer, i)) {
                    matrices[layer][i] = 0f;
                }
            }
        }
    }

    /** Whether every value is finite. */
    public boolean finite() {
        return values.values().stream().allMatch(Weights::finite);
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Equal architecture and bit-identical values. */
    @Override
    public boolean equals(Object object) {
        return object instanceof Weights other
                && architecture.equals(other.architecture)
                && values.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue(), other.values(entry.getKey())));
    }

    @Override
    public int hashCode() {
        return values.values().stream().map(Arrays::hashCode).toList().hashCode();
    }
}
