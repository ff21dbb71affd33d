package org.espalier.network;

/**
 * One array that training changes, e.g. the weights of a layer.
 *
 * @param name unique in its graph: the node's name, a dot, and a word for the role, e.g. {@code layers.0.weight}. Tensors in
 *     files have the same name
 * @param node name of the node that the parameter belongs to
 * @param shape row-major: a linear layer's weights are (outputs, inputs), a convolution's (outputs, inputs, rows, columns), all
 *     else has one value per output or channel
 * @param role what the operation does with it
 * @param prunable whether a {@link Mask} covers it
 */
public record Parameter(String name, String node, Shape shape, Role role, boolean prunable) {
    /** What an operation does with a parameter. */
    public enum Role {
        /** Multiplies the inputs. */
        WEIGHT,
        /** Added to each output. */
        BIAS,
        /** Multiplies each channel after batch norm. */
        SCALE,
        /** Added to each channel after batch norm. */
        SHIFT,
        /** Mean of each channel for evaluation; training moves it, the optimizer does not. */
        RUNNING_MEAN,
        /** Variance of each channel for evaluation; training moves it, the optimizer does not. */
        RUNNING_VARIANCE;

        /** Whether the optimizer updates it. */
        public boolean trained() {
            return this != RUNNING_MEAN && this != RUNNING_VARIANCE;
        }

        /** The value that all of the parameter begin with, where no distribution draws it: 1 for scales and variances, else 0. */
        public float start() {
            return this == SCALE || this == RUNNING_VARIANCE ? 1f : 0f;
        }
    }

    /** Number of values. */
    public int size() {
        return shape.elements();
    }
}
