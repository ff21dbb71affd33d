package org.espalier.data;

import java.util.Arrays;

/**
 * Examples for one use: images and their labels.
 *
 * <p>The arrays are shared, not copied: they are not to be changed.
 *
 * @param name {@code train}, {@code validation} or {@code test}
 * @param shape rows, columns and channels of an image
 * @param images pixels, [image][channel][row][column], one unsigned byte each; image k begins at {@code k * features()}
 * @param labels class of each image, [image], from 0
 */
public record Split(String name, ImageShape shape, byte[] images, int[] labels) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException unless there are {@code labels.length * features()} pixels
     */
    public Split {
        int features = shape.features();
        if (images.length != (long) labels.length * features) {
            throw new IllegalArgumentException("split " + name + ": " + labels.length + " images of " + features
                    + " pixels need " + (long) labels.length * features + " bytes, got " + images.length);
        }
    }

    /**
     * Examples that are no images: their features are one row.
     *
     * @param features of one example, at least 1
     */
    public Split(String name, int features, byte[] images, int[] labels) {
        this(name, new ImageShape(1, features), images, labels);
    }

    /** Inputs of one image. */
    public int features() {
        return shape.features();
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /** Images {@code from} to {@code to - 1}, copied. */
    public Split part(String part, int from, int to) {
        return new Split(
                part,
                shape,
                Arrays.copyOfRange(images, from * features(), to * features()),
                Arrays.copyOfRange(labels, from, to));
    }

    /** The same images as another shape of as many inputs. */
    Split shaped(ImageShape other) {
        return other.equals(shape) ? this : new Split(name, other, images, labels);
    }

    @Override
    public String toString() {
        return name + ": " + size() + " images of " + features() + " pixels";
    }
}
