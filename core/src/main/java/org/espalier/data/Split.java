package org.espalier.data;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.UserException;

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

    /**
     * A split of images that are floats. Pixels are kept as bytes: each value is rounded to the nearest multiple of 1/255,
     * so that a network reads it with an error of at most 1/510.
     *
     * @param images [image][input], channel after channel and row by row, each value in [0, 1]; copied
     * @param labels class of each image, (image), from 0; copied
     * @throws UserException if there are not as many labels as images, an image has another number of values, a value lies
     *     outside [0, 1] or is no number, or a label is negative
     */
    public static Split of(String name, ImageShape shape, float[][] images, int[] labels) {
        if (images.length != labels.length) {
            throw new UserException("split " + name + " has " + images.length + " images and " + labels.length
                    + " labels, expected one label for each image");
        }
        int features = shape.features();
        byte[] pixels = new byte[Math.multiplyExact(images.length, features)];
        for (int image = 0; image < images.length; image++) {
            if (images[image].length != features) {
                throw new UserException("split " + name + ": image " + image + " has " + images[image].length
                        + " values, expected the " + features + " of an image of " + shape);
            } else if (labels[image] < 0) {
                throw new UserException(
                        "split " + name + ": label " + image + " is " + labels[image] + ", expected a class from 0");
            }
            for (int input = 0; input < features; input++) {
                float value = images[image][input];
                if (!(value >= 0 && value <= 1)) {
                    throw new UserException("split " + name + ": image " + image + " has " + value + " at input "
                            + input + ", expected a number from 0 to 1");
                }
                pixels[image * features + input] = (byte) Math.round(value * 255.0);
            }
        }
        return new Split(name, shape, pixels, labels.clone());
    }

    /** Inputs of one image. */
    public int features() {
        return shape.features();
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /** Pixels of an image in [0, 1], copied, (input). */
    public double[] pixels(int image) {
        double[] pixels = new double[features()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (images[image * pixels.length + i] & 0xff) / 255.0;
        }
        return pixels;
    }

    /**
     * Images {@code from} to {@code to - 1}, copied.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public Split part(String part, int from, int to) {
        if (from < 0 || from > to || to > size()) {
            throw new IllegalArgumentException(
                    "images " + from + " to " + to + " are no part of the " + size() + " of split " + name);
        }
        return new Split(
                part,
                shape,
                Arrays.copyOfRange(images, from * features(), to * features()),
                Arrays.copyOfRange(labels, from, to));
    }

    /**
     * The images that are chosen, or those that are not, in order, copied.
     *
     * @param chosen by index
     * @param wanted whether those of {@code chosen}, else the others
     */
    Split pick(String part, BitSet chosen, boolean wanted) {
        int count = wanted ? chosen.cardinality() : size() - chosen.cardinality();
        int features = features();
        byte[] pixels = new byte[count * features];
        int[] classes = new int[count];
        int next = 0;
        for (int image = 0; image < size(); image++) {
            if (chosen.get(image) == wanted) {
                System.arraycopy(images, image * features, pixels, next * features, features);
                classes[next++] = labels[image];
            }
        }
        return new Split(part, shape, pixels, classes);
    }

    /**
     * Classes that no image here has, ascending.
     *
     * @param classes of the data set
     */
    public List<Integer> missing(int classes) {
        BitSet found = new BitSet();
        for (int label : labels) {
            found.set(label);
        }
        return IntStream.range(0, classes)
                .filter(label -> !found.get(label))
                .boxed()
                .toList();
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
