package org.espalier.lab.exchange.numpy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.ZipBytes;

/** Arrays by name, as {@code numpy.savez} stores them: a zip archive of {@code .npy} files. */
public final class NpzFile {
    private static final String END = ".npy";

    private NpzFile() {}

    /**
     * Reads the arrays, in the archive's order.
     *
     * @param most bytes that all arrays may take together
     * @param source the file, for messages
     * @throws UserException if it is damaged or too large, or an array is refused
     */
    public static Map<String, NpyArray> read(byte[] bytes, long most, String source) {
        ZipBytes archive = new ZipBytes(bytes, source);
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        long left = most;
        for (String name : archive.names()) {
            if (!name.endsWith(END)) {
                throw new UserException(source + " has entry " + name + ", expected arrays (.npy) alone");
            }
            byte[] content = archive.read(name, left);
            left -= content.length;
            arrays.put(name.substring(0, name.length() - END.length()), NpyArray.read(content, source + ": " + name));
        }
        return arrays;
    }

    /** The bytes of an archive, not compressed. */
    public static byte[] encode(Map<String, NpyArray> arrays) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
                byte[] content = array.getValue().encode();
                ZipEntry entry = new ZipEntry(array.getKey() + END);
                CRC32 crc = new CRC32();
                crc.update(content);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                entry.setCrc(crc.getValue());
                entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
                out.putNextEntry(entry);
                out.write(content);
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail in this way
        }
        return bytes.toByteArray();
    }
}
