package org.espalier.lab.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.lab.file.Json;
import org.espalier.lab.file.OtherFormat;
import org.espalier.lab.file.SafeTensors;
import org.espalier.network.Architecture;
import org.espalier.network.Mask;
import org.espalier.network.Parameter;
import org.espalier.network.Weights;

/**
 * A network from a single safetensors file, made by Espalier or other software. The tensors determine its shape.
 *
 * @param network weights and mask; where the file has no masks, weights of exactly zero count as pruned
 * @param level key of the level that the file names, if any
 * @param iteration number of updates that the file names, if any
 * @param dataSet name of the data set that the file names, if any
 * @param dataDigest SHA-256 of that data set, if the file names it
 */
public record NetworkFile(
        StoredNetwork network,
        Optional<String> level,
        Optional<Integer> iteration,
        Optional<String> dataSet,
        Optional<String> dataDigest) {
    /** Name in a file's metadata of the data set that the network classifies. */
    public static final String DATA_SET = "espalier.data-set";

    /** Name in a file's metadata of that data set's SHA-256. */
    public static final String DATA_DIGEST = "espalier.data-sha256";

    /** A file that names no data set. */
    NetworkFile(StoredNetwork network, Optional<String> level, Optional<Integer> iteration) {
        this(network, level, iteration, Optional.empty(), Optional.empty());
    }

    /** Name in a file's metadata of the names of its classes, a list in JSON. */
    public static final String CLASSES = "espalier.classes";

    private static final Pattern NAME = Pattern.compile("layers\\.(0|[1-9][0-9]{0,8})\\.(weight|bias|mask)");

    /**
     * Reads a network file: safetensors, or a {@link CompactFile}. One of Espalier's describes its network in the metadata {@code network}, unless that is fully
     * connected; its tensors are the {@link org.espalier.network.Graph#parameters parameters} of that network and the masks of
     * those that can be pruned. Any other file has tensors {@code layers.L.weight}, F32 of shape (outputs, inputs), L counting
     * from 0, and optionally {@code layers.L.bias}, F32 (outputs), and {@code layers.L.mask}, U8 (outputs, inputs). A layer
     * without biases in a network that has some gets zeros, which is the same function; masks are for all layers or none. Every
     * other tensor is refused, so that no other network is read than the one in the file.
     *
     * @throws UserException if it is missing or damaged, its tensors are no such network, or a weight is not finite
     */
    public static NetworkFile read(Path file) {
        return decode(AtomicFiles.read(file), file.toString());
    }

    /**
     * Names of the classes that a file's metadata have; empty where it has none.
     *
     * @throws UserException if the file is missing or damaged
     */
    public static List<String> classNames(Path file) {
        byte[] bytes = AtomicFiles.read(file);
        String source = file.toString();
        Optional<String> text = CompactFile.is(bytes)
                ? Optional.ofNullable(CompactFile.about(bytes, source).get(CLASSES))
                : SafeTensors.decodeAny(bytes, source).metadataIfAny(CLASSES);
        // A document of its own has to be an object.
        return text.map(list -> Json.strings(Json.parse("{\"names\": " + list + "}", source), "names", source))
                .orElse(List.of());
    }

    /**
     * Strings of a file's metadata whose names begin with {@code espalier.}.
     *
     * @throws UserException if the file is missing or damaged
     */
    public static Map<String, String> about(Path file) {
        byte[] bytes = AtomicFiles.read(file);
        String source = file.toString();
        Map<String, String> about = new TreeMap<>(
                CompactFile.is(bytes)
                        ? CompactFile.about(bytes, source)
                        : SafeTensors.decodeAny(bytes, source).metadata());
        about.keySet().removeIf(name -> !name.startsWith("espalier."));
        return about;
    }

    /**
     * The same as {@link #read} for a file that was read already.
     *
     * @param bytes the whole file
     * @param source its name, for messages
     * @throws UserException as {@link #read}
     */
    public static NetworkFile decode(byte[] bytes, String source) {
        if (CompactFile.is(bytes)) {
            StoredNetwork network = CompactFile.read(bytes, source);
            Map<String, String> about = CompactFile.about(bytes, source);
            return new NetworkFile(
                    network,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.ofNullable(about.get(DATA_SET)),
                    Optional.ofNullable(about.get(DATA_DIGEST)));
        }
        OtherFormat.of(bytes, source).ifPresent(other -> {
            throw new UserException(source + " is " + other + ": 'espalier import' makes a ticket of it first");
        });
        if (bytes.length <= Long.BYTES || bytes[Long.BYTES] != '{') {
            throw new UserException(source + " is no ticket: expected a file of Espalier's, safetensors or compact"
                    + " (.espalier), or the directory of a search or level");
        }
        SafeTensors stored = SafeTensors.decodeAny(bytes, source);
        Optional<String> described = stored.metadataIfAny(Networks.NETWORK);
        Architecture architecture;
        if (described.isPresent()) {
            architecture = NetworkDescription.network(Json.parse(described.get(), stored.source()), stored.source());
            checkTensors(stored, architecture);
        } else {
            architecture = architecture(stored);
            checkNames(stored, architecture);
        }
        Weights weights = new Weights(architecture);
        List<byte[]> kept = new ArrayList<>();
        for (Parameter parameter : architecture.graph().parameters()) {
            List<Integer> shape = parameter.shape().sizes();
            float[] values = weights.values(parameter.name());
            if (stored.tensors().containsKey(parameter.name())) {
                System.arraycopy(floats(stored, parameter.name(), shape), 0, values, 0, values.length);
            }
            if (parameter.prunable()) {
                String mask = Networks.maskName(parameter);
                kept.add(stored.tensors().containsKey(mask) ? bytes(stored, mask, shape) : notZero(values));
            }
        }
        if (!weights.finite()) {
            throw new UserException(source + " has weights that are not finite numbers");
        }
        try {
            Mask mask = Mask.of(architecture, kept.toArray(byte[][]::new));
            weights.apply(mask);
            return new NetworkFile(
                    new StoredNetwork(weights, mask),
                    stored.metadataIfAny("level"),
                    stored.metadataIfAny("iteration")
                            .filter(text -> text.matches("[0-9]{1,9}"))
                            .map(Integer::valueOf),
                    stored.metadataIfAny(DATA_SET),
                    stored.metadataIfAny(DATA_DIGEST));
        } catch (IllegalArgumentException e) {
            throw new UserException(source + " has a wrong mask: " + e.getMessage(), e);
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
        write(file, weights, mask, Map.of());
    }

    /**
     * The same with more strings in the file's metadata.
     *
     * @param about strings by name, none of Espalier's own names
     */
    public static void write(Path file, Weights weights, Mask mask, Map<String, String> about) {
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
        AtomicFiles.write(file, Networks.encode(kept, mask, about));
    }

    /** Every parameter has a tensor, masks are there for all layers or for none, and there is no other tensor. */
    private static void checkTensors(SafeTensors stored, Architecture architecture) {
        Set<String> known = new HashSet<>();
        List<String> masks = new ArrayList<>();
        for (Parameter parameter : architecture.graph().parameters()) {
            if (!stored.tensors().containsKey(parameter.name())) {
                throw new UserException(stored.source() + " has no tensor " + parameter.name()
                        + ", expected F32 of shape " + parameter.shape().sizes());
            }
            known.add(parameter.name());
            if (parameter.prunable()) {
                masks.add(Networks.maskName(parameter));
            }
        }
        List<String> found =
                masks.stream().filter(stored.tensors()::containsKey).toList();
        for (String mask : masks) {
            if (!found.isEmpty() && !found.contains(mask)) {
                throw new UserException(stored.source() + " has no tensor " + mask + ": expected masks for all "
                        + masks.size() + " layers with weights or for none, found " + found.size());
            }
        }
        known.addAll(masks);
        stored.tensors().keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new UserException(
                            stored.source() + " has tensor " + name + ", which is no part of the network it describes");
                });
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
