package org.espalier.lab.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.SafeTensors;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;

/**
 * A network from a single safetensors file, made by Espalier or other software. The tensors determine its shape.
 *
 * @param network weights and mask; where the file has no masks, weights of exactly zero count as pruned
 * @param level key of the level that the file names, if any
 * @param iteration number of updates that the file names, if any
 */
public record NetworkFile(StoredNetwork network, Optional<String> level, Optional<Integer> iteration) {
    private static final Pattern NAME = Pattern.compile("layers\\.(0|[1-9][0-9]{0,8})\\.(weight|bias|mask)");

    /**
     * Reads a file with tensors {@code layers.L.weight}, F32 of shape (outputs, inputs), L counting from 0, and
     * optionally {@code layers.L.bias}, F32 (outputs), and {@code layers.L.mask}, U8 (outputs, inputs). A layer without
     * biases in a network that has some gets zeros, which is the same function; masks are for all layers or none. Every
     * other tensor is refused, so that no other network is read than the one in the file.
     *
     * @throws UserException if it is missing or damaged, its tensors are no such network, or a weight is not finite
     */
    public static NetworkFile read(Path file) {
        SafeTensors stored = SafeTensors.readAny(file);
        Architecture architecture = architecture(stored);
        checkNames(stored, architecture);
        Weights weights = new Weights(architecture);
        byte[][] kept = new byte[architecture.layers()][];
        for (int layer = 0; layer < architecture.layers(); layer++) {
            List<Integer> shape = List.of(architecture.outputs(layer), architecture.inputs(layer));
            float[] matrix = floats(stored, name(layer, "weight"), shape);
            System.arraycopy(matrix, 0, weights.matrix(layer), 0, matrix.length);
            if (stored.tensors().containsKey(name(layer, "bias"))) {
                float[] biases = floats(stored, name(layer, "bias"), List.of(architecture.outputs(layer)));
                System.arraycopy(biases, 0, weights.biases(layer), 0, biases.length);
            }
            kept[layer] = stored.tensors().containsKey(name(layer, "mask"))
                    ? bytes(stored, name(layer, "mask"), shape)
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
            throw new UserException(file + " has a wrong mask: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a network so that {@link #read} gives it back bit for bit, whole or not at all: under a temporary name, which is
     * flushed and then renamed over {@code file}. Weights that the mask prunes are written as +0.
     *
     * @param file usually {@code *.safetensors}; its directory has to be there
     * @throws UserException if a weight is not finite, or the file cannot be written
     * @throws IllegalArgumentException if weights and mask are of different networks
     */
    public static void write(Path file, Weights weights, Mask mask) {
        if (!weights.architecture().equals(mask.architecture())) {
            throw new IllegalArgumentException("weights of a network " + weights.architecture()
                    + " do not fit a mask of a network " + mask.architecture());
        }
        Weights kept = weights.copy();
        kept.apply(mask);
        if (!kept.finite()) {
            throw new UserException(
                    file + " is not written: the network has weights that are not finite, expected numbers");
        }
        AtomicFiles.write(file, Networks.encode(kept, mask));
    }

    /** Every tensor belongs to a layer that was found, and masks are there for all layers or for none. */
    private static void checkNames(SafeTensors stored, Architecture architecture) {
        int masks = 0;
        for (String name : stored.tensors().keySet()) {
            Matcher parts = NAME.matcher(name);
            if (!parts.matches()) {
                throw new UserException(stored.source() + " has tensor " + name + ", which is no part of a network of"
                        + " linear layers: expected layers.L.weight, layers.L.bias and layers.L.mask alone");
            } else if (Integer.parseInt(parts.group(1)) >= architecture.layers()) {
                throw new UserException(stored.source() + " has tensor " + name + " but no tensor "
                        + name(architecture.layers(), "weight") + ": expected layers numbered from 0 without a gap");
            }
            masks += parts.group(2).equals("mask") ? 1 : 0;
        }
        for (int layer = 0; masks > 0 && layer < architecture.layers(); layer++) {
            if (!stored.tensors().containsKey(name(layer, "mask"))) {
                throw new UserException(stored.source() + " has no tensor " + name(layer, "mask")
                        + ": expected masks for all " + architecture.layers() + " layers or for none, found " + masks);
            }
        }
    }

    private static float[] floats(SafeTensors stored, String name, List<Integer> shape) {
        if (stored.tensors().get(name) instanceof SafeTensors.Tensor.Floats(List<Integer> found, float[] values)
                && found.equals(shape)) {
            return values;
        }
        throw wrong(stored, name, "F32", shape);
    }

    private static byte[] bytes(SafeTensors stored, String name, List<Integer> shape) {
        if (stored.tensors().get(name) instanceof SafeTensors.Tensor.Bytes(List<Integer> found, byte[] values)
                && found.equals(shape)) {
            return values;
        }
        throw wrong(stored, name, "U8", shape);
    }

    private static UserException wrong(SafeTensors stored, String name, String type, List<Integer> shape) {
        SafeTensors.Tensor found = Objects.requireNonNull(stored.tensors().get(name));
        return new UserException(stored.source() + " has tensor " + name + " of type "
                + (found instanceof SafeTensors.Tensor.Floats ? "F32" : "U8") + " and shape " + found.shape()
                + ", expected " + type + " and " + shape);
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
        boolean biases = stored.tensors().keySet().stream().anyMatch(each -> each.endsWith(".bias"));
        return new Architecture(widths, biases);
    }

    private static String name(int layer, String what) {
        return "layers." + layer + "." + what;
    }
}
