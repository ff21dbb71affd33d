package org.espalier.evaluate.corrupt;

import org.espalier.data.Split;
import org.espalier.random.Stream;

/** Corrupted copies of the images of a split: of eight bits per value as the published sets, or floats if those of the split are. */
public final class CorruptedImages {
    private CorruptedImages() {}

    /**
     * The first images of a split, corrupted. The result depends on the images, their numbers, the corruption and the stream only.
     *
     * @param images number of images, at most those of the split
     * @param stream draws; an image has the child of the corruption's name and its number
     */
    public static Split of(Split split, int images, Corruption corruption, Stream stream) {
        int features = split.features();
        byte[] pixels = new byte[split.isFloat() ? 0 : images * features];
        float[] floats = new float[split.isFloat() ? images * features : 0];
        int[] labels = new int[images];
        Stream own = stream.child(corruption.word());
        for (int e = 0; e < images; e++) {
            labels[e] = split.labels()[e];
            double[] corrupted = corruption.apply(split.pixels(e), own.child(e));
            for (int i = 0; i < features; i++) {
                double value = Math.clamp(corrupted[i], 0.0, 1.0);
                if (split.isFloat()) {
                    floats[e * features + i] = (float) value;
                } else {
                    pixels[e * features + i] = (byte) Math.rint(255 * value);
                }
            }
        }
        return new Split(split.name(), split.shape(), pixels, floats, labels);
    }
}
