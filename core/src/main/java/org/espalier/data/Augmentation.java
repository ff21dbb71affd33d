package org.espalier.data;

import java.util.Optional;
import org.espalier.random.Stream;
import org.espalier.setting.Setting;

/**
 * Random changes of training images: a crop of the image with a black border around it, then a mirror image. Both are drawn
 * uniformly for each use of an image, from a stream at the number of that use, so that they depend on nothing else.
 *
 * @param crop width of the border in pixels, at least 0; the crop has the image's size
 * @param flip whether left and right are exchanged with probability 1/2
 */
public record Augmentation(
        @Setting(
                value = "black pixels added on each side before a random crop of the image's size; 0 for no crop",
                preset = "4",
                min = 0,
                max = 1000)
        int crop,

        @Setting(value = "whether left and right are exchanged with probability 1/2", preset = "true")
        boolean flip) {
    private static final int DRAWS = 3; // row, column, side

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if nothing would change, or the border's width is negative
     */
    public Augmentation {
        if (crop < 0 || crop == 0 && !flip) {
            throw new IllegalArgumentException(
                    "crop is " + crop + " and flip " + flip + ", expected a crop of at least 1 or flip: true");
        }
    }

    /**
     * What is wrong with it for images of a shape, to follow the setting's name; empty if nothing is.
     *
     * @param shape of the images
     */
    public Optional<String> unfit(ImageShape shape) {
        return crop < Math.min(shape.height(), shape.width())
                ? Optional.empty()
                : Optional.of(
                        "is " + crop + ", expected less than the rows and columns of an image of " + shape + " pixels");
    }

    /**
     * Writes an image changed at random.
     *
     * @param images pixels, [image][channel][row][column]
     * @param image to take
     * @param stream to draw from
     * @param use number of this use of an image, from 0; the same number gives the same change
     * @param out receives the pixels, [example][channel][row][column]
     * @param example to write
     */
    public void apply(byte[] images, int image, ImageShape shape, Stream stream, long use, byte[] out, int example) {
        int down = shift(stream, DRAWS * use);
        int right = shift(stream, DRAWS * use + 1);
        boolean mirrored = mirrored(stream, use);
        int width = shape.width();
        for (int row = 0; row < shape.height() * shape.channels(); row++) {
            int line = line(shape, image, row, down);
            int to = example * shape.features() + row * width;
            for (int column = 0; column < width; column++) {
                int across = across(width, column, right, mirrored);
                out[to + column] = line < 0 || across < 0 ? 0 : images[line + across];
            }
        }
    }

    /** As {@link #apply(byte[], int, ImageShape, Stream, long, byte[], int)}, of images that are floats. */
    public void apply(float[] images, int image, ImageShape shape, Stream stream, long use, float[] out, int example) {
        int down = shift(stream, DRAWS * use);
        int right = shift(stream, DRAWS * use + 1);
        boolean mirrored = mirrored(stream, use);
        int width = shape.width();
        for (int row = 0; row < shape.height() * shape.channels(); row++) {
            int line = line(shape, image, row, down);
            int to = example * shape.features() + row * width;
            for (int column = 0; column < width; column++) {
                int across = across(width, column, right, mirrored);
                out[to + column] = line < 0 || across < 0 ? 0 : images[line + across];
            }
        }
    }

    private int shift(Stream stream, long draw) {
        return crop == 0 ? 0 : stream.below(2 * crop + 1, draw) - crop;
    }

    private boolean mirrored(Stream stream, long use) {
        return flip && stream.bits(DRAWS * use + 2) < 0;
    }

    /** Where the pixels begin that a row of a changed image takes; -1 for black ones. */
    private static int line(ImageShape shape, int image, int row, int down) {
        int from = row % shape.height() + down;
        return from < 0 || from >= shape.height() ? -1 : image * shape.features() + (row + down) * shape.width();
    }

    /** The column that a column of a changed image takes; -1 for black. */
    private static int across(int width, int column, int right, boolean mirrored) {
        int across = (mirrored ? width - 1 - column : column) + right;
        return across < 0 || across >= width ? -1 : across;
    }
}
