package org.espalier.lab.exchange.numpy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.UserException;

/** Texts in a {@code .npy} file: an array of one dimension, of NumPy's type {@code <U}, four bytes to a character. */
public final class NpyTexts {
    private static final int LENGTH = 8; // where the header's length stands, of two bytes
    private static final int START = LENGTH + 2;
    private static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '<U([0-9]{1,4})', 'fortran_order': False, 'shape': \\(([0-9]{1,9}),\\s*\\),? *\\}\\s*");

    private NpyTexts() {}

    /** The bytes of a file. */
    public static byte[] encode(List<String> texts) {
        int longest = Math.max(
                1,
                texts.stream()
                        .mapToInt(text -> text.codePointCount(0, text.length()))
                        .max()
                        .orElse(1));
        ByteBuffer out = NpyArray.file("<U" + longest, List.of(texts.size()), 4 * longest * texts.size());
        for (String text : texts) {
            int at = out.position();
            text.codePoints().forEach(out::putInt);
            out.position(at + 4 * longest);
        }
        return out.array();
    }

    /**
     * Reads a file.
     *
     * @param source its name, for messages
     * @throws UserException if it holds something else
     */
    public static List<String> read(byte[] bytes, String source) {
        int length = bytes.length < START
                ? 0
                : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(LENGTH) & 0xffff;
        if (!NpyArray.is(bytes) || bytes[6] != 1 || length > bytes.length - START) {
            throw new UserException(source + " is damaged: it does not begin as a .npy file of texts");
        }
        Matcher header = HEADER.matcher(new String(bytes, START, length, StandardCharsets.ISO_8859_1));
        long expected =
                header.matches() ? 4L * Integer.parseInt(header.group(1)) * Integer.parseInt(header.group(2)) : -1;
        if (expected != bytes.length - START - length) {
            throw new UserException(source + " holds no list of texts, expected type <U and one dimension");
        }
        int longest = Integer.parseInt(header.group(1));
        ByteBuffer in = ByteBuffer.wrap(bytes, START + length, (int) expected).order(ByteOrder.LITTLE_ENDIAN);
        List<String> texts = new ArrayList<>();
        while (in.hasRemaining()) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < longest; i++) {
                int character = in.getInt();
                if (character != 0 && Character.isValidCodePoint(character)) {
                    text.appendCodePoint(character);
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }
}
