package org.espalier.data;

/**
 * How a network's flat inputs lie as an image: channel after channel, each row by row. It comes from the data's files;
 * nothing guesses it from the number of inputs.
 *
 * @param height rows of pixels, at least 1
 * @param width pixels to a row, at least 1
 * @param channels values of a pixel, at least 1: 1 for grey
 */
public record ImageShape(int height, int width, int channels) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is below 1
     */
    public ImageShape {
        if (height < 1 || width < 1 || channels < 1) {
            throw new IllegalArgumentException("an image has at least 1 row, column and channel, got " + height + " x "
                    + width + " x " + channels);
        }
    }

    /** A grey image. */
    public ImageShape(int height, int width) {
        this(height, width, 1);
    }

    /** Inputs of an image: height times width times channels. */
    public int features() {
        return Math.multiplyExact(Math.multiplyExact(height, width), channels);
    }

    @Override
    public String toString() {
        return height + " x " + width + (channels == 1 ? "" : " x " + channels);
    }
}
