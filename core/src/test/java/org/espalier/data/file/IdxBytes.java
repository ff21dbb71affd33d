package org.espalier.data.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.espalier.data.DataFile;
import org.espalier.data.Digests;

/** Makes IDX files for tests. */
public final class IdxBytes {
    private IdxBytes() {}

    /** An image file whose pixel p is {@code p mod 251}. */
    public static byte[] images(int count, int rows, int columns) {
        byte[] pixels = new byte[count * rows * columns];
        for (int p = 0; p < pixels.length; p++) {
            pixels[p] = (byte) (p % 251);
        }
        return file(0x0803, pixels, count, rows, columns);
    }

    public static byte[] labels(int... labels) {
        byte[] values = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            values[i] = (byte) labels[i];
        }
        return file(0x0801, values, labels.length);
    }

    static byte[] file(int magic, byte[] values, int... sizes) {
        ByteBuffer file =
                ByteBuffer.allocate(4 + 4 * sizes.length + values.length).putInt(magic);
        for (int size : sizes) {
            file.putInt(size);
        }
        return file.put(values).array();
    }

    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** A small sound data set: 6 training and 2 test images of 2 x 3 pixels, 3 classes. */
    public static Map<DataFile, byte[]> small() {
        Map<DataFile, byte[]> files = new EnumMap<>(DataFile.class);
        files.put(DataFile.TRAIN_IMAGES, images(6, 2, 3));
        files.put(DataFile.TRAIN_LABELS, labels(0, 1, 2, 2, 1, 0));
        files.put(DataFile.TEST_IMAGES, images(2, 2, 3));
        files.put(DataFile.TEST_LABELS, labels(2, 0));
        return files;
    }

    public static Map<String, String> digests(Map<DataFile, byte[]> files) {
        Map<String, String> digests = new HashMap<>();
        files.forEach((file, bytes) -> {
            var digest = Digests.sha256();
            digest.update(bytes);
            digests.put(file.fileName(), Digests.hex(digest));
        });
        return digests;
    }

    public static Path write(Path directory, Map<DataFile, byte[]> files) {
        try {
            Files.createDirectories(directory);
            for (var file : files.entrySet()) {
                Files.write(directory.resolve(file.getKey().fileName()), file.getValue());
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
