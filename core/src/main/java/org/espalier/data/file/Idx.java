package org.espalier.data.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.espalier.UserException;
import org.espalier.data.Digests;

/**
 * Reads IDX files of unsigned bytes, the format of the MNIST files: a magic number (0, 0, type, dimensions), each
 * dimension's size as a big-endian 32-bit word, then the values in row-major order. Plain or gzip, told apart by
 * their first bytes.
 *
 * <p>Strict: a wrong magic number, size or length is refused with what was expected and what was found. Memory is
 * taken as bytes arrive, not as the header promises.
 */
public final class Idx {
    private static final int IMAGES_MAGIC = 0x0803; // unsigned bytes, three dimensions
    private static final int LABELS_MAGIC = 0x0801; // unsigned bytes, one dimension
    private static final int PIXELS_MAGIC = 0x0804; // unsigned bytes, four dimensions
    private static final int WIDE_LABELS_MAGIC = 0x0C01; // 32-bit integers, one dimension
    private static final int FLOATS_MAGIC = 0x0D04; // 32-bit floats, four dimensions
    // The largest promise of a header that is given its memory before its bytes have arrived.
    private static final int TRUSTED_BYTES = 1 << 18;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    /** Most floats of a file that can be read. */
    public static final int MOST_FLOATS = LARGEST_ARRAY / Float.BYTES;

    private Idx() {}

    /**
     * An image file.
     *
     * @param source how to name the file in a message
     * @param pixels [image][row][column]
     * @param sha256 of the uncompressed file
     */
    public record Images(String source, int count, int rows, int columns, byte[] pixels, String sha256) {}

    /**
     * A label file.
     *
     * @param source how to name the file in a message
     * @param labels [image]
     * @param sha256 of the uncompressed file
     */
    public record Labels(String source, int[] labels, String sha256) {}

    /**
     * A file of images with channels.
     *
     * @param source how to name the file in a message
     * @param pixels [image][channel][row][column]
     * @param sha256 of the uncompressed file
     */
    public record Pixels(String source, int count, int channels, int rows, int columns, byte[] pixels, String sha256) {}

    /**
     * Reads images with channels: unsigned bytes in four dimensions.
     *
     * @throws UserException if this is not a whole, well-formed file of these
     */
    public static Pixels readPixels(Content content) {
        Payload payload = read(content, PIXELS_MAGIC, 4);
        int[] sizes = payload.sizes;
        return new Pixels(content.describe(), sizes[0], sizes[1], sizes[2], sizes[3], payload.values, payload.sha256);
    }

    /** The first bytes of a file that {@link #readPixels} reads; the pixels follow. */
    public static byte[] pixelsHeader(int count, int channels, int rows, int columns) {
        return header(PIXELS_MAGIC, count, channels, rows, columns);
    }

    /**
     * Images with channels whose pixels are floats.
     *
     * @param source how to name the file in a message
     * @param values [image][channel][row][column], each in [0, 1]
     * @param sha256 of the uncompressed file
     */
    public record Floats(
            String source, int count, int channels, int rows, int columns, float[] values, String sha256) {}

    /**
     * Reads images with channels whose pixels are floats of 32 bits, the highest byte first.
     *
     * @throws UserException if this is not a whole, well-formed file of these, or a value is not from 0 to 1
     */
    public static Floats readFloats(Content content) {
        Payload payload = read(content, FLOATS_MAGIC, 4);
        float[] values = new float[payload.values.length / Float.BYTES];
        ByteBuffer.wrap(payload.values).asFloatBuffer().get(values);
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= 0 && values[i] <= 1)) {
                throw new UserException(content.describe() + " has " + values[i] + " at value " + i
                        + ", expected a number from 0 to 1");
            }
        }
        int[] sizes = payload.sizes;
        return new Floats(content.describe(), sizes[0], sizes[1], sizes[2], sizes[3], values, payload.sha256);
    }

    /** The first bytes of a file that {@link #readFloats} reads; {@link #floatBytes} follow. */
    public static byte[] floatsHeader(int count, int channels, int rows, int columns) {
        return header(FLOATS_MAGIC, count, channels, rows, columns);
    }

    /**
     * Values of a file of floats.
     *
     * @param from first value
     * @param to end of the values
     */
    public static byte[] floatBytes(float[] values, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, to - from));
        bytes.asFloatBuffer().put(values, from, to - from);
        return bytes.array();
    }

    private static byte[] header(int magic, int count, int channels, int rows, int columns) {
        return ByteBuffer.allocate(20)
                .putInt(magic)
                .putInt(count)
                .putInt(channels)
                .putInt(rows)
                .putInt(columns)
                .array();
    }

    /**
     * Reads labels of 32 bits.
     *
     * @throws UserException if this is not a whole, well-formed file of these
     */
    public static Labels readWideLabels(Content content) {
        Payload payload = read(content, WIDE_LABELS_MAGIC, 1);
        int[] labels = new int[payload.values.length / Integer.BYTES];
        ByteBuffer.wrap(payload.values).asIntBuffer().get(labels);
        return new Labels(content.describe(), labels, payload.sha256);
    }

    /** A whole file that {@link #readWideLabels} reads. */
    public static byte[] wideLabels(int[] labels) {
        ByteBuffer file = ByteBuffer.allocate(Math.addExact(8, Math.multiplyExact(Integer.BYTES, labels.length)))
                .putInt(WIDE_LABELS_MAGIC)
                .putInt(labels.length);
        for (int label : labels) {
            file.putInt(label);
        }
        return file.array();
    }

    /**
     * Reads images.
     *
     * @throws UserException if this is not a whole, well-formed image file
     */
    public static Images readImages(Content content) {
        Payload payload = read(content, IMAGES_MAGIC, 3);
        int[] sizes = payload.sizes;
        return new Images(content.describe(), sizes[0], sizes[1], sizes[2], payload.values, payload.sha256);
    }

    /**
     * Reads labels.
     *
     * @throws UserException if this is not a whole, well-formed label file
     */
    public static Labels readLabels(Content content) {
        Payload payload = read(content, LABELS_MAGIC, 1);
        int[] labels = new int[payload.values.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = payload.values[i] & 0xff;
        }
        return new Labels(content.describe(), labels, payload.sha256);
    }

    private record Payload(int[] sizes, byte[] values, String sha256) {}

    private static Payload read(Content content, int magic, int dimensions) {
        String file = content.describe();
        try (InputStream in = content.openUncompressed()) {
            byte[] header = in.readNBytes(4 + 4 * dimensions);
            checkMagic(file, header, magic);
            if (header.length < 4 + 4 * dimensions) {
                throw new UserException(file + " is truncated: expected a header of " + (4 + 4 * dimensions)
                        + " bytes, found " + header.length);
            }
            ByteBuffer words = ByteBuffer.wrap(header, 4, 4 * dimensions);
            int[] sizes = new int[dimensions];
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = words.getInt();
            }
            byte[] values = readValues(
                    file, in, sizes, magic == WIDE_LABELS_MAGIC || magic == FLOATS_MAGIC ? Integer.BYTES : 1);
            MessageDigest digest = Digests.sha256();
            digest.update(header);
            digest.update(values);
            return new Payload(sizes, values, Digests.hex(digest));
        } catch (IOException e) {
            throw FileSet.unreadable(file, "an IDX file", e);
        }
    }

    private static void checkMagic(String file, byte[] header, int magic) {
        String expected = kind(magic);
        if (header.length < 4) {
            throw new UserException(
                    file + " is truncated: expected " + expected + ", found " + header.length + " bytes");
        }
        int found = ByteBuffer.wrap(header).getInt();
        if (found == magic) {
            return;
        }
        String meaning = switch (found) {
            case IMAGES_MAGIC, LABELS_MAGIC -> " (" + kind(found) + ")";
            default -> " (" + meaning(header) + ")";
        };
        throw new UserException("%s is not %s: expected magic number 0x%08x, found 0x%08x%s"
                .formatted(file, expected, magic, found, meaning));
    }

    private static String kind(int magic) {
        return switch (magic) {
            case IMAGES_MAGIC -> "an IDX image file";
            case PIXELS_MAGIC -> "an IDX file of unsigned bytes in 4 dimensions";
            case WIDE_LABELS_MAGIC -> "an IDX file of 32-bit integers in 1 dimension";
            case FLOATS_MAGIC -> "an IDX file of 32-bit floats in 4 dimensions";
            default -> "an IDX label file";
        };
    }

    /** What a file is that begins so, in words. */
    private static String meaning(byte[] header) {
        if (header[0] == 0 && header[1] == 0) {
            String type = switch (header[2]) {
                case 0x08 -> "unsigned bytes";
                case 0x09 -> "signed bytes";
                case 0x0B -> "16-bit integers";
                case 0x0C -> "32-bit integers";
                case 0x0D -> "32-bit floats";
                case 0x0E -> "64-bit floats";
                default -> "";
            };
            return type.isEmpty()
                    ? "no IDX file of any type"
                    : "an IDX file of " + type + " in " + header[3] + (header[3] == 1 ? " dimension" : " dimensions");
        }
        String text = new String(header, 0, 4, StandardCharsets.ISO_8859_1);
        if (text.startsWith("<")) {
            return "it begins with " + text + ": looks like a web page, saved in place of the file";
        } else if (text.startsWith("PK")) {
            return "a zip archive: unpack it first";
        } else if (text.startsWith("BZh") || text.startsWith("\u00fd7zX")) {
            return "a compressed file: expected it plain or in gzip";
        } else if (text.startsWith("\u0093NUM")) {
            return "a NumPy file";
        }
        return text.chars().allMatch(c -> c >= ' ' && c <= '~') ? "it begins with " + text : "no IDX file";
    }

    private static byte[] readValues(String file, InputStream in, int[] sizes, int width) throws IOException {
        long length = width;
        for (int size : sizes) {
            // A size of 2^31 or more is negative as an int; the product is kept from overflowing by stopping early.
            length = size <= 0 || length > LARGEST_ARRAY ? -1 : length * size;
            if (length < 1 || length > LARGEST_ARRAY) {
                throw new UserException(
                        file + " has an impossible header: expected sizes of at least 1 that make at most "
                                + LARGEST_ARRAY + " bytes, found " + promise(sizes));
            }
        }
        byte[] values;
        try {
            values = readUpTo(in, (int) length);
        } catch (OutOfMemoryError e) {
            throw tooLarge(file, sizes, length, e);
        }
        if (values.length < length) {
            throw new UserException(file + " is truncated: expected " + length + " bytes after the header for "
                    + promise(sizes) + ", found " + values.length);
        }
        if (in.read() >= 0) {
            throw new UserException(file + " is too long: expected " + length + " bytes after the header for "
                    + promise(sizes) + ", found more");
        }
        return values;
    }

    private static UserException tooLarge(String file, int[] sizes, long length, OutOfMemoryError e) {
        long most = Runtime.getRuntime().maxMemory();
        // The whole, its copy in splits, and as much again while it grows.
        long wanted = Math.ceilDiv(3 * length + (256L << 20), 1L << 30);
        return new UserException(
                file + " holds " + promise(sizes) + ", " + (length >> 20) + " MiB, which the " + (most >> 20)
                        + " MiB of memory that may be used do not take; give it more with ESPALIER_JAVA_OPTS=-Xmx"
                        + wanted + "g",
                e);
    }

    private static String promise(int[] sizes) {
        StringBuilder text = new StringBuilder(Integer.toUnsignedString(sizes[0]));
        if (sizes.length == 1) {
            return text.append(" labels").toString();
        }
        text.append(" images of ").append(Integer.toUnsignedString(sizes[1]));
        for (int i = 2; i < sizes.length; i++) {
            text.append(" x ").append(Integer.toUnsignedString(sizes[i]));
        }
        return text.append(" pixels").toString();
    }

    // Grows by doubling beyond the trusted size, so that a lying header costs no more than the file's own size.
    private static byte[] readUpTo(InputStream in, int length) throws IOException {
        byte[] values = new byte[Math.min(length, TRUSTED_BYTES)];
        int filled = 0;
        while (true) {
            filled += in.readNBytes(values, filled, values.length - filled);
            if (filled < values.length) {
                return Arrays.copyOf(values, filled);
            }
            if (filled == length) {
                return values;
            }
            values = Arrays.copyOf(values, (int) Math.min(length, 2L * values.length));
        }
    }
}
