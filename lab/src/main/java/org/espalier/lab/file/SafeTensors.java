package org.espalier.lab.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.data.Digests;
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
    private static final String METADATA = "__metadata__";
    private static final String ZEROS = "0".repeat(64);
    private static final int HEADER_LIMIT = 1 << 20;
    private static final Set<String> READ = Set.of("F32", "U8");
    private static final Set<String> CONVERTED = Set.of("F64", "F16", "BF16");
    private static final String WHOLE = "";

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
        header.put(METADATA, strings);
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
        byte[] json = Json.write(header).getBytes(StandardCharsets.UTF_8);
        byte[] headerBytes =
                Arrays.copyOf(json, (json.length + 7) / 8 * 8); // floats are aligned for readers that map the file
        Arrays.fill(headerBytes, json.length, headerBytes.length, (byte) ' ');
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
        byte[] digest = Digests.sha256(file.array()).getBytes(StandardCharsets.US_ASCII);
        // One character to a byte, as in checkDigest. Quotation marks of a string are escaped, so no other string holds
        // the member.
        String member = "\"" + DIGEST + "\":\"";
        int at = new String(headerBytes, StandardCharsets.ISO_8859_1).indexOf(member + ZEROS) + member.length();
        System.arraycopy(digest, 0, file.array(), 8 + at, digest.length);
        return file.array();
    }

    /**
     * Reads and checks a file.
     *
     * @throws UserException if it is missing, truncated, malformed, or its content does not match its digest
     */
    public static SafeTensors read(Path file) {
        return decode(AtomicFiles.read(file), file.toString());
    }

    /**
     * Checks a file that was read already.
     *
     * @param source its name, for messages
     * @throws UserException as {@link #read}
     */
    public static SafeTensors decode(byte[] bytes, String source) {
        return decode(bytes, source, true);
    }

    /**
     * Reads a file that need not be Espalier's: without the string {@code sha256} nothing is checked against it.
     *
     * @throws UserException as {@link #read}
     */
    public static SafeTensors readAny(Path file) {
        return decodeAny(AtomicFiles.read(file), file.toString());
    }

    /**
     * The same of a file that was read already.
     *
     * @param source its name, for messages
     * @throws UserException as {@link #read}
     */
    public static SafeTensors decodeAny(byte[] bytes, String source) {
        return decode(bytes, source, false);
    }

    /**
     * Reads a file of other software, whose floating point tensors may be of other types: F64, F16 and BF16 become F32. Tensors of
     * whole numbers are left out of the result, as the counters of batch norm are.
     *
     * @param source its name, for messages
     * @throws UserException as {@link #read}
     */
    public static SafeTensors decodeForeign(byte[] bytes, String source) {
        return decode(bytes, source, false, true);
    }

    private static SafeTensors decode(byte[] bytes, String source, boolean digestNeeded) {
        return decode(bytes, source, digestNeeded, false);
    }

    private static SafeTensors decode(byte[] bytes, String source, boolean digestNeeded, boolean foreign) {
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
        int start = 8 + (int) headerLength;
        JsonNode header = Json.parse(Arrays.copyOfRange(bytes, 8, start), source);
        if (bytes[8] != '{') {
            throw damaged(source, "its header does not begin with {");
        }
        Map<String, String> metadata = metadata(header, source);
        List<Place> places = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals(METADATA)) {
                places.add(place(entry.getKey(), entry.getValue(), source, foreign));
            }
        }
        checkPlaces(places, start, bytes.length, source);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Place place : places) {
            if (!place.type().equals(WHOLE)) {
                tensors.put(place.name(), tensor(place, buffer, start));
            }
        }
        if (digestNeeded || metadata.containsKey(DIGEST)) {
            checkDigest(bytes, start, metadata.get(DIGEST), source);
        }
        return new SafeTensors(tensors, metadata, source);
    }

    private static Map<String, String> metadata(JsonNode header, String source) {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (header.has(METADATA)) {
            JsonNode strings = Json.object(header, METADATA, source);
            for (Map.Entry<String, JsonNode> entry : strings.properties()) {
                metadata.put(entry.getKey(), Json.string(strings, entry.getKey(), source));
            }
        }
        return metadata;
    }

    private static void checkDigest(byte[] bytes, int start, @Nullable String claimed, String source) {
        if (claimed == null || !claimed.matches("[0-9a-f]{64}")) {
            throw damaged(source, "its header has no sha256 in __metadata__");
        }
        byte[] blanked = bytes.clone();
        // One character to a byte, so that names which are not ASCII move nothing.
        int at = 8 + new String(bytes, 8, start - 8, StandardCharsets.ISO_8859_1).indexOf(claimed);
        System.arraycopy(ZEROS.getBytes(StandardCharsets.US_ASCII), 0, blanked, at, ZEROS.length());
        String found = Digests.sha256(blanked);
        if (!found.equals(claimed)) {
            throw damaged(source, "expected SHA-256 " + claimed + ", found " + found);
        }
    }

    /**
     * Where a tensor's bytes stand.
     *
     * @param type of its elements; {@link #WHOLE} for types that are not read
     * @param width bytes of one element
     * @param from first byte, counted from the header's end
     * @param to byte after the last
     */
    private record Place(String name, List<Integer> shape, String type, int width, long from, long to) {
        long elements() {
            return (to - from) / width;
        }
    }

    private static Place place(String name, JsonNode entry, String source, boolean foreign) {
        if (!entry.isObject()) {
            throw damaged(source, "tensor " + name + " is " + entry + ", expected a JSON object");
        }
        List<Integer> shape = new ArrayList<>();
        long elements = 1;
        for (JsonNode size : Json.list(entry, "shape", source)) {
            if (!size.isIntegralNumber() || !size.canConvertToInt() || size.intValue() < 0 || elements > 1 << 30) {
                throw damaged(source, "tensor " + name + " has an impossible shape " + entry.path("shape"));
            }
            shape.add(size.intValue());
            elements *= size.intValue();
        }
        String type = Json.string(entry, "dtype", source);
        int width = width(name, type, source, foreign);
        JsonNode offsets = Json.list(entry, "data_offsets", source);
        boolean whole = offsets.size() == 2
                && offsets.path(0).isIntegralNumber()
                && offsets.path(0).canConvertToLong()
                && offsets.path(1).isIntegralNumber()
                && offsets.path(1).canConvertToLong();
        long from = whole ? offsets.path(0).longValue() : -1;
        long to = whole ? offsets.path(1).longValue() : -1;
        if (from < 0 || to < from || to - from != elements * width) {
            throw damaged(
                    source,
                    "tensor " + name + " of shape " + shape + " stands at " + offsets + ", which does not fit it");
        }
        boolean read = READ.contains(type) || foreign && CONVERTED.contains(type);
        return new Place(name, List.copyOf(shape), read ? type : WHOLE, width, from, to);
    }

    private static int width(String name, String type, String source, boolean foreign) {
        int width = switch (type) {
            case "F32" -> 4;
            case "U8" -> 1;
            case "F64", "I64" -> foreign ? 8 : 0;
            case "I32" -> foreign ? 4 : 0;
            case "F16", "BF16", "I16" -> foreign ? 2 : 0;
            case "I8", "BOOL" -> foreign ? 1 : 0;
            default -> 0;
        };
        if (width == 0) {
            throw new UserException(source + " has tensor " + name + " of type " + type + ", expected F32 or U8"
                    + (foreign ? ", F64, F16, BF16, I64, I32, I16, I8 or BOOL" : "") + ": Espalier reads no other");
        }
        return width;
    }

    /** The format's rule: tensors cover all bytes behind the header, each byte once. */
    private static void checkPlaces(List<Place> places, int start, int length, String source) {
        long covered = 0;
        String before = "the header";
        for (Place place : places.stream()
                .sorted(Comparator.comparingLong(Place::from).thenComparingLong(Place::to))
                .toList()) {
            if (start + place.to() > length) {
                throw damaged(
                        source,
                        "it is truncated: tensor " + place.name() + " ends at byte " + (start + place.to())
                                + ", the file at " + length);
            } else if (place.from() != covered) {
                throw damaged(
                        source,
                        "tensor " + place.name() + " begins at byte " + (start + place.from())
                                + (place.from() < covered ? ", inside " : ", with a gap behind ") + before
                                + ", which ends at " + (start + covered));
            }
            covered = place.to();
            before = "tensor " + place.name();
        }
        if (start + covered != length) {
            throw damaged(source, "its tensors end at byte " + (start + covered) + ", the file at " + length);
        }
    }

    private static Tensor tensor(Place place, ByteBuffer buffer, int start) {
        ByteBuffer slice = buffer.slice(start + (int) place.from(), (int) (place.to() - place.from()))
                .order(ByteOrder.LITTLE_ENDIAN);
        if (!place.type().equals("U8")) {
            float[] values = new float[(int) place.elements()];
            switch (place.type()) {
                case "F32" -> slice.asFloatBuffer().get(values);
                case "F64" -> fill(values, i -> (float) slice.getDouble(8 * i));
                case "F16" -> fill(values, i -> Float.float16ToFloat(slice.getShort(2 * i)));
                case "BF16" -> fill(values, i -> Float.intBitsToFloat(slice.getShort(2 * i) << 16));
                default -> throw new IllegalStateException(place.type());
            }
            return new Tensor.Floats(place.shape(), values);
        }
        byte[] values = new byte[(int) place.elements()];
        slice.get(values);
        return new Tensor.Bytes(place.shape(), values);
    }

    /** A number by its index. */
    @FunctionalInterface
    private interface Number {
        float at(int index);
    }

    private static void fill(float[] values, Number number) {
        for (int i = 0; i < values.length; i++) {
            values[i] = number.at(i);
        }
    }

    private static UserException damaged(String source, String problem) {
        return new UserException(source + " is damaged: " + problem);
    }

    /** The tensors in the file's order. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** All strings of the header. */
    public Map<String, String> metadata() {
        return Map.copyOf(metadata);
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
