package org.espalier.lab.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;

/** Recognises files of other programs that are given as tickets, so that a message can say what they are. */
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
        String ending = name.toLowerCase(Locale.ROOT);
        if (bytes.length < Long.BYTES || safeTensors(bytes)) {
            return Optional.empty();
        } else if (bytes[0] == 'P' && bytes[1] == 'K') {
            return Optional.of(ending.endsWith(".npz") ? "a NumPy archive" : "a PyTorch file");
        } else if ((bytes[0] & 0xff) == 0x80 && bytes[1] >= 2 && bytes[1] <= 5) {
            return Optional.of("a PyTorch file"); // a pickle of protocol 2 to 5
        } else if (ending.endsWith(".onnx") || bytes[0] == 0x08 && bytes[1] > 0 && bytes[1] < 32) {
            return Optional.of("an ONNX file"); // a protocol buffer whose first field is the version of the format
        }
        return Optional.empty();
    }

    private static boolean safeTensors(byte[] bytes) {
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return header >= 2 && header < HEADER_LIMIT && bytes.length > Long.BYTES && bytes[Long.BYTES] == '{';
    }
}
