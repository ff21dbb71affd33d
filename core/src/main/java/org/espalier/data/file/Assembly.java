package org.espalier.data.file;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.espalier.UserException;
import org.espalier.data.DataFile;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;

/** Puts the four files of a data set together and checks that they belong to each other. */
public final class Assembly {
    private Assembly() {}

    /** Called with a file, how to name it, and its digest; throws if the file is not the wanted one. */
    public interface DigestCheck {
        void check(DataFile file, String source, String digest);
    }

    /**
     * Reads all four files.
     *
     * @throws UserException if one is malformed or refused, or if counts, image sizes or labels do not fit together
     */
    public static DataSet read(String name, Map<DataFile, Content> files, DigestCheck check) {
        Map<DataFile, String> digests = new EnumMap<>(DataFile.class);
        Function<DataFile, Idx.Images> images = file -> {
            Idx.Images read = Idx.readImages(content(files, file));
            check.check(file, read.source(), read.sha256());
            digests.put(file, read.sha256());
            return read;
        };
        Function<DataFile, Idx.Labels> labels = file -> {
            Idx.Labels read = Idx.readLabels(content(files, file));
            check.check(file, read.source(), read.sha256());
            digests.put(file, read.sha256());
            return read;
        };
        Idx.Labels trainLabels = labels.apply(DataFile.TRAIN_LABELS);
        Idx.Labels testLabels = labels.apply(DataFile.TEST_LABELS);
        int classes = classes(trainLabels);
        checkLabels(trainLabels, testLabels, classes);
        Idx.Images train = images.apply(DataFile.TRAIN_IMAGES);
        Idx.Images test = images.apply(DataFile.TEST_IMAGES);
        if (test.rows() != train.rows() || test.columns() != train.columns()) {
            throw new UserException(
                    test.source() + " does not fit " + train.source() + ": expected images of " + train.rows() + " x "
                            + train.columns() + " pixels, found " + test.rows() + " x " + test.columns());
        }
        return new DataSet(
                name,
                train.rows(),
                train.columns(),
                classes,
                split("train", train, trainLabels),
                split("test", test, testLabels),
                digests);
    }

    public static Content content(Map<DataFile, Content> files, DataFile file) {
        Content content = files.get(file);
        if (content == null) {
            throw new IllegalArgumentException("no " + file);
        }
        return content;
    }

    private static Split split(String name, Idx.Images images, Idx.Labels labels) {
        if (images.count() != labels.labels().length) {
            throw new UserException(labels.source() + " does not fit " + images.source() + ": expected "
                    + images.count() + " labels, one for each image, found " + labels.labels().length);
        }
        return new Split(name, new ImageShape(images.rows(), images.columns()), images.pixels(), labels.labels());
    }

    private static int classes(Idx.Labels train) {
        int classes = 0;
        for (int label : train.labels()) {
            classes = Math.max(classes, label + 1);
        }
        if (classes < 2) {
            throw new UserException(
                    train.source() + " has too few classes: expected labels of at least 2 classes, found only label 0");
        }
        return classes;
    }

    private static void checkLabels(Idx.Labels train, Idx.Labels test, int classes) {
        for (int i = 0; i < test.labels().length; i++) {
            if (test.labels()[i] >= classes) {
                throw new UserException(
                        test.source() + " has a label that " + train.source() + " never uses: expected 0 to "
                                + (classes - 1) + ", found " + test.labels()[i] + " at image " + i);
            }
        }
    }
}
