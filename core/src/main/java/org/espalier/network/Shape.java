package org.espalier.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of one example's values between two operations, or of a parameter.
 *
 * @param sizes length of each dimension, the outermost first; at least one, each at least 1
 */
public record Shape(List<Integer> sizes) {
    public Shape {
        sizes = List.copyOf(sizes);
        if (sizes.isEmpty() || sizes.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException(
                    "a shape needs at least one dimension and each a length of at least 1, got " + sizes);
        }
    }

    /** A shape of these lengths. */
    public static Shape of(int... sizes) {
        return new Shape(Arrays.stream(sizes).boxed().toList());
    }

    /** Number of dimensions: 3 for channels x rows x columns, 1 for a flat output. */
    public int dimensions() {
        return sizes.size();
    }

    /** Length of a dimension, 0 is the outermost. */
    public int size(int dimension) {
        return sizes.get(dimension);
    }

    /** Number of values. */
    public int elements() {
        return sizes.stream().reduce(1, Math::multiplyExact);
    }

    @Override
    public String toString() {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }
}
