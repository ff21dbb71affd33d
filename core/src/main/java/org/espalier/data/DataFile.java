package org.espalier.data;

/** The four files of a data set in MNIST's layout, with the names that its publishers gave them. */
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

    /** Whether the file holds images rather than labels. */
    public boolean isImages() {
        return this == TRAIN_IMAGES || this == TEST_IMAGES;
    }
}
