package org.espalier.attack.strong;

import java.util.Arrays;
import org.espalier.data.Split;

/**
 * Clean inputs to attack, their true classes and a number for each example. The example's random stream is derived from
 * the number.
 *
 * <p>An attack's result for an example depends only on the example, its number and the attack's stream. It does not
 * depend on the other examples, so results are independent of batches and threads.
 *
 * @param clean clean inputs, [example][input], each in [0, 1]; not to be written to
 * @param labels true classes, (example)
 * @param numbers (example) number of the child of the attack's stream that the example draws from, usually its index in
 *     the split
 */
public record Examples(float[][] clean, int[] labels, long[] numbers) {
    public Examples {
        if (clean.length != labels.length || clean.length != numbers.length) {
            throw new IllegalArgumentException("inputs, labels and numbers must be as many, got " + clean.length + ", "
                    + labels.length + " and " + numbers.length);
        }
        for (float[] input : clean) {
            for (float value : input) {
                if (!(value >= 0 && value <= 1)) {
                    throw new IllegalArgumentException("attacked inputs must lie in [0, 1], got " + value);
                }
            }
        }
    }

    /** Images {@code first} to {@code first + count - 1} of a split, pixels over 255, numbered by their index. */
    public static Examples of(Split split, int first, int count) {
        float[][] clean = new float[count][split.features()];
        long[] numbers = new long[count];
        for (int e = 0; e < count; e++) {
            for (int f = 0; f < split.features(); f++) {
                clean[e][f] = split.pixel(first + e, f);
            }
            numbers[e] = first + e;
        }
        return new Examples(clean, Arrays.copyOfRange(split.labels(), first, first + count), numbers);
    }

    public int size() {
        return clean.length;
    }

    /** Some of these, by index, in the order given; inputs are shared, not copied. */
    public Examples pick(int[] indices) {
        float[][] inputs = new float[indices.length][];
        int[] classes = new int[indices.length];
        long[] names = new long[indices.length];
        for (int i = 0; i < indices.length; i++) {
            inputs[i] = clean[indices[i]];
            classes[i] = labels[indices[i]];
            names[i] = numbers[indices[i]];
        }
        return new Examples(inputs, classes, names);
    }

    /** Neighbours {@code first} to {@code first + count - 1} of these; inputs are shared, not copied. */
    public Examples part(int first, int count) {
        return new Examples(
                Arrays.copyOfRange(clean, first, first + count),
                Arrays.copyOfRange(labels, first, first + count),
                Arrays.copyOfRange(numbers, first, first + count));
    }
}
