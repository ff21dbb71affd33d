package org.espalier.lab.store;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.file.SafeTensors.Tensor;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Weights;
import org.espalier.train.TrainingState;

/** Networks, tickets and checkpoints as safetensors. */
final class Networks {
    static final String FORMAT = "espalier-1";

    private Networks() {}

    /** Weights and mask of a level after so many updates. */
    static byte[] encode(Weights weights, Mask mask, String level, int iteration) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        put(tensors, weights, "");
        putMask(tensors, mask);
        return SafeTensors.encode(tensors, metadata(level, iteration));
    }

    /** A network as stored. */
    record Stored(Weights weights, Mask mask, int iteration) {}

    /**
     * Reads weights and mask.
     *
     * @param file its name, for messages
     */
    static Stored read(Path file, byte[] content, Architecture architecture, String level) {
        SafeTensors stored = SafeTensors.decode(content, file.toString());
        check(stored, level);
        return new Stored(
                weights(stored, architecture, ""),
                mask(stored, architecture),
                Math.toIntExact(stored.number("iteration")));
    }

    /** A level in training: the trainer's state and how much of the metrics file belongs to it. */
    static byte[] encode(TrainingState state, Mask mask, String level, long metricsBytes) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        put(tensors, state.weights(), "");
        putMask(tensors, mask);
        put(tensors, state.firstMoment(), ".moment0");
        put(tensors, state.secondMoment(), ".moment1");
        Map<String, String> metadata = metadata(level, state.iteration());
        metadata.put("metrics-bytes", Long.toString(metricsBytes));
        return SafeTensors.encode(tensors, metadata);
    }

    /** Reads a checkpoint. */
    static Checkpoint readCheckpoint(Path file, Architecture architecture, String level) {
        SafeTensors stored = SafeTensors.read(file);
        check(stored, level);
        return new Checkpoint(
                new TrainingState(
                        Math.toIntExact(stored.number("iteration")),
                        weights(stored, architecture, ""),
                        weights(stored, architecture, ".moment0"),
                        weights(stored, architecture, ".moment1")),
                stored.number("metrics-bytes"));
    }

    private static Map<String, String> metadata(String level, int iteration) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("level", level);
        metadata.put("iteration", Integer.toString(iteration));
        return metadata;
    }

    private static void check(SafeTensors stored, String level) {
        if (!stored.metadata("format").equals(FORMAT)) {
            throw new UserException(
                    stored.source() + " has format " + stored.metadata("format") + ", expected " + FORMAT);
        } else if (!stored.metadata("level").equals(level)) {
            throw new UserException(
                    stored.source() + " belongs to level " + stored.metadata("level") + ", expected " + level);
        }
    }

    private static void put(Map<String, Tensor> tensors, Weights weights, String suffix) {
        Architecture architecture = weights.architecture();
        for (int layer = 0; layer < architecture.layers(); layer++) {
            tensors.put(
                    "layers." + layer + ".weight" + suffix,
                    new Tensor.Floats(shape(architecture, layer), weights.matrix(layer)));
            if (architecture.biases()) {
                tensors.put(
                        "layers." + layer + ".bias" + suffix,
                        new Tensor.Floats(List.of(architecture.outputs(layer)), weights.biases(layer)));
            }
        }
    }

    private static void putMask(Map<String, Tensor> tensors, Mask mask) {
        for (int layer = 0; layer < mask.architecture().layers(); layer++) {
            tensors.put(
                    "layers." + layer + ".mask",
                    new Tensor.Bytes(shape(mask.architecture(), layer), mask.bytes(layer)));
        }
    }

    private static Weights weights(SafeTensors stored, Architecture architecture, String suffix) {
        Weights weights = new Weights(architecture);
        for (int layer = 0; layer < architecture.layers(); layer++) {
            float[] matrix = stored.floats("layers." + layer + ".weight" + suffix, shape(architecture, layer));
            System.arraycopy(matrix, 0, weights.matrix(layer), 0, matrix.length);
            if (architecture.biases()) {
                float[] biases =
                        stored.floats("layers." + layer + ".bias" + suffix, List.of(architecture.outputs(layer)));
                System.arraycopy(biases, 0, weights.biases(layer), 0, biases.length);
            }
        }
        return weights;
    }

    private static Mask mask(SafeTensors stored, Architecture architecture) {
        byte[][] bytes = new byte[architecture.layers()][];
        for (int layer = 0; layer < bytes.length; layer++) {
            bytes[layer] = stored.bytes("layers." + layer + ".mask", shape(architecture, layer));
        }
        try {
            return Mask.of(architecture, bytes);
        } catch (IllegalArgumentException e) {
            throw new UserException(stored.source() + " is damaged: " + e.getMessage(), e);
        }
    }

    private static List<Integer> shape(Architecture architecture, int layer) {
        return List.of(architecture.outputs(layer), architecture.inputs(layer));
    }
}
