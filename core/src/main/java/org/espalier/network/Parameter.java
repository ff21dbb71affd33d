package org.espalier.network;

/**
 * One array that training changes, e.g. the weights of a layer.
 *
 * @param name unique in its graph: the node's name, a dot, and a word for the role, e.g. {@code layers.0.weight}. Tensors in
 *     files have the same name
 * @param node name of the node that the parameter belongs to
 * @param shape a linear layer's weights are (outputs, inputs), row-major, its biases (outputs)
 * @param role what the operation does with it
 * @param prunable whether a {@link Mask} covers it
 */
public record Parameter(String name, String node, Shape shape, Role role, boolean prunable) {
    /** What an operation does with a parameter. */
    public enum Role {
        /** Multiplies the inputs. */
        WEIGHT,
        /** Added to each output. */
        BIAS
    }

    /** Number of values. */
    public int size() {
        return shape.elements();
    }
}
