package org.espalier.evaluate.corrupt;

import org.espalier.random.Stream;

/** Changes an image in a way that nature or cameras do, with a random draw where it has one. */
public interface Corruption {
    /** Its name in tables and files, e.g. {@code shot-noise}. */
    String word();

    /**
     * The corrupted image.
     *
     * @param image (channel, row, column), values in [0, 1]; not changed
     * @param stream draws of this image
     * @return values of the same order and size, which the caller clips to [0, 1]
     */
    double[] apply(double[] image, Stream stream);
}
