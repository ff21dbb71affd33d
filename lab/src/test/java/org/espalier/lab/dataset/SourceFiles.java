package org.espalier.lab.dataset;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.espalier.lab.dataset.read.ArrayOptions;
import org.espalier.lab.dataset.read.PictureOptions;
import org.espalier.lab.dataset.read.Tables;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.tensor.NumberType;

/** The user's files, for tests. */
public final class SourceFiles {
    private SourceFiles() {}

    /** A PNG file of one colour, red first. */
    public static byte[] png(int rows, int columns, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        return encoded(image);
    }

    /** A PNG file of one grey value. */
    public static byte[] greyPng(int rows, int columns, int value) throws IOException {
        BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                image.getRaster().setSample(x, y, 0, value);
            }
        }
        return encoded(image);
    }

    private static byte[] encoded(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    /** Writes a file and the folders above it. */
    public static Path write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    /** A folder with as many pictures of each class as given, all different. */
    public static Path pictures(Path folder, Map<String, Integer> classes) throws IOException {
        int colour = 0x10203;
        for (String name : classes.keySet().stream().sorted().toList()) {
            for (int i = 0; i < classes.get(name); i++) {
                write(folder.resolve(name).resolve("p" + i + ".png"), png(4, 4, colour));
                colour += 0x010305;
            }
        }
        return folder;
    }

    /** Bytes, counting up. */
    public static NpyArray bytes(Integer... shape) {
        int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) i;
        }
        return new NpyArray(List.of(shape), NumberType.BYTE, content);
    }

    /** Labels of one byte. */
    public static NpyArray labels(int... labels) {
        byte[] content = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            content[i] = (byte) labels[i];
        }
        return new NpyArray(List.of(labels.length), NumberType.BYTE, content);
    }

    /** Labels 0, 1, 0, 1 and so on. */
    public static NpyArray alternating(int count) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 2;
        }
        return labels(labels);
    }

    public static DataImportSettings pictures(PictureOptions options) {
        DataImportSettings usual = DataImportSettings.usual();
        return new DataImportSettings(
                options, usual.tables(), usual.division(), List.of(), false, Map.of(), Optional.empty(), false, false);
    }

    public static DataImportSettings arrays(ArrayOptions options) {
        return tables(new Tables.Options(options, true, List.of()));
    }

    public static DataImportSettings tables(Tables.Options options) {
        DataImportSettings usual = DataImportSettings.usual();
        return new DataImportSettings(
                usual.pictures(),
                options,
                usual.division(),
                List.of(),
                false,
                Map.of(),
                Optional.empty(),
                false,
                false);
    }
}
