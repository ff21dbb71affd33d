package org.espalier.lab.store;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.espalier.UserException;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.SafeTensors;
import org.espalier.lab.file.SafeTensors.Tensor;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;
import org.espalier.train.TrainingState;
import org.espalier.train.mask.MaskState;

/** Networks, tickets and checkpoints as safetensors. */
final class Networks {
    static final String FORMAT = "espalier-1";

    /** Prefix of the tensors of what an objective carries. */
    private static final String OBJECTIVE = "objective.";

    /** Metadata with the description of a network that tensors alone do not say. */
    static final String NETWORK = "network";

    private static final String CARRIED_TENSORS = "mask-tensors";
    private static final String CARRIED_NUMBERS = "mask-numbers";

    private Networks() {}

    /** Weights and mask of a level after so many updates. */
    static byte[] encode(Weights weights, Mask mask, String level, int iteration) {
        return SafeTensors.encode(tensors(weights, mask), metadata(weights.architecture(), level, iteration));
    }

    /** Weights and mask of a network of no level. */
    static byte[] encode(Weights weights, Mask mask, Map<String, String> about) {
        Map<String, String> metadata = metadata(weights.architecture());
        about.forEach((name, text) -> {
            if (metadata.putIfAbsent(name, text) != null || name.equals("level") || name.equals("iteration")) {
                throw new IllegalArgumentException("a network file has its own " + name);
            }
        });
        return SafeTensors.encode(tensors(weights, mask), metadata);
    }

    private static Map<String, Tensor> tensors(Weights weights, Mask mask) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        put(tensors, weights, "");
        putMask(tensors, mask);
        return tensors;
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
    static byte[] encode(TrainingState state, Mask mask, MaskState maskState, String level, long metricsBytes) {
        Map<String, Tensor> tensors = tensors(state.weights(), mask);
        put(tensors, state.firstMoment(), ".moment0");
        put(tensors, state.secondMoment(), ".moment1");
        // Sorted, so that the bytes do not depend on a map's order.
        new TreeMap<>(state.objective())
                .forEach((name, values) ->
                        tensors.put(OBJECTIVE + name, new Tensor.Floats(List.of(values.length), values)));
        Map<String, String> metadata = metadata(state.weights().architecture(), level, state.iteration());
        metadata.put("metrics-bytes", Long.toString(metricsBytes));
        if (!maskState.equals(MaskState.NONE)) {
            maskState.tensors().forEach((name, values) -> put(tensors, values, "." + name));
            Map<String, String> numbers = new TreeMap<>();
            maskState.numbers().forEach((name, number) -> numbers.put(name, Double.toString(number)));
            metadata.put(CARRIED_TENSORS, String.join(" ", maskState.tensors().keySet()));
            metadata.put(CARRIED_NUMBERS, Json.write(new LinkedHashMap<String, Object>(numbers)));
        }
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
                        weights(stored, architecture, ".moment1"),
                        objective(stored)),
                mask(stored, architecture),
                maskState(stored, architecture),
                stored.number("metrics-bytes"));
    }

    private static MaskState maskState(SafeTensors stored, Architecture architecture) {
        Optional<String> names = stored.metadataIfAny(CARRIED_TENSORS);
        if (names.isEmpty()) {
            return MaskState.NONE;
        }
        Map<String, Weights> tensors = new TreeMap<>();
        for (String name : names.get().split(" ")) {
            if (!name.isEmpty()) {
                tensors.put(name, weights(stored, architecture, "." + name));
            }
        }
        Map<String, Double> numbers = new TreeMap<>();
        Json.parse(stored.metadata(CARRIED_NUMBERS), stored.source())
                .properties()
                .forEach(entry ->
                        numbers.put(entry.getKey(), number(entry.getValue().asString(), stored.source())));
        return new MaskState(tensors, numbers);
    }

    private static double number(String text, String source) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new UserException(source + " is damaged: it has \"" + text + "\" in place of a number", e);
        }
    }

    private static Map<String, float[]> objective(SafeTensors stored) {
        Map<String, float[]> state = new TreeMap<>();
        stored.tensors().forEach((name, tensor) -> {
            if (name.startsWith(OBJECTIVE) && tensor instanceof Tensor.Floats floats) {
                state.put(name.substring(OBJECTIVE.length()), floats.values());
            }
        });
        return state;
    }

    /** Tensors alone say what a fully connected network is; any other is described, so that a file can be read alone. */
    private static Map<String, String> metadata(Architecture architecture) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        if (architecture.fullyConnected().isEmpty()) {
            metadata.put(NETWORK, Json.write(NetworkDescription.write(architecture)));
        }
        return metadata;
    }

    private static Map<String, String> metadata(Architecture architecture, String level, int iteration) {
        Map<String, String> metadata = metadata(architecture);
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
        for (Parameter parameter : stored(weights, suffix)) {
            tensors.put(
                    parameter.name() + suffix,
                    new Tensor.Floats(parameter.shape().sizes(), weights.values(parameter.name())));
        }
    }

    /** All parameters, or those that the optimizer has moments of. */
    private static List<Parameter> stored(Weights weights, String suffix) {
        return weights.graph().parameters().stream()
                .filter(parameter -> suffix.isEmpty() || parameter.role().trained())
                .toList();
    }

    private static void putMask(Map<String, Tensor> tensors, Mask mask) {
        for (Parameter parameter : mask.graph().prunable()) {
            tensors.put(maskName(parameter), new Tensor.Bytes(parameter.shape().sizes(), mask.bytes(parameter.name())));
        }
    }

    private static Weights weights(SafeTensors stored, Architecture architecture, String suffix) {
        Weights weights = new Weights(architecture);
        for (Parameter parameter : stored(weights, suffix)) {
            float[] values =
                    stored.floats(parameter.name() + suffix, parameter.shape().sizes());
            System.arraycopy(values, 0, weights.values(parameter.name()), 0, values.length);
        }
        return weights;
    }

    private static Mask mask(SafeTensors stored, Architecture architecture) {
        byte[][] bytes = architecture.graph().prunable().stream()
                .map(parameter ->
                        stored.bytes(maskName(parameter), parameter.shape().sizes()))
                .toArray(byte[][]::new);
        try {
            return Mask.of(architecture, bytes);
        } catch (IllegalArgumentException e) {
            throw new UserException(stored.source() + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Name of the tensor that holds a parameter's mask. */
    static String maskName(Parameter parameter) {
        return parameter.node() + ".mask";
    }
}
