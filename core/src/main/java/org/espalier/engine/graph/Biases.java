package org.espalier.engine.graph;

import java.util.Arrays;
import org.espalier.engine.Update;
import org.espalier.engine.kernel.Kernels;
import org.espalier.engine.layer.CompactLayer;
import org.jspecify.annotations.Nullable;

/** A parameter that no mask covers: a value per output or channel, with gradients and moments. */
final class Biases {
    /** Number of values. */
    final int count;

    final float[] values;
    final float[] gradients;
    private final float[] first;
    private final float[] second;

    Biases(int count) {
        this.count = count;
        int padded = CompactLayer.padded(count);
        values = new float[padded];
        gradients = new float[padded];
        first = new float[padded];
        second = new float[padded];
    }

    /** The values, or null where there are none. */
    float @Nullable [] orNull() {
        return count == 0 ? null : values;
    }

    /** Takes values and clears gradients and moments. */
    void load(float[] from) {
        System.arraycopy(from, 0, values, 0, count);
        Arrays.fill(gradients, 0f);
        Arrays.fill(first, 0f);
        Arrays.fill(second, 0f);
    }

    float[] array(Step.Kind kind) {
        return switch (kind) {
            case VALUE -> values;
            case GRADIENT -> gradients;
            case FIRST_MOMENT -> first;
            case SECOND_MOMENT -> second;
        };
    }

    void read(Step.Kind kind, float[] into) {
        System.arraycopy(array(kind), 0, into, 0, count);
    }

    void write(Step.Kind kind, float[] from) {
        System.arraycopy(from, 0, array(kind), 0, count);
    }

    void update(Kernels kernels, Update update) {
        if (count > 0) {
            Arrays.fill(gradients, count, gradients.length, 0f);
            Step.step(kernels, update, values, gradients, first, second, CompactLayer.padded(count));
            Arrays.fill(values, count, values.length, 0f);
        }
    }
}
