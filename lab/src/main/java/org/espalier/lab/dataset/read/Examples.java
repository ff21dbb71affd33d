package org.espalier.lab.dataset.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.espalier.UserException;
import org.espalier.data.ImageShape;

/** Examples of one part while they are read: pixels of images, or numbers of a table's rows; grows as they come. */
public final class Examples {
    private static final int MOST_VALUES = Integer.MAX_VALUE - 8;

    private final ImageShape shape;
    private Kind kind;
    private final List<String> sources; // files that examples come from
    private byte[] pixels = new byte[0]; // [example][channel][row][column]
    private float[] floats = new float[0]; // the same, of images that are floats
    private double[] values = new double[0]; // [example][feature], of a table
    private int[] labels = new int[0];
    private int[] source = new int[0];
    private long[] row = new long[0]; // in its file, from 1; 0 of a file that is one example
    private int size;

    private enum Kind {
        BYTES,
        FLOATS,
        TABLE
    }

    private Examples(ImageShape shape, Kind kind, List<String> sources) {
        this.shape = shape;
        this.kind = kind;
        this.sources = sources;
    }

    /** No images yet. */
    public static Examples images(ImageShape shape) {
        return new Examples(shape, Kind.BYTES, new ArrayList<>());
    }

    /** No images yet, whose pixels are floats from 0 to 1. */
    public static Examples floatImages(ImageShape shape) {
        return new Examples(shape, Kind.FLOATS, new ArrayList<>());
    }

    /** No rows yet. */
    public static Examples table(int features) {
        return new Examples(new ImageShape(1, features), Kind.TABLE, new ArrayList<>());
    }

    public ImageShape shape() {
        return shape;
    }

    public boolean isTable() {
        return kind == Kind.TABLE;
    }

    /** Whether these are images whose pixels are floats. */
    public boolean isFloat() {
        return kind == Kind.FLOATS;
    }

    public int size() {
        return size;
    }

    /** Number of the label of an example, as {@link Labels} gives it. */
    public int label(int example) {
        return labels[example];
    }

    /** Labels of all examples, copied. */
    public int[] labels() {
        return Arrays.copyOf(labels, size);
    }

    /** The file of an example, and its row if the file has several. */
    public String place(int example) {
        return sources.get(source[example]) + (row[example] > 0 ? ", row " + row[example] : "");
    }

    /** A value of a table, [example][feature]. */
    public double value(int example, int feature) {
        return values[example * shape.features() + feature];
    }

    /**
     * Makes room for one more example at {@link #size}.
     *
     * @throws UserException if no array holds so many
     */
    private void add(int label, String from, long number) {
        int features = shape.features();
        if ((long) (size + 1) * features > MOST_VALUES) {
            throw new UserException(from + " has more than " + size + " examples of " + features
                    + " values, expected at most " + MOST_VALUES + " values in a split");
        }
        if (size == labels.length) {
            int most = (int) Math.min(Math.max(16L, size + (size >> 1) + 1L), MOST_VALUES / features);
            switch (kind) {
                case BYTES -> pixels = Arrays.copyOf(pixels, most * features);
                case FLOATS -> floats = Arrays.copyOf(floats, most * features);
                case TABLE -> values = Arrays.copyOf(values, most * features);
            }
            labels = Arrays.copyOf(labels, most);
            source = Arrays.copyOf(source, most);
            row = Arrays.copyOf(row, most);
        }
        if (sources.isEmpty() || !sources.getLast().equals(from)) {
            sources.add(from);
        }
        labels[size] = label;
        source[size] = sources.size() - 1;
        row[size] = number;
    }

    /**
     * Adds an image.
     *
     * @param image [channel][row][column]
     * @param from its file
     * @param number its row in the file, from 1; 0 for a file of one image
     */
    public void addImage(byte[] image, int label, String from, long number) {
        add(label, from, number);
        System.arraycopy(image, 0, pixels, size * shape.features(), shape.features());
        size++;
    }

    /** Adds an image of floats, as {@link #addImage(byte[], int, String, long)}. */
    public void addImage(float[] image, int label, String from, long number) {
        add(label, from, number);
        System.arraycopy(image, 0, floats, size * shape.features(), shape.features());
        size++;
    }

    /** Adds a row of a table. */
    public void addRow(double[] features, int label, String from, long number) {
        add(label, from, number);
        System.arraycopy(features, 0, values, size * shape.features(), shape.features());
        size++;
    }

    /** The examples of some indices, in their order, copied. */
    public Examples pick(int[] indices) {
        Examples picked = new Examples(shape, kind, sources);
        int features = shape.features();
        picked.size = indices.length;
        picked.pixels = new byte[kind == Kind.BYTES ? indices.length * features : 0];
        picked.floats = new float[kind == Kind.FLOATS ? indices.length * features : 0];
        picked.values = new double[kind == Kind.TABLE ? indices.length * features : 0];
        picked.labels = new int[indices.length];
        picked.source = new int[indices.length];
        picked.row = new long[indices.length];
        for (int i = 0; i < indices.length; i++) {
            int from = indices[i];
            switch (kind) {
                case BYTES -> System.arraycopy(pixels, from * features, picked.pixels, i * features, features);
                case FLOATS -> System.arraycopy(floats, from * features, picked.floats, i * features, features);
                case TABLE -> System.arraycopy(values, from * features, picked.values, i * features, features);
            }
            picked.labels[i] = labels[from];
            picked.source[i] = source[from];
            picked.row[i] = row[from];
        }
        return picked;
    }

    /** The examples that are chosen, or those that are not. */
    public Examples pick(BitSet chosen, boolean wanted) {
        int[] indices = new int[wanted ? chosen.cardinality() : size - chosen.cardinality()];
        int next = 0;
        for (int i = 0; i < size; i++) {
            if (chosen.get(i) == wanted) {
                indices[next++] = i;
            }
        }
        return pick(indices);
    }

    /** The same examples with other numbers for the labels. */
    public void relabel(int[] order) {
        for (int i = 0; i < size; i++) {
            labels[i] = order[labels[i]];
        }
    }

    /** Pixels of all images without room to grow; not copied if there is none. */
    public byte[] pixels() {
        return size * shape.features() == pixels.length ? pixels : Arrays.copyOf(pixels, size * shape.features());
    }

    /** Pixels of all images that are floats, without room to grow; not copied if there is none. */
    public float[] floats() {
        return size * shape.features() == floats.length ? floats : Arrays.copyOf(floats, size * shape.features());
    }

    /** A pixel of an image that is floats. */
    public float pixel(int example, int place) {
        return floats[example * shape.features() + place];
    }

    /** Pixels of all images and perhaps more; not to be changed. */
    public byte[] allPixels() {
        return pixels;
    }

    /** Makes floats of pixels that are bytes. */
    void toFloats() {
        if (kind == Kind.BYTES) {
            floats = new float[pixels.length];
            for (int i = 0; i < size * shape.features(); i++) {
                floats[i] = (pixels[i] & 0xff) / 255f;
            }
            pixels = new byte[0];
            kind = Kind.FLOATS;
        }
    }

    /** Makes white of ones. */
    void brighten() {
        for (int i = 0; i < size * shape.features(); i++) {
            pixels[i] = (byte) (pixels[i] * 255);
        }
    }

    /** Whether all channels of every image are equal, so that colours are grey. */
    public boolean isGrey() {
        int area = shape.height() * shape.width();
        for (int i = 0; i < size; i++) {
            int from = i * shape.features();
            for (int c = 1; c < shape.channels(); c++) {
                if (!Arrays.equals(pixels, from, from + area, pixels, from + c * area, from + (c + 1) * area)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The first channel of every image alone. */
    public Examples firstChannel() {
        Examples first = new Examples(new ImageShape(shape.height(), shape.width()), Kind.BYTES, sources);
        int area = shape.height() * shape.width();
        first.pixels = new byte[size * area];
        for (int i = 0; i < size; i++) {
            System.arraycopy(pixels, i * shape.features(), first.pixels, i * area, area);
        }
        first.labels = Arrays.copyOf(labels, size);
        first.source = Arrays.copyOf(source, size);
        first.row = Arrays.copyOf(row, size);
        first.size = size;
        return first;
    }
}
