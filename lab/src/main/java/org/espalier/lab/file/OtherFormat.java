package org.espalier.lab.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;

/** Recognises network files of other programs by their content: for imports, and for messages that say what a file is. */
public final class OtherFormat {
    /** Longest header of a safetensors file that its first eight bytes may name, well above Espalier's own. */
    private static final long HEADER_LIMIT = 1L << 32;

    private OtherFormat() {}

    /**
     * The format in words; empty where the bytes may be a safetensors file.
     *
     * @param bytes the whole file
     * @param name of the file
     */
    public static Optional<String> of(byte[] bytes, String name) {
        if (bytes.length < Long.BYTES || isSafeTensors(bytes)) {
            return Optional.empty();
        } else if (isZip(bytes) && name.toLowerCase(Locale.ROOT).endsWith(".npz")) {
            return Optional.of("a NumPy archive");
        } else if (isTorch(bytes)) {
            return Optional.of("a PyTorch file");
        }
        return isOnnx(bytes, name) ? Optional.of("an ONNX file") : Optional.empty();
    }

    /** Whether a file begins as a zip archive does. */
    public static boolean isZip(byte[] bytes) {
        return bytes.length >= 4 && bytes[0] == 'P' && bytes[1] == 'K' && bytes[2] == 3 && bytes[3] == 4;
    }

    /** Whether a file begins as one of {@code torch.save} does: a zip archive, or a pickle of protocol 2 to 5. */
    public static boolean isTorch(byte[] bytes) {
        return isZip(bytes) || bytes.length > 2 && bytes[0] == (byte) 0x80 && bytes[1] > 1 && bytes[1] < 6;
    }

    /** Whether a file begins as safetensors do: the length of a header, which follows. The file may be cut short. */
    public static boolean isSafeTensors(byte[] bytes) {
        if (bytes.length <= Long.BYTES || bytes[Long.BYTES] != '{') {
            return false;
        }
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return header >= 2 && header < HEADER_LIMIT;
    }

    /**
     * Whether a file may be ONNX: its name says so, or it begins with the version of its format, from 1 to 127, and a second field of
     * the model.
     *
     * @param name of the file
     */
    public static boolean isOnnx(byte[] bytes, String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".onnx")
                || bytes.length > 4
                        && bytes[0] == 0x08
                        && bytes[1] > 0
                        && (bytes[2] == 0x12 || bytes[2] == 0x3a || bytes[2] == 0x42);
    }
}
