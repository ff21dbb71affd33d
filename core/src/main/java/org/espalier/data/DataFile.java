package org.espalier.data;

import java.util.Arrays;
import java.util.Optional;

/** The four files of a data set in IDX format, with the names that MNIST's publishers gave them. */
public enum DataFile {
    /** Training images: IDX, unsigned bytes, [image][row][column]. */
    TRAIN_IMAGES("train-images-idx3-ubyte"),
    /** Training labels: IDX, unsigned bytes, [image]. */
    TRAIN_LABELS("train-labels-idx1-ubyte"),
    /** Test images. */
    TEST_IMAGES("t10k-images-idx3-ubyte"),
    /** Test labels. */
    TEST_LABELS("t10k-labels-idx1-ubyte");

    private final String fileName;

    DataFile(String fileName) {
        this.fileName = fileName;
    }

    /** The file's name without a suffix; compressed files add {@code .gz}. */
    public String fileName() {
        return fileName;
    }

    /** The file of a name without suffix; empty if it is none of the four. */
    public static Optional<DataFile> of(String fileName) {
        return Arrays.stream(values())
                .filter(file -> file.fileName.equals(fileName))
                .findFirst();
    }

    /** Whether the file holds images rather than labels. */
    public boolean isImages() {
        return this == TRAIN_IMAGES || this == TEST_IMAGES;
    }
}
