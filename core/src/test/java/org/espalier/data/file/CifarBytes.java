package org.espalier.data.file;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes files in CIFAR-10's binary format for tests. */
public final class CifarBytes {
    private CifarBytes() {}

    /** The value of a byte of an image; differs between channels, rows, columns and images. */
    public static byte pixel(int file, int record, int channel, int row, int column) {
        return (byte) (file * 31 + record * 7 + channel * 97 + row * 3 + column);
    }

    /** A file of so many records; record r of file f has label {@code (f + r) mod 10}. */
    public static byte[] file(int file, int records) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int record = 0; record < records; record++) {
            out.write((file + record) % 10);
            for (int channel = 0; channel < 3; channel++) {
                for (int row = 0; row < 32; row++) {
                    for (int column = 0; column < 32; column++) {
                        out.write(pixel(file, record, channel, row, column));
                    }
                }
            }
        }
        return out.toByteArray();
    }

    /** Five training files of two records and a test file of three, by name. */
    public static Map<String, byte[]> small() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int file = 1; file <= 5; file++) {
            files.put("data_batch_" + file + ".bin", file(file, 2));
        }
        files.put("test_batch.bin", file(6, 3));
        return files;
    }
}
