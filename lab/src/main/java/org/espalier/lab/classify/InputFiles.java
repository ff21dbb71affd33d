package org.espalier.lab.classify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.UserException;
import org.espalier.lab.exchange.image.ImageFile;
import org.espalier.lab.exchange.numpy.NpyArray;
import org.espalier.lab.exchange.numpy.NpzFile;
import org.espalier.lab.exchange.tensor.NumberType;
import org.espalier.lab.exchange.tensor.ZipBytes;
import org.espalier.lab.file.AtomicFiles;
import org.espalier.network.Shape;

/** Files with inputs of a network: a picture, or an array of images. */
public final class InputFiles {
    private static final long MOST_BYTES = 1L << 30;

    private InputFiles() {}

    /**
     * Inputs of one file.
     *
     * @param values [input][pixel], in [0, 1], channels first
     * @param count number of inputs
     * @param array whether the file is an array of images
     */
    public record Inputs(float[] values, int count, boolean array) {}

    /**
     * Reads a file: a picture, or {@code .npy} or {@code .npz} with one array. Arrays have bytes from 0 to 255, or floating point from
     * 0 to 1, of the shape (images, channels, rows, columns), (images, rows, columns, channels), (images, rows, columns), (images,
     * values), or that of one image.
     *
     * @param input the network's input
     * @param features its number of values
     * @throws UserException if the file is damaged or does not fit the network
     */
    public static Inputs read(Path file, Shape input, int features) {
        if (Files.isDirectory(file)) {
            throw new UserException(
                    file + " is a folder: expected pictures, arrays or tables, as " + file.resolve("*.png"));
        }
        byte[] bytes = AtomicFiles.read(file);
        if (NpyArray.is(bytes)) {
            return array(NpyArray.read(bytes, file.toString()), input, features, file.toString());
        } else if (ZipBytes.is(bytes)) {
            Map<String, NpyArray> arrays = NpzFile.read(bytes, MOST_BYTES, file.toString());
            if (arrays.size() != 1) {
                throw new UserException(
                        file + " has arrays " + String.join(", ", arrays.keySet()) + ", expected one of images");
            }
            return array(arrays.values().iterator().next(), input, features, file.toString());
        }
        int channels = input.dimensions() == 3 ? input.size(0) : 1;
        if (channels != 1 && channels != 3) {
            throw new UserException(
                    file + " is a picture, and the network reads " + input + ": expected an array of images");
        }
        ImageFile picture = ImageFile.decode(bytes, channels, file.toString());
        boolean fits = input.dimensions() == 3
                ? picture.shape().height() == input.size(1) && picture.shape().width() == input.size(2)
                : picture.shape().features() == features;
        if (!fits) {
            throw new UserException(file + " has " + picture.shape().height() + " x "
                    + picture.shape().width()
                    + " pixels, expected "
                    + (input.dimensions() == 3 ? input.size(1) + " x " + input.size(2) : features)
                    + ", which the network reads");
        }
        float[] values = new float[features];
        for (int i = 0; i < features; i++) {
            values[i] = (picture.pixels()[i] & 0xff) / 255f;
        }
        return new Inputs(values, 1, false);
    }

    private static Inputs array(NpyArray array, Shape input, int features, String source) {
        Inputs inputs = images(array, input, features, source);
        for (int i = 0; i < inputs.values().length; i++) {
            if (!(inputs.values()[i] >= 0 && inputs.values()[i] <= 1)) {
                throw new UserException(source + " has pixel " + inputs.values()[i] + " at place " + i
                        + ", expected 0 to 1, or bytes from 0 to 255");
            }
        }
        return inputs;
    }

    /**
     * Images of an array in a shape and type that {@link #read} takes, with values of any size. Bytes become 0 to 1.
     *
     * @param source the array, for messages
     * @throws UserException if shape or type do not fit the network
     */
    public static Inputs images(NpyArray array, Shape input, int features, String source) {
        List<Integer> shape = array.shape();
        long elements = array.size();
        if (elements == 0) {
            throw new UserException(source + " has an array of shape " + shape + ", expected at least one image");
        } else if (elements % features != 0) {
            throw new UserException(source + " has an array of shape " + shape + ", expected images of " + input);
        }
        int count = (int) (elements / features);
        boolean one = count == 1 && (shape.isEmpty() || shape.getFirst() != 1);
        List<Integer> image = one ? shape : shape.subList(1, shape.size());
        boolean last = input.dimensions() == 3
                && image.equals(List.of(input.size(1), input.size(2), input.size(0)))
                && !image.equals(input.sizes());
        boolean known = last
                || image.equals(input.sizes())
                || image.equals(List.of(features))
                || input.dimensions() == 3
                        && input.size(0) == 1
                        && image.equals(input.sizes().subList(1, 3))
                || input.dimensions() == 1;
        if (!one && shape.getFirst() != count || !known) {
            throw new UserException(source + " has an array of shape " + shape + ", expected images of " + input);
        }
        if (array.type() != NumberType.BYTE && !array.type().real()) {
            throw new UserException(source + " has whole numbers of type " + array.type()
                    + ", expected bytes, or floating point from 0 to 1");
        }
        float[] values = array.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = array.type() == NumberType.BYTE ? values[i] / 255f : values[i];
        }
        return new Inputs(last ? channelsFirst(values, count, input) : values, count, shape.size() > 1 && !one);
    }

    private static float[] channelsFirst(float[] values, int count, Shape input) {
        int channels = input.size(0);
        int area = input.size(1) * input.size(2);
        float[] first = new float[values.length];
        for (int image = 0; image < count; image++) {
            for (int pixel = 0; pixel < area; pixel++) {
                for (int channel = 0; channel < channels; channel++) {
                    first[(image * channels + channel) * area + pixel] =
                            values[(image * area + pixel) * channels + channel];
                }
            }
        }
        return first;
    }
}
