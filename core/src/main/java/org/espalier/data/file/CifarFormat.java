package org.espalier.data.file;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.UserException;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;

/**
 * The binary format of CIFAR-10 (Krizhevsky 2009): five files of training images and one of test images. A file is a row of
 * records, each a label of one byte and the pixels of an image, [channel][row][column], channels red, green and blue.
 */
public final class CifarFormat implements DataFormat {
    /** {@link #name}. */
    public static final String NAME = "cifar-binary";

    /** Shape of an image. */
    public static final ImageShape SHAPE = new ImageShape(32, 32, 3);

    /** Bytes of a record. */
    public static final int RECORD = 1 + SHAPE.features();

    /** File of test images. */
    public static final String TEST = "test_batch.bin";

    private static final int CLASSES = 10;
    private static final List<String> TRAIN =
            List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin");

    /** Made by {@code ServiceLoader}. */
    public CifarFormat() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> files() {
        return Stream.concat(TRAIN.stream(), Stream.of(TEST)).toList();
    }

    @Override
    public DataSet read(String name, FileSet files) {
        Split train = split("train", TRAIN, files);
        Split test = split("test", List.of(TEST), files);
        return new DataSet(name, SHAPE.height(), SHAPE.width(), CLASSES, train, test, files.digests());
    }

    /** The records of some files, one after the other. One file at a time is in memory beside the images. */
    private static Split split(String name, List<String> names, FileSet files) {
        int features = SHAPE.features();
        byte[] pixels = new byte[0];
        int[] labels = new int[0];
        int count = 0;
        for (String file : names) {
            byte[] bytes = files.bytes(file);
            String source = files.content(file).describe();
            checkLength(source, bytes.length);
            int records = bytes.length / RECORD;
            if (count + records > labels.length) {
                // Files are of equal size as published, so that the first guess is right.
                int most = Math.max(records * names.size(), count + records);
                pixels = Arrays.copyOf(pixels, Math.multiplyExact(most, features));
                labels = Arrays.copyOf(labels, most);
            }
            for (int record = 0; record < records; record++, count++) {
                int label = bytes[record * RECORD] & 0xff;
                if (label >= CLASSES) {
                    throw new UserException(source + " has label " + label + " in record " + record
                            + " (from 0), expected a class from 0 to " + (CLASSES - 1));
                }
                labels[count] = label;
                System.arraycopy(bytes, record * RECORD + 1, pixels, count * features, features);
            }
        }
        return new Split(
                name,
                SHAPE,
                count == labels.length ? pixels : Arrays.copyOf(pixels, count * features),
                count == labels.length ? labels : Arrays.copyOf(labels, count));
    }

    private static void checkLength(String source, int length) {
        if (length == 0 || length % RECORD != 0) {
            throw new UserException(source + " is truncated: expected whole records of " + RECORD
                    + " bytes (a label and 3 x 32 x 32 pixels), found " + length + " bytes, which are "
                    + length / RECORD + " records and " + length % RECORD + " bytes");
        }
    }
}
