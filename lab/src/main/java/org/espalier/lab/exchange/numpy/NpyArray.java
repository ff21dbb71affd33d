package org.espalier.lab.exchange.numpy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.NumberType;

/**
 * An array of a {@code .npy} file.
 *
 * @param shape length of each dimension, outermost first
 * @param type of the numbers
 * @param content the numbers, little-endian, row by row
 */
public record NpyArray(List<Integer> shape, NumberType type, byte[] content) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MOST_HEADER = 1 << 16;
    private static final Map<String, NumberType> TYPES = Map.of(
            "f8", NumberType.DOUBLE,
            "f4", NumberType.FLOAT,
            "f2", NumberType.HALF,
            "i8", NumberType.LONG,
            "i4", NumberType.INT,
            "i2", NumberType.SHORT,
            "i1", NumberType.CHAR,
            "u1", NumberType.BYTE,
            "b1", NumberType.BOOL);
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([A-Za-z][0-9]*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

    /** Whether a file begins as {@code .npy} does. */
    public static boolean is(byte[] bytes) {
        return bytes.length > MAGIC.length && java.util.Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * Reads a file.
     *
     * @param bytes the whole file
     * @param source its name, for messages
     * @throws UserException if it is damaged, holds Python objects or other types than numbers, or has columns first
     */
    public static NpyArray read(byte[] bytes, String source) {
        if (!is(bytes) || bytes.length < 12) {
            throw new UserException(source + " is damaged: it does not begin as a .npy file");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean wide = bytes[6] > 1;
        long length = wide ? in.getInt(8) & 0xffffffffL : in.getShort(8) & 0xffff;
        int start = wide ? 12 : 10;
        if (length > MOST_HEADER || length > bytes.length - start) {
            throw new UserException(source + " is damaged: its header claims " + length + " bytes");
        }
        String header = new String(bytes, start, (int) length, StandardCharsets.ISO_8859_1);
        NumberType type = type(header, source);
        List<Integer> shape = shape(header, source);
        long elements = 1;
        for (int size : shape) {
            elements = Math.min(elements * size, Integer.MAX_VALUE);
        }
        int from = start + (int) length;
        if (elements * type.bytes() != bytes.length - from) {
            throw new UserException(source + " is damaged: an array of shape " + shape + " has " + (bytes.length - from)
                    + " bytes, expected " + elements * type.bytes());
        }
        return new NpyArray(shape, type, java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static NumberType type(String header, String source) {
        Matcher found = TYPE.matcher(header);
        Matcher order = ORDER.matcher(header);
        if (!found.find() || !order.find()) {
            throw new UserException(
                    source + " is damaged: its header has no type and order of numbers, or a structure");
        }
        if (found.group(2).startsWith("O")) {
            throw new UserException(source + " holds Python objects, expected numbers: Espalier executes nothing");
        }
        NumberType type = TYPES.get(found.group(2));
        if (type == null || found.group(1).equals(">") && type.bytes() > 1) {
            throw new UserException(source + " has numbers of type " + found.group(1) + found.group(2)
                    + ", expected little-endian f8, f4, f2, i8, i4, i2, i1, u1 or b1");
        } else if (order.group(1).equals("True")) {
            throw new UserException(source + " has columns first, expected rows: save it with numpy.ascontiguousarray");
        }
        return type;
    }

    private static List<Integer> shape(String header, String source) {
        Matcher found = SHAPE.matcher(header);
        if (!found.find()) {
            throw new UserException(source + " is damaged: its header has no shape");
        }
        List<Integer> shape = new ArrayList<>();
        for (String size : found.group(1).split(",", -1)) {
            String text = size.strip();
            if (text.isEmpty()) {
                continue; // a tuple of one ends with a comma
            } else if (!text.matches("[0-9]{1,9}") || shape.size() > 8) {
                throw new UserException(source + " is damaged: its shape is (" + found.group(1) + ")");
            }
            shape.add(Integer.parseInt(text));
        }
        return List.copyOf(shape);
    }

    /** Number of values. */
    public int size() {
        return content.length / type.bytes();
    }

    /** The numbers, rounded to float. */
    public float[] floats() {
        return type.floats(content, 0, size());
    }

    /** An array of floats. */
    public static NpyArray of(List<Integer> shape, float[] values) {
        ByteBuffer content = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        content.asFloatBuffer().put(values);
        return new NpyArray(shape, NumberType.FLOAT, content.array());
    }

    /** The bytes of a {@code .npy} file. */
    public byte[] encode() {
        String name = TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("NumPy has no type " + type))
                .getKey();
        return file((type.bytes() == 1 ? '|' : '<') + name, shape, content.length)
                .put(content)
                .array();
    }

    /**
     * A file without its content, which belongs at the buffer's position.
     *
     * @param type as NumPy writes it
     * @param bytes length of the content
     */
    static ByteBuffer file(String type, List<Integer> shape, int bytes) {
        StringBuilder header =
                new StringBuilder("{'descr': '").append(type).append("', 'fortran_order': False, 'shape': (");
        shape.forEach(size -> header.append(size).append(", "));
        header.append("), }");
        while ((10 + header.length() + 1) % 64 != 0) {
            header.append(' ');
        }
        header.append('\n');
        ByteBuffer out = ByteBuffer.allocate(10 + header.length() + bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
        return out.put(header.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
