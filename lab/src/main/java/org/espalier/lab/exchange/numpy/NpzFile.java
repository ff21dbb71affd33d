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
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        files(bytes, most, source)
                .forEach((name, content) -> arrays.put(name, NpyArray.read(content, source + ": " + name + END)));
        return arrays;
    }

    /**
     * The arrays' names and encoded files, in the archive's order. Of their content nothing is checked.
     *
     * @param most bytes that all files may take together
     * @param source the file, for messages
     * @throws UserException if the archive is damaged or too large
     */
    public static Map<String, byte[]> files(byte[] bytes, long most, String source) {
        ZipBytes archive = new ZipBytes(bytes, source);
        Map<String, byte[]> files = new LinkedHashMap<>();
        long left = most;
        for (String name : archive.names()) {
            if (!name.endsWith(END)) {
                throw new UserException(source + " has entry " + name + ", expected arrays (.npy) alone");
            }
            byte[] content = archive.read(name, left);
            left -= content.length;
            files.put(name.substring(0, name.length() - END.length()), content);
        }
        return files;
    }

    /** The bytes of an archive, not compressed. */
    public static byte[] encode(Map<String, NpyArray> arrays) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        arrays.forEach((name, array) -> files.put(name, array.encode()));
        return archive(files);
    }

    /**
     * The bytes of an archive of files that are encoded already, not compressed.
     *
     * @param files by the name of the array: content of {@code .npy} files
     */
    public static byte[] archive(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : files.entrySet()) {
                byte[] content = array.getValue();
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
