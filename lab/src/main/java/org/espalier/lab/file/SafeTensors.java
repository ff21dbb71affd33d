package org.espalier.lab.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.UserException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tensors with names and a few strings about them, in the safetensors format: eight bytes with the header's length
 * (little-endian), a JSON header, then the tensors' bytes, little-endian, without gaps.
 *
 * <p>The string {@code sha256} is the digest of the whole file with that string's own 64 digits replaced by zeros.
 */
public final class SafeTensors {
    private static final String DIGEST = "sha256";
    private static final String ZEROS = "0".repeat(64);
    private static final int HEADER_LIMIT = 1 << 20;

    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;
    private final String source;

    /** One tensor. */
    public sealed interface Tensor {
        /** Size of each dimension, outermost first. */
        List<Integer> shape();

        /** 32-bit floats, row-major. */
        record Floats(List<Integer> shape, float[] values) implements Tensor {}

        /** Unsigned bytes, row-major. */
        record Bytes(List<Integer> shape, byte[] values) implements Tensor {}
    }

    private SafeTensors(Map<String, Tensor> tensors, Map<String, String> metadata, String source) {
        this.tensors = tensors;
        this.metadata = metadata;
        this.source = source;
    }

    /** The file's bytes; the same tensors and strings always give the same bytes. */
    public static byte[] encode(Map<String, Tensor> tensors, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        Map<String, Object> strings = new LinkedHashMap<>(metadata);
        strings.put(DIGEST, ZEROS);
        header.put("__metadata__", strings);
        long length = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Map<String, Object> member = new LinkedHashMap<>();
            long size = entry.getValue() instanceof Tensor.Floats(List<Integer> ignored, float[] values)
                    ? 4L * values.length
                    : ((Tensor.Bytes) entry.getValue()).values().length;
            member.put("dtype", entry.getValue() instanceof Tensor.Floats ? "F32" : "U8");
            member.put("shape", entry.getValue().shape());
            member.put("data_offsets", List.of(length, length + size));
            header.put(entry.getKey(), member);
            length += size;
        }
        StringBuilder text = new StringBuilder(Json.write(header));
        while (text.length() % 8 != 0) {
            text.append(' '); // so that floats are aligned for readers that map the file
        }
        byte[] headerBytes = text.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(8 + headerBytes.length + length))
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(headerBytes.length).put(headerBytes);
        for (Tensor tensor : tensors.values()) {
            switch (tensor) {
                case Tensor.Floats(List<Integer> ignored, float[] values) -> {
                    file.asFloatBuffer().put(values);
                    file.position(file.position() + 4 * values.length);
                }
                case Tensor.Bytes(List<Integer> ignored, byte[] values) -> file.put(values);
            }
        }
        byte[] digest = AtomicFiles.sha256(file.array()).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digest, 0, file.array(), 8 + text.indexOf(ZEROS), digest.length);
        return file.array();
    }

    /**
     * Reads and checks a file.
     *
     * @throws UserException if it is missing, truncated, malformed, or its content is not what its digest says
     */
    public static SafeTensors read(Path file) {
        return decode(AtomicFiles.read(file), file.toString());
    }

    static SafeTensors decode(byte[] bytes, String source) {
        return decode(bytes, source, true);
    }

    /**
     * Reads a file that need not be Espalier's: without the string {@code sha256} nothing is checked against it.
     *
     * @throws UserException as {@link #read}
     */
    public static SafeTensors readAny(Path file) {
        return decode(AtomicFiles.read(file), file.toString(), false);
    }

    private static SafeTensors decode(byte[] bytes, String source, boolean digestNeeded) {
        if (bytes.length < 8) {
            throw damaged(source, "it has " + bytes.length + " bytes, expected at least 8");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long headerLength = buffer.getLong();
        if (headerLength < 2 || headerLength > HEADER_LIMIT) {
            throw damaged(
                    source,
                    "its header claims " + Long.toUnsignedString(headerLength) + " bytes, expected 2 to "
                            + HEADER_LIMIT);
        } else if (headerLength > bytes.length - 8) {
            throw damaged(
                    source,
                    "it is truncated: its header claims " + headerLength + " bytes, " + (bytes.length - 8) + " follow");
        }
        String headerText = new String(bytes, 8, (int) headerLength, StandardCharsets.UTF_8);
        JsonNode header = Json.parse(headerText, source);
        int start = 8 + (int) headerLength;
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : header.path("__metadata__").properties()) {
            metadata.put(entry.getKey(), Json.string(header.path("__metadata__"), entry.getKey(), source));
        }
        long covered = 0;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                covered = Math.max(covered, tensor(entry.getKey(), entry.getValue(), buffer, start, source, tensors));
            }
        }
        if (start + covered != bytes.length) {
            throw damaged(source, "its tensors end at byte " + (start + covered) + ", the file at " + bytes.length);
        }
        if (digestNeeded || metadata.containsKey(DIGEST)) {
            checkDigest(bytes, headerText, metadata.get(DIGEST), source);
        }
        return new SafeTensors(tensors, metadata, source);
    }

    private static void checkDigest(byte[] bytes, String header, @Nullable String claimed, String source) {
        if (claimed == null || !claimed.matches("[0-9a-f]{64}")) {
            throw damaged(source, "its header has no sha256 in __metadata__");
        }
        byte[] blanked = bytes.clone();
        // Header and digest are ASCII up to here: names of ours and hexadecimal digits.
        int at = 8 + header.indexOf(claimed);
        System.arraycopy(ZEROS.getBytes(StandardCharsets.US_ASCII), 0, blanked, at, ZEROS.length());
        String found = AtomicFiles.sha256(blanked);
        if (!found.equals(claimed)) {
            throw damaged(source, "expected SHA-256 " + claimed + ", found " + found);
        }
    }

    /** Reads one tensor and returns the offset of its end within the data. */
    private static long tensor(
            String name, JsonNode entry, ByteBuffer buffer, int start, String source, Map<String, Tensor> tensors) {
        List<Integer> shape = new ArrayList<>();
        long elements = 1;
        for (JsonNode size : entry.path("shape")) {
            if (!size.isIntegralNumber() || !size.canConvertToInt() || size.intValue() < 0 || elements > 1 << 30) {
                throw damaged(source, "tensor " + name + " has an impossible shape " + entry.path("shape"));
            }
            shape.add(size.intValue());
            elements *= size.intValue();
        }
        String type = Json.string(entry, "dtype", source);
        int width = switch (type) {
            case "F32" -> 4;
            case "U8" -> 1;
            default -> throw damaged(source, "tensor " + name + " has type " + type + ", expected F32 or U8");
        };
        JsonNode offsets = entry.path("data_offsets");
        long from = offsets.path(0).asLong(-1);
        long to = offsets.path(1).asLong(-1);
        long end = buffer.capacity() - (long) start;
        if (offsets.size() != 2 || from < 0 || to < from || to - from != elements * width) {
            throw damaged(
                    source,
                    "tensor " + name + " of shape " + shape + " stands at " + offsets + ", which does not fit it");
        } else if (to > end) {
            throw damaged(
                    source,
                    "it is truncated: tensor " + name + " ends at byte " + (start + to) + ", the file at "
                            + buffer.capacity());
        }
        ByteBuffer slice = buffer.slice(start + (int) from, (int) (to - from)).order(ByteOrder.LITTLE_ENDIAN);
        if (width == 4) {
            float[] values = new float[(int) elements];
            slice.asFloatBuffer().get(values);
            tensors.put(name, new Tensor.Floats(List.copyOf(shape), values));
        } else {
            byte[] values = new byte[(int) elements];
            slice.get(values);
            tensors.put(name, new Tensor.Bytes(List.copyOf(shape), values));
        }
        return to;
    }

    private static UserException damaged(String source, String problem) {
        return new UserException(source + " is damaged: " + problem);
    }

    /** The tensors in the file's order. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** A string about the tensors. */
    public String metadata(String name) {
        String value = metadata.get(name);
        if (value == null) {
            throw damaged(source, "its __metadata__ has no " + name);
        }
        return value;
    }

    /** A string about the tensors that may be missing. */
    public Optional<String> metadataIfAny(String name) {
        return Optional.ofNullable(metadata.get(name));
    }

    /** A whole number about the tensors. */
    public long number(String name) {
        String value = metadata(name);
        if (!value.matches("[0-9]{1,18}")) {
            throw damaged(source, "its __metadata__ has " + name + " \"" + value + "\", expected a number");
        }
        return Long.parseLong(value);
    }

    /** The floats of a tensor that has to be there in this shape. */
    public float[] floats(String name, List<Integer> shape) {
        if (tensors.get(name) instanceof Tensor.Floats(List<Integer> found, float[] values) && found.equals(shape)) {
            return values;
        }
        throw damaged(source, "it has no F32 tensor " + name + " of shape " + shape);
    }

    /** The bytes of a tensor that has to be there in this shape. */
    public byte[] bytes(String name, List<Integer> shape) {
        if (tensors.get(name) instanceof Tensor.Bytes(List<Integer> found, byte[] values) && found.equals(shape)) {
            return values;
        }
        throw damaged(source, "it has no U8 tensor " + name + " of shape " + shape);
    }

    public String source() {
        return source;
    }
}
