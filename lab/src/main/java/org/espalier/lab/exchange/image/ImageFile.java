package org.espalier.lab.exchange.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
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

    /** Most pixels of a picture that is read as it is. */
    public static final long MOST_PIXELS = 1L << 20;

    /** Most pixels of a picture that is to be made smaller: 33 million take 100 MB in colour. */
    public static final long MOST_PHOTO_PIXELS = 1L << 25;

    /**
     * What a file says of its picture before it is decoded.
     *
     * @param rows its height in pixels
     * @param columns its width in pixels
     * @param grey whether it has grey values and no colours
     */
    public record Header(int rows, int columns, boolean grey) {}

    /** What is done with a reader that has its input. */
    @FunctionalInterface
    private interface Use<T> {
        T of(ImageReader reader) throws IOException;
    }

    /**
     * Reads what a file says of its picture. The pixels are not decoded, so that they may still be damaged.
     *
     * @throws UserException if it is missing, no picture or damaged
     */
    public static Header header(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return use(new MemoryCacheImageInputStream(in), file.toString(), reader -> {
                Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
                boolean grey = types.hasNext() && isGrey(types.next().getColorModel());
                return new Header(reader.getHeight(0), reader.getWidth(0), grey);
            });
        } catch (IOException e) {
            throw new UserException(
                    file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "it is missing"), e);
        }
    }

    private static boolean isGrey(ColorModel model) {
        return !(model instanceof IndexColorModel) && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    }

    /**
     * Decodes a file that was read already.
     *
     * @param channels 1 for grey, which is 0.299 red + 0.587 green + 0.114 blue, rounded; 3 for colours
     * @param source its name, for messages
     * @throws UserException if it is no picture, damaged or larger than a million pixels
     */
    public static ImageFile decode(byte[] bytes, int channels, String source) {
        return decode(bytes, channels, source, MOST_PIXELS);
    }

    /**
     * The same for a picture that may be larger.
     *
     * @param mostPixels rows times columns that are accepted
     * @throws UserException if it is no picture, damaged or larger
     */
    public static ImageFile decode(byte[] bytes, int channels, String source, long mostPixels) {
        return use(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), source, reader -> {
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels < 1 || pixels > mostPixels) {
                throw new UserException(source + " has " + reader.getWidth(0) + " x " + reader.getHeight(0)
                        + " pixels, expected at most " + mostPixels);
            }
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
            BufferedImage image = reader.read(0);
            if (warnings.stream()
                    .anyMatch(warning -> warning.toLowerCase(Locale.ROOT).contains("premature end"))) {
                // The decoder fills what is missing of a JPEG file with grey.
                throw new UserException(source + " is damaged: its picture ends early");
            }
            return of(image, channels);
        });
    }

    private static <T> T use(ImageInputStream stream, String source, Use<T> use) {
        try (ImageInputStream in = stream) {
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
                return use.of(reader);
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
        // Grey pictures give their own values: a conversion to colours would change them. Of 16 bits the upper 8 count.
        boolean grey = isGrey(image.getColorModel());
        int excess = grey ? Math.max(0, image.getRaster().getSampleModel().getSampleSize(0) - Byte.SIZE) : 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int at = row * columns + column;
                if (grey) {
                    for (int channel = 0; channel < channels; channel++) {
                        pixels[channel * rows * columns + at] =
                                (byte) (image.getRaster().getSample(column, row, 0) >> excess);
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
