package org.espalier.train.mask;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;

/**
 * What a {@link MaskProcess} carries from update to update, for checkpoints.
 *
 * @param tensors by name of lower-case letters, e.g. {@code scores}; not to be written to
 * @param numbers by name
 */
public record MaskState(Map<String, Weights> tensors, Map<String, Double> numbers) {
    /** Of a process that carries nothing. */
    public static final MaskState NONE = new MaskState(Map.of(), Map.of());

    /** Copies the maps, in the order of names. */
    public MaskState {
        tensors = java.util.Collections.unmodifiableMap(new TreeMap<>(tensors));
        numbers = java.util.Collections.unmodifiableMap(new TreeMap<>(numbers));
    }

    /**
     * A tensor.
     *
     * @throws IllegalArgumentException if the state has none of this name
     */
    public Weights tensor(String name) {
        return Objects.requireNonNullElseGet(tensors.get(name), () -> {
            throw new IllegalArgumentException(
                    "the state of a mask in training has no " + name + ", it has " + tensors.keySet());
        });
    }

    /**
     * A copy of a tensor as a level's first weights: states hold no running statistics, and these begin as they always do.
     *
     * @throws IllegalArgumentException if the state has none of this name
     */
    public Weights whole(String name) {
        Weights weights = tensor(name).copy();
        for (Parameter parameter : weights.graph().parameters()) {
            if (!parameter.role().trained()) {
                Arrays.fill(weights.values(parameter.name()), parameter.role().start());
            }
        }
        return weights;
    }

    /**
     * A number.
     *
     * @throws IllegalArgumentException if the state has none of this name
     */
    public double number(String name) {
        Double found = numbers.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "the state of a mask in training has no number " + name + ", it has " + numbers.keySet());
        }
        return found;
    }
}
