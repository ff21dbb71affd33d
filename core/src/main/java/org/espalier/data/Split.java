package org.espalier.data;

/**
 * Examples for one use: images and their labels.
 *
 * <p>The arrays are shared, not copied: they are not to be changed.
 *
 * @param name {@code train}, {@code validation} or {@code test}
 * @param features pixels of one image
 * @param images pixels, [image][feature] row-major, one unsigned byte each; image k begins at {@code k * features}
 * @param labels class of each image, [image], from 0
 */
public record Split(String name, int features, byte[] images, int[] labels) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException unless there are {@code labels.length * features} pixels
     */
    public Split {
        if (features < 1 || images.length != (long) labels.length * features) {
            throw new IllegalArgumentException("split " + name + ": " + labels.length + " images of " + features
                    + " pixels need " + (long) labels.length * features + " bytes, got " + images.length);
        }
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    @Override
    public String toString() {
        return name + ": " + size() + " images of " + features + " pixels";
    }
}
