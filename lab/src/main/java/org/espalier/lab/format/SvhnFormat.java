package org.espalier.lab.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.Arrays;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.Digests;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;
import org.espalier.data.file.Content;
import org.espalier.data.file.DataFormat;
import org.espalier.data.file.FileSet;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sources;

/**
 * The cropped digits of SVHN (Netzer and others 2011): two MAT-files of version 5. In each, {@code X} has the pixels as unsigned
 * bytes, (row, column, channel, image) in MATLAB's order, and {@code y} the labels, where 10 stands for the digit 0.
 */
public final class SvhnFormat implements DataFormat {
    private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
    private static final int CLASSES = 10;
    private static final String TRAIN = "train_32x32.mat";
    private static final String TEST = "test_32x32.mat";

    /** Made by {@code ServiceLoader}. */
    public SvhnFormat() {}

    @Override
    public String name() {
        return "svhn-mat";
    }

    @Override
    public List<String> files() {
        return List.of(TRAIN, TEST);
    }

    @Override
    public DataSet read(String name, FileSet files) {
        Split train = split("train", TRAIN, files);
        Split test = split("test", TEST, files);
        return new DataSet(name, SHAPE.height(), SHAPE.width(), CLASSES, train, test, files.digests());
    }

    private static Split split(String name, String file, FileSet files) {
        Content content = files.content(file);
        String source = content.describe();
        try (InputStream in = content.openUncompressed();
                DigestInputStream digested = new DigestInputStream(in, Digests.sha256());
                Mat5File mat = Mat5.newReader(Sources.wrapInputStream(digested))
                        .setEntryFilter(entry -> List.of("X", "y").contains(entry.getName()))
                        .readMat()) {
            digested.transferTo(OutputStream.nullOutputStream()); // what follows the last variable
            Split split = split(name, source, mat);
            files.found(file, Digests.hex(digested.getMessageDigest()));
            return split;
        } catch (UserException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The library ends with whatever exception the damage leads to.
            String found = e.getMessage() == null
                    ? e.getClass().getSimpleName()
                    : e.getMessage().lines().findFirst().orElse("");
            throw new UserException(
                    source + " is no MAT-file that can be read: expected version 5 with X and y, found: " + found, e);
        }
    }

    private static Split split(String name, String source, Mat5File mat) {
        Matrix x = mat.getMatrix("X");
        Matrix y = mat.getMatrix("y");
        int[] dimensions = x.getDimensions();
        int count = dimensions.length == 3 ? 1 : dimensions[dimensions.length - 1];
        int[] expected = {SHAPE.height(), SHAPE.width(), SHAPE.channels()};
        if (x.getType() != MatlabType.UInt8
                || dimensions.length > 4
                || !Arrays.equals(Arrays.copyOf(dimensions, 3), expected)) {
            throw new UserException(source + " has X of type " + x.getType() + " and size "
                    + Arrays.toString(dimensions) + ", expected uint8 and [32, 32, 3, images]");
        } else if (y.getNumElements() != count) {
            throw new UserException(
                    source + " has " + y.getNumElements() + " labels, expected " + count + ", one for each image");
        }
        return new Split(name, SHAPE, pixels(x, count), labels(y, source));
    }

    /** From MATLAB's order, where the row runs fastest, to [image][channel][row][column]. */
    private static byte[] pixels(Matrix x, int count) {
        byte[] pixels = new byte[Math.multiplyExact(count, SHAPE.features())];
        int from = 0;
        for (int plane = 0; plane < count * SHAPE.channels(); plane++) {
            int to = plane * SHAPE.height() * SHAPE.width();
            for (int column = 0; column < SHAPE.width(); column++) {
                for (int row = 0; row < SHAPE.height(); row++) {
                    pixels[to + row * SHAPE.width() + column] = x.getByte(from++);
                }
            }
        }
        return pixels;
    }

    private static int[] labels(Matrix y, String source) {
        int[] labels = new int[y.getNumElements()];
        for (int image = 0; image < labels.length; image++) {
            double label = y.getDouble(image);
            if (!(label >= 1 && label <= CLASSES && label == Math.rint(label))) {
                throw new UserException(source + " has label " + label + " at image " + image
                        + " (from 0), expected 1 to 9, or 10 for the digit 0");
            }
            labels[image] = (int) label % CLASSES;
        }
        return labels;
    }
}
