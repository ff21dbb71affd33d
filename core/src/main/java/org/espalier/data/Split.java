package org.espalier.data;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.espalier.UserException;

/**
 * Examples for one use: images and their labels. Pixels are bytes, or floats where 256 steps are too few for them.
 *
 * <p>The arrays are shared, not copied: they are not to be changed.
 *
 * @param name {@code train}, {@code validation} or {@code test}
 * @param shape rows, columns and channels of an image
 * @param images pixels, [image][channel][row][column], one unsigned byte each; image k begins at {@code k * features()}. Of length 0
 *     if pixels are floats
 * @param floats pixels in the same order, each in [0, 1]; of length 0 if pixels are bytes
 * @param labels class of each image, [image], from 0
 */
public record Split(String name, ImageShape shape, byte[] images, float[] floats, int[] labels) {
    private static final float[] NONE = {};

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException unless there are {@code labels.length * features()} pixels
     */
    public Split {
        int features = shape.features();
        long pixels = (long) labels.length * features;
        if (floats.length > 0 ? floats.length != pixels || images.length > 0 : images.length != pixels) {
            throw new IllegalArgumentException("split " + name + ": " + labels.length + " images of " + features
                    + " pixels need " + pixels
                    + (floats.length == 0
                            ? " bytes, got " + images.length
                            : " floats and no bytes, got " + floats.length + " and " + images.length));
        }
    }

    /** Examples whose pixels are bytes. */
    public Split(String name, ImageShape shape, byte[] images, int[] labels) {
        this(name, shape, images, NONE, labels);
    }

    /**
     * Examples whose pixels are floats.
     *
     * @param floats [image][channel][row][column], each in [0, 1]; not copied and not checked
     */
    public Split(String name, ImageShape shape, float[] floats, int[] labels) {
        this(name, shape, new byte[0], floats, labels);
    }

    /**
     * Pixels as bytes.
     *
     * @throws IllegalStateException if pixels are floats
     */
    @Override
    public byte[] images() {
        if (isFloat()) {
            throw new IllegalStateException("the pixels of split " + name + " are floats, expected bytes");
        }
        return images;
    }

    /** Whether pixels are floats. */
    public boolean isFloat() {
        return floats.length > 0;
    }

    /** A pixel in [0, 1] as networks read it. */
    public float pixel(int image, int input) {
        int at = image * shape.features() + input;
        return isFloat() ? floats[at] : (images[at] & 0xff) / 255f;
    }

    /** Bytes of memory that pixels take. */
    public long bytes() {
        return images.length + 4L * floats.length;
    }

    /**
     * Examples that are no images: their features are one row.
     *
     * @param features of one example, at least 1
     */
    public Split(String name, int features, byte[] images, int[] labels) {
        this(name, new ImageShape(1, features), images, labels);
    }

    /** Whether a value from 0 to 1 is, as a float, a multiple of 1/255, so that a byte holds it. */
    public static boolean isMultiple(double value) {
        return value >= 0 && value <= 1 && (float) value == Math.round(value * 255) / 255f;
    }

    /**
     * A split of images that are floats. Pixels stay floats; if all of them are multiples of 1/255 ({@link #isMultiple}), bytes hold
     * them.
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
        float[] floats = new float[Math.multiplyExact(images.length, features)];
        boolean multiples = true;
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
                floats[image * features + input] = value + 0f; // minus zero is zero
                multiples &= isMultiple(value);
            }
        }
        if (!multiples) {
            return new Split(name, shape, floats, labels.clone());
        }
        byte[] pixels = new byte[floats.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round(floats[i] * 255.0);
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
            int at = image * pixels.length + i;
            pixels[i] = isFloat() ? floats[at] : (images[at] & 0xff) / 255.0;
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
        int first = from * features();
        int end = to * features();
        int[] classes = Arrays.copyOfRange(labels, from, to);
        return isFloat()
                ? new Split(part, shape, Arrays.copyOfRange(floats, first, end), classes)
                : new Split(part, shape, Arrays.copyOfRange(images, first, end), classes);
    }

    /**
     * The images that are chosen, or those that are not, in order, copied.
     *
     * @param chosen by index
     * @param wanted whether those of {@code chosen}, else the others
     */
    Split pick(String part, BitSet chosen, boolean wanted) {
        return pick(
                part,
                IntStream.range(0, size())
                        .filter(image -> chosen.get(image) == wanted)
                        .toArray());
    }

    /**
     * Some images, in the order given, copied.
     *
     * @param chosen index of each
     */
    public Split pick(String part, int[] chosen) {
        int features = features();
        int length = Math.multiplyExact(chosen.length, features);
        byte[] pixels = new byte[isFloat() ? 0 : length];
        float[] reals = new float[isFloat() ? length : 0];
        int[] classes = new int[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            if (isFloat()) {
                System.arraycopy(floats, chosen[i] * features, reals, i * features, features);
            } else {
                System.arraycopy(images, chosen[i] * features, pixels, i * features, features);
            }
            classes[i] = labels[chosen[i]];
        }
        return new Split(part, shape, pixels, reals, classes);
    }

    /**
     * These images and then those of another split, copied.
     *
     * @throws IllegalArgumentException if the other has another shape, or one has bytes and the other floats
     */
    public Split join(String both, Split after) {
        if (!shape.equals(after.shape) || size() > 0 && after.size() > 0 && isFloat() != after.isFloat()) {
            throw new IllegalArgumentException("splits " + name + " and " + after.name
                    + " differ in their shape or kind of pixels, expected equal ones");
        }
        byte[] pixels = Arrays.copyOf(images, Math.addExact(images.length, after.images.length));
        System.arraycopy(after.images, 0, pixels, images.length, after.images.length);
        float[] reals = Arrays.copyOf(floats, Math.addExact(floats.length, after.floats.length));
        System.arraycopy(after.floats, 0, reals, floats.length, after.floats.length);
        int[] classes = Arrays.copyOf(labels, size() + after.size());
        System.arraycopy(after.labels, 0, classes, size(), after.size());
        return new Split(both, shape, pixels, reals, classes);
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
        return other.equals(shape) ? this : new Split(name, other, images, floats, labels);
    }

    @Override
    public String toString() {
        return name + ": " + size() + " images of " + features() + " pixels";
    }
}
