package org.espalier.lab.exchange.tensor;

import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor of a file that other software wrote.
 *
 * @param name in the file, e.g. {@code conv1.weight}
 * @param shape size of each dimension, outermost first, each at least 0; empty for a single number
 * @param real whether its numbers are floating point
 * @param source makes the values, row-major; asked only for tensors that a network uses
 */
public record ForeignTensor(String name, List<Integer> shape, boolean real, Supplier<float[]> source) {
    public ForeignTensor {
        shape = List.copyOf(shape);
    }

    /** A tensor whose values are there already. */
    public static ForeignTensor of(String name, List<Integer> shape, float[] values) {
        return new ForeignTensor(name, shape, true, () -> values);
    }

    /** Number of values. */
    public long elements() {
        long elements = 1;
        for (int size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }

    /** The values rounded to float, row-major. */
    public float[] values() {
        return source.get();
    }

    /** The same tensor under another name. */
    public ForeignTensor named(String other) {
        return new ForeignTensor(other, shape, real, source);
    }

    @Override
    public String toString() {
        return name + " of shape " + shape;
    }
}
