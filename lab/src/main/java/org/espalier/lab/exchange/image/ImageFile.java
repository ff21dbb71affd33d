package org.espalier.lab.exchange.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.espalier.UserException;
import org.espalier.data.ImageShape;

/**
 * A picture in a file: PNG or JPEG. Its size is known before it is decoded, so that a small file of a huge picture takes no memory.
 * Other formats that the JDK decodes are refused: its BMP decoder allocates what a damaged header asks for.
 *
 * @param shape rows, columns and channels: 1 for grey, 3 for red, green and blue
 * @param pixels [channel][row][column]
 */
public record ImageFile(ImageShape shape, byte[] pixels) {
    private static final Set<String> FORMATS = Set.of("png", "jpeg", "jpg");
    private static final long MOST_PIXELS = 1L << 20;

    /**
     * Decodes a file that was read already.
     *
     * @param channels 1 for grey, which is 0.299 red + 0.587 green + 0.114 blue, rounded; 3 for colours
     * @param source its name, for messages
     * @throws UserException if it is no picture, damaged or larger than a million pixels
     */
    public static ImageFile decode(byte[] bytes, int channels, String source) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new UserException(source + " is no picture, expected PNG or JPEG");
            }
            ImageReader reader = readers.next();
            try {
                String format = reader.getFormatName().toLowerCase(Locale.ROOT);
                if (!FORMATS.contains(format)) {
                    throw new UserException(source + " is a picture of format " + format + ", expected PNG or JPEG");
                }
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels < 1 || pixels > MOST_PIXELS) {
                    throw new UserException(source + " has " + reader.getWidth(0) + " x " + reader.getHeight(0)
                            + " pixels, expected at most " + MOST_PIXELS);
                }
                return of(reader.read(0), channels);
            } finally {
                reader.dispose();
            }
        } catch (UserException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The decoders of the JDK answer damaged files with many kinds of exceptions.
            throw new UserException(source + " is damaged: its picture cannot be decoded: " + e.getMessage(), e);
        }
    }

    private static ImageFile of(BufferedImage image, int channels) {
        int rows = image.getHeight();
        int columns = image.getWidth();
        byte[] pixels = new byte[channels * rows * columns];
        // Grey pictures give their own values: a conversion to colours would change them.
        boolean grey = image.getRaster().getNumBands() == 1 && image.getType() == BufferedImage.TYPE_BYTE_GRAY;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int at = row * columns + column;
                if (grey) {
                    for (int channel = 0; channel < channels; channel++) {
                        pixels[channel * rows * columns + at] =
                                (byte) image.getRaster().getSample(column, row, 0);
                    }
                    continue;
                }
                int rgb = image.getRGB(column, row);
                int red = rgb >> 16 & 0xff;
                int green = rgb >> 8 & 0xff;
                int blue = rgb & 0xff;
                if (channels == 1) {
                    pixels[at] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
                } else {
                    pixels[at] = (byte) red;
                    pixels[rows * columns + at] = (byte) green;
                    pixels[2 * rows * columns + at] = (byte) blue;
                }
            }
        }
        return new ImageFile(new ImageShape(rows, columns, channels), pixels);
    }
}
