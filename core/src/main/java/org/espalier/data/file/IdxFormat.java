package org.espalier.data.file;

import java.util.Arrays;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.DataFile;
import org.espalier.data.DataSet;
import org.espalier.data.ImageShape;
import org.espalier.data.Split;

/** Data sets in four IDX files with the names of {@link DataFile}: grey images of any size, classes from 0. */
public final class IdxFormat implements DataFormat {
    /** {@link #name}. */
    public static final String NAME = "idx";

    /** Made by {@code ServiceLoader}. */
    public IdxFormat() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> files() {
        return Arrays.stream(DataFile.values()).map(DataFile::fileName).toList();
    }

    @Override
    public String digest(String file, Content content) {
        return DataFile.of(file).orElseThrow().isImages()
                ? Idx.readImages(content).sha256()
                : Idx.readLabels(content).sha256();
    }

    @Override
    public DataSet read(String name, FileSet files) {
        Idx.Labels trainLabels = labels(files, DataFile.TRAIN_LABELS);
        Idx.Labels testLabels = labels(files, DataFile.TEST_LABELS);
        int classes = classes(trainLabels);
        checkLabels(trainLabels, testLabels, classes);
        Idx.Images train = images(files, DataFile.TRAIN_IMAGES);
        Idx.Images test = images(files, DataFile.TEST_IMAGES);
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
                files.digests());
    }

    private static Idx.Images images(FileSet files, DataFile file) {
        Idx.Images read = Idx.readImages(files.content(file.fileName()));
        files.found(file.fileName(), read.sha256());
        return read;
    }

    private static Idx.Labels labels(FileSet files, DataFile file) {
        Idx.Labels read = Idx.readLabels(files.content(file.fileName()));
        files.found(file.fileName(), read.sha256());
        return read;
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
