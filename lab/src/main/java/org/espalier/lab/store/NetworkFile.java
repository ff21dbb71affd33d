package org.espalier.lab.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.UserException;
import org.espalier.lab.file.SafeTensors;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A network from a safetensors file alone, Espalier's own or somebody else's: its shape is that of its tensors.
 *
 * @param network weights and mask; where the file has no masks, weights of exactly zero count as pruned
 * @param level key of the level that the file says it belongs to, if it says so
 * @param iteration updates that the file says were done, if it says so
 */
public record NetworkFile(StoredNetwork network, Optional<String> level, Optional<Integer> iteration) {
    /**
     * Reads a file with tensors {@code layers.L.weight}, F32 of shape (outputs, inputs), L counting from 0, and
     * optionally {@code layers.L.bias} (outputs) and {@code layers.L.mask}, U8 (outputs, inputs).
     *
     * @throws UserException if it is missing or damaged, its tensors are no such network, or a weight is not finite
     */
    public static NetworkFile read(Path file) {
        SafeTensors stored = SafeTensors.readAny(file);
        Architecture architecture = architecture(stored);
        Weights weights = new Weights(architecture);
        byte[][] kept = new byte[architecture.layers()][];
        for (int layer = 0; layer < architecture.layers(); layer++) {
            List<Integer> shape = List.of(architecture.outputs(layer), architecture.inputs(layer));
            float[] matrix = stored.floats(name(layer, "weight"), shape);
            System.arraycopy(matrix, 0, weights.matrix(layer), 0, matrix.length);
            if (architecture.biases()) {
                float[] biases = stored.floats(name(layer, "bias"), List.of(architecture.outputs(layer)));
                System.arraycopy(biases, 0, weights.biases(layer), 0, biases.length);
            }
            kept[layer] = stored.tensors().containsKey(name(layer, "mask"))
                    ? stored.bytes(name(layer, "mask"), shape)
                    : notZero(matrix);
        }
        if (!weights.finite()) {
            throw new UserException(file + " has weights that are not finite numbers");
        }
        try {
            Mask mask = Mask.of(architecture, kept);
            weights.apply(mask);
            return new NetworkFile(
                    new StoredNetwork(weights, mask),
                    stored.metadataIfAny("level"),
                    stored.metadataIfAny("iteration")
                            .filter(text -> text.matches("[0-9]{1,9}"))
                            .map(Integer::valueOf));
        } catch (IllegalArgumentException e) {
            throw new UserException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static byte[] notZero(float[] matrix) {
        byte[] kept = new byte[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            kept[i] = (byte) (matrix[i] == 0 ? 0 : 1);
        }
        return kept;
    }

    private static Architecture architecture(SafeTensors stored) {
        List<Integer> widths = new ArrayList<>();
        int layer = 0;
        while (stored.tensors().get(name(layer, "weight")) instanceof SafeTensors.Tensor tensor) {
            List<Integer> shape = tensor.shape();
            if (shape.size() != 2 || shape.get(0) < 1 || shape.get(1) < 1) {
                throw new UserException(stored.source() + " has tensor " + name(layer, "weight") + " of shape " + shape
                        + ", expected (outputs, inputs)");
            } else if (layer > 0 && !widths.getLast().equals(shape.get(1))) {
                throw new UserException(stored.source() + " has tensor " + name(layer, "weight") + " of " + shape.get(1)
                        + " inputs, expected the " + widths.getLast() + " outputs of the layer before");
            }
            if (layer == 0) {
                widths.add(shape.get(1));
            }
            widths.add(shape.get(0));
            layer++;
        }
        if (layer == 0) {
            throw new UserException(stored.source() + " has no tensor " + name(0, "weight")
                    + ": expected a network's tensors layers.0.weight, layers.1.weight and so on, found "
                    + (stored.tensors().isEmpty()
                            ? "none"
                            : String.join(", ", stored.tensors().keySet())));
        }
        return new Architecture(widths, stored.tensors().containsKey(name(0, "bias")));
    }

    private static String name(int layer, String what) {
        return "layers." + layer + "." + what;
    }
}
